"""Segments of a million leads: building one, counts, pages, trying a condition; and what twenty cost reactions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench import rates
from bench.advance import run, vacuum
from bench.place import database, workers
from bench.react import SEED, SUBMIT
from bench.table import Line
from funnel.conditions import parse
from funnel.crm import segment_filling, segment_members, segment_preview, segments
from funnel.crm.segments import Asker
from funnel.models import Job
from nurture_sequences import membership

ROUNDS = 60
#: leads of one statement while loading
IN_LOAD = 100_000
# Half of them with a company, a tenth customers or vips, a third with a form; each with a touch and a consent.
_LOAD = """
    INSERT INTO leads (email, tags, fields, stage, fit, engagement, engaged_at, stage_since, created_at, updated_at)
    SELECT 'lead' || n || '@example.com', CASE WHEN n % 10 = 0 THEN ARRAY['vip'] ELSE '{{}}' END,
           jsonb_build_object('city', 'City ' || n % 500, 'size', n % 1000)
           || CASE WHEN n % 2 = 0 THEN '{{"company": "Nadir"}}'::jsonb ELSE '{{}}' END,
           CASE WHEN n % 10 = 3 THEN 'customer' ELSE 'lead' END, n % 40, n % 60, now() - n % 90 * interval '1 day',
           now(), now() - n % 700 * interval '1 hour', now()
      FROM generate_series({first}, {last}) AS n;
    INSERT INTO submissions (id, form_id, form_version, lead_id, values, outcome, at)
    SELECT gen_random_uuid(), 1, 1, id, jsonb_build_object('budget', CASE id % 4 WHEN 0 THEN 'large' ELSE 'small' END),
           'accepted', now() - id % 60 * interval '1 day'
      FROM leads WHERE id BETWEEN {first} AND {last} AND id % 3 = 0;
    INSERT INTO touches (lead_id, campaign, at)
    SELECT id, 'campaign ' || id % 20, created_at FROM leads WHERE id BETWEEN {first} AND {last};
    INSERT INTO consents (lead_id, purpose, action, permits_mail, channel, at)
    SELECT id, 'email_marketing', 'granted', true, 'api', created_at FROM leads WHERE id BETWEEN {first} AND {last};
"""
_FORM = """
    INSERT INTO forms (key, name, definition, created_at, updated_at) VALUES ('guide', 'Guide', '{}', now(), now())
"""
#: what people ask: of the lead itself, of its score and what it did, of what it said and where it came from
CONDITIONS: dict[str, dict[str, Any]] = {
    "tag and field": {"all": [{"tag": "vip"}, {"field": {"key": "city", "is": "City 70"}}]},
    "score and form": {"all": [{"score": {"at_least": 40}}, {"form": {"key": "guide", "within": "30 days"}}]},
    "answer and source": {
        "all": [
            {"answer": {"form": "guide", "key": "budget", "is": "large"}},
            {"source": {"campaign": "campaign 12"}},
        ]
    },
}
#: twenty as an installation may have them: all are asked again when a form is posted
TWENTY: list[dict[str, Any]] = [
    *({"all": [{"form": {"key": "guide", "within": f"{days} days"}}, {"tag": "vip"}]} for days in range(10, 15)),
    *({"score": {"at_least": limit}} for limit in (10, 20, 40, 80, 160)),
    *({"all": [{"stage": {"at_least": "lead"}}, {"consent": purpose}]} for purpose in ("email_marketing", "phone")),
    *({"answer": {"form": "guide", "key": key, "known": True}} for key in ("budget", "roof", "city")),
    *({"source": {"campaign": f"campaign {number}"}} for number in range(3)),
    *({"any": [{"field": {"key": "company", "known": True}}, {"form": form}]} for form in ("guide", "demo")),
]


def measure(cluster_url: str, leads: int, reacting: int) -> Iterator[Line]:
    """Reads and builds over `leads`; reactions of `reacting` leads, without segments and with twenty."""
    membership.register()
    with database(cluster_url, "bench_segments") as (_, engine):
        _load(engine, leads)
        yield from _builds(engine, leads)
        yield from _reads(engine)
    yield _reactions(cluster_url, reacting)


def _load(engine: Engine, leads: int) -> None:
    run(engine, _FORM)
    for first in range(1, leads + 1, IN_LOAD):
        run(engine, _LOAD.format(first=first, last=min(first + IN_LOAD - 1, leads)))
    vacuum(engine, "leads", "submissions", "touches", "consents")


def _builds(engine: Engine, leads: int) -> Iterator[Line]:
    for number, (name, condition) in enumerate(CONDITIONS.items()):
        with Session(engine, expire_on_commit=False) as session:
            segment = segments.create(session, f"s{number}", name, condition, _asker(session))
            session.commit()
        started = time.perf_counter()
        _fill(engine, segment.id)
        yield Line(f"segment built, {name}", leads / (time.perf_counter() - started), "leads/s")
    with Session(engine, expire_on_commit=False) as session:
        everybody = segments.create(session, "everybody", "Everybody", {"not": {"tag": "x"}}, _asker(session))
        session.commit()
    _fill(engine, everybody.id)
    vacuum(engine, "segment_members", "segment_tallies")


def _fill(engine: Engine, segment_id: int) -> None:
    job, over = Job(params={"segment": segment_id}, done=0), False
    while not over:
        with Session(engine, expire_on_commit=False) as session:
            over = segment_filling.fill(session, job, _now(session)).over
            session.commit()


def _reads(engine: Engine) -> Iterator[Line]:
    with Session(engine, expire_on_commit=False) as session:
        now = _now(session)
        everybody = segments.read(session, "everybody")
        listed = segments.page(session)
        yield _p95("segments listed with their counts", lambda: segments.told(session, listed, now))
        yield _p95("members, first page of a million", lambda: segment_members.page(session, everybody.id, now))
        place = segment_members.page(session, everybody.id, now, limit=500).next
        yield _p95("members, a later page", lambda: segment_members.page(session, everybody.id, now, after=place))
        for name, condition in CONDITIONS.items():
            parsed = parse(condition)
            yield _p95(f"trying a condition, {name}", lambda c=parsed: segment_preview.preview(session, c, now))


def _p95(name: str, work: Callable[[], object]) -> Line:
    took = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1000)
    return Line(f"{name}, p95", sorted(took)[int(ROUNDS * 0.95)], "ms")


def _reactions(cluster_url: str, leads: int) -> Line:
    with database(cluster_url, "bench_keeping") as (url, engine):
        run(engine, SEED.format(leads=leads))
        without = _rate(url, engine, leads)
        with Session(engine, expire_on_commit=False) as session:
            for number, condition in enumerate(TWENTY):
                segments.create(session, f"s{number}", str(number), condition, _asker(session))
            session.execute(text("UPDATE segments SET filled_to = NULL; DELETE FROM jobs"))
            session.commit()
        run(engine, "TRUNCATE segment_members, segment_tallies")
        kept = _rate(url, engine, leads)
    return Line("react, form posts, twenty segments kept", kept, "facts/s", without, "the same without segments")


def _rate(url: str, engine: Engine, leads: int) -> float:
    run(engine, SUBMIT)
    vacuum(engine, "leads", "events", "pending_facts")
    with workers(url, processes=2, threads=2, MAILER="mailbox"):
        return rates.by_rows(engine, "score_entries", leads)


def _asker(session: Session) -> Asker:
    now = _now(session)
    return Asker("system", now, now)


def _now(session: Session) -> Any:
    return session.execute(text("SELECT now()")).scalar_one()
