"""Door for marketers: sequences, until the app shows them itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from funnel.doors import current, engine_now, in_transaction
from funnel.ui.blueprint import Pages
from nurture_sequences import models as tables
from nurture_sequences import overview, sequences, yaml_documents
from nurture_sequences.advice import advice

PAGE = 50

door = Pages("sequence_pages", __name__)


@door.get("/sequences")
def list_sequences() -> str:
    after = request.args.get("cursor", "")[:64].replace("\x00", "")
    rows = in_transaction(lambda session: overview.listed(session, after=after, limit=PAGE + 1))
    following = rows[PAGE - 1].key if len(rows) > PAGE else None
    return render_template("ui/sequences.html", sequences=rows[:PAGE], next=following, most=overview.COUNTED)


@door.get("/sequences/<key>")
def read_sequence(key: str) -> str:
    def read(session: Session) -> str:
        sequence = sequences.read(session, _plain(key))
        return render_template(
            "ui/sequence.html",
            sequence=sequence,
            problems=[*sequences.problems(session, sequence.draft), *advice(session, sequence.draft)],
            document=yaml_documents.write(sequence.draft),
        )

    try:
        return in_transaction(read)
    except sequences.UnknownSequenceError:
        abort(404)


@door.post("/sequences/<key>/pause")
def pause_sequence(key: str) -> Response:
    return _turn(sequences.pause, key)


@door.post("/sequences/<key>/resume")
def resume_sequence(key: str) -> Response:
    return _turn(sequences.resume, key)


def _turn(verb: Callable[[Session, str, datetime], tables.Sequence], key: str) -> Response:
    now = engine_now()
    try:
        with current().database.transaction() as session:
            verb(session, _plain(key), now)
    except sequences.UnknownSequenceError:
        abort(404)
    except sequences.NotPublishedError:
        abort(409, "The sequence was never published.")
    return redirect(url_for("sequence_pages.read_sequence", key=key), 303)


def _plain(key: str) -> str:
    """PostgreSQL text holds no NUL, so no sequence has one in its key."""
    return key.replace("\x00", "")
