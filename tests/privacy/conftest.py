"""Somebody who did everything, in a service whose every part can be looked into afterwards."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.engine import Engine

import wsgi
from funnel import links
from funnel.crm import files, forms, jobs, tokens
from funnel.embedded.place import wheel_binaries
from funnel.models import Lead, Submission
from funnel.posted import HONEYPOT
from funnel.schemas.form import FormIn
from nurture_sequences import message_events, programs, provider_events
from nurture_sequences.mailers.mailbox import LocalMailbox
from nurture_sequences.models import Message
from tests import factories
from tests.fakes.sendgrid.events import event
from tests.playing import Play

EMAIL = "lenarosa.zuckerhut@example.com"
#: what may be found nowhere afterwards, in small letters
TRACES = ("lenarosa", "zuckerhut")
FORM = {
    "key": "guide",
    "name": "The guide",
    "double_opt_in": True,
    "fields": [
        {"key": "email", "label": "Email", "type": "email", "required": True},
        {"key": "first_name", "label": "First name"},
        {"key": "last_name", "label": "Last name"},
    ],
    "consents": [{"purpose": "email_marketing", "wording": "Send me news.", "permits_mail": True}],
}
POST = {
    "email": EMAIL,
    "first_name": "Lenarosa",
    "last_name": "Zuckerhut",
    "email_marketing": "on",
    "page": "https://shop.example/zuckerhut?utm_source=ads&utm_campaign=spring&utm_term=Zuckerhut",
}


class Service:
    """Web, engine and mailbox on one database with real commits, and a clock that the test moves."""

    def __init__(self, context: Any) -> None:
        programs.forget()
        self.play = Play(context, LocalMailbox(context.database))  # type: ignore[arg-type]
        self.context = self.play.context
        self.app = wsgi.compose(context.settings, self.context)
        self.app.before_request_funcs[None].remove(self.app.extensions["spool"].watch)
        self.client = self.app.test_client()
        with context.database.transaction() as session:
            self.token = tokens.add(session, "test", ["all"], context.wall())

    def api(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.context.database.transaction() as session:
            return [tuple(row) for row in session.execute(text(sql), values)]

    def one(self, sql: str, **values: Any) -> Any:
        return self.rows(sql, **values)[0][0]

    def erase(self, lead_id: int, **changed: Any) -> Any:
        return self.api("POST", f"/leads/{lead_id}/erase", json={"confirm": lead_id, "reason": "asked"} | changed)

    def dump(self, *options: str) -> str:
        return dump_of(self.context, *options)


def dump_of(context: Any, *options: str) -> str:
    """The whole database as `pg_dump` tells it."""
    engine = context.database.bind
    assert isinstance(engine, Engine)
    url = make_url(engine.url).set(drivername="postgresql").render_as_string(hide_password=False)
    command = [str(wheel_binaries() / "pg_dump"), "--restrict-key=x", *options, url]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def service(committed) -> Iterator[Service]:
    service = Service(committed)
    with committed.database.transaction() as session:
        forms.create_form(session, FormIn().load(FORM), service.context.now())
        factories.sequence(session)
    yield service
    service.play.engine.close()


@pytest.fixture
def somebody(service: Service) -> int:
    """A lead that came by a form, confirmed, was mailed, bounced, matured, answered nothing, and waits for more."""
    assert service.client.post("/f/guide", json=POST).status_code == 201
    service.play.turn()
    with service.context.database.transaction() as session:
        lead_id = session.scalars(select(Lead.id)).one()
        submission = session.scalars(select(Submission.id)).one()
    token = links.confirm_token(service.context.settings.secret_keys, submission)
    assert service.client.post(f"/c/{token}").status_code == 200
    service.play.turn()
    service.play.after(days=2)
    service.play.context.at += timedelta(minutes=1)
    assert service.client.post("/f/guide", json=POST | {HONEYPOT: "http://spam.example"}).status_code in (201, 303)
    _bounce(service)
    assert service.api("PUT", f"/leads/{lead_id}/stage", json={"stage": "opportunity"}).status_code == 200
    _queue_another(service, lead_id)
    _files(service)
    return lead_id


def _bounce(service: Service) -> None:
    with service.context.database.transaction() as session:
        mail = session.scalars(
            select(Message).where(Message.purpose == "marketing").order_by(Message.queued_at)
        ).first()
        assert mail is not None
        sent = {"to": EMAIL, "mid": str(mail.id), "x_message_id": "abc", "categories": []}
        why = {"reason": "550 the account of Lenarosa Zuckerhut is full", "bounce_classification": ""}
        told = event("bounce", sent, **why)
        posted = provider_events.read([told], service.context.clock.now, service.context.now())
        message_events.record(session, posted, service.context.now(), service.context.settings.fingerprint_key)


def _queue_another(service: Service, lead_id: int) -> None:
    """A mail that waits, as when sending is held."""
    with service.context.database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO messages (id, occasion, address, lead_id, version_id, purpose, due_at, held, queued_at)"
                " SELECT gen_random_uuid(), 'test', :email, :lead, id, 'marketing', 'infinity', 'held', now()"
                " FROM versions LIMIT 1"
            ),
            {"email": EMAIL, "lead": lead_id},
        )


def _files(service: Service) -> None:
    """An upload that names her, and a job that reads it; another that does not."""
    wall = service.context.wall()
    with service.context.database.transaction() as session:
        theirs = files.create(session, "leads.csv", "text/csv", wall, keep=timedelta(days=7))
        size = files.fill(
            session, theirs.id, [b"x" * (files.PART - 40), b"\nLenarosa Zuckerhut;", EMAIL.upper().encode()]
        )
        assert size > files.PART
        files.fill(
            session, files.create(session, "a.csv", "text/csv", wall, keep=timedelta(days=7)).id, [b"omar@x.example"]
        )
        jobs.ask(session, "import", {"file": str(theirs.id)}, "user 1", wall)


def traces_in(folder: Path) -> list[str]:
    """Files below this folder that tell of her; the cluster's own pages are PostgreSQL's affair."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and "pg" not in path.relative_to(folder).parts[:1]:
            content = path.read_bytes().lower()
            found += [
                str(path) for trace in TRACES if trace.encode() in content or trace.encode() in str(path).encode()
            ]
    return found


def found_in(dump: str) -> list[str]:
    """The lines of a dump that tell of her."""
    return [line[:300] for line in dump.lower().splitlines() if any(trace in line for trace in TRACES)]


__all__ = ["EMAIL", "POST", "TRACES", "Service", "dump_of", "found_in", "traces_in"]
