"""Python, SQL and the clock of a condition agree, on a real PostgreSQL. `EXAMPLES=5000` looks longer."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel import models
from funnel.conditions import (
    Condition,
    Occurred,
    Subject,
    changes,
    event_kinds,
    parse,
    predicate,
    reads,
    ripening_sql,
    sql,
)
from funnel.conditions.nodes import SequenceTest
from funnel.conditions.values import NETWORKS
from funnel.crm import subjects
from funnel.decay import Decay
from nurture_sequences.models import Enrollment, Version
from tests import factories

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
EXAMPLES = int(os.environ.get("EXAMPLES", "200"))
STAGES = ["subscriber", "lead", "customer"]
FORMS = ["demo", "paper"]
PURPOSES = ["email_marketing", "track_clicks"]
ACTIONS = ["granted", "granted", "denied", "withdrawn", "pending"]
KINDS = ["page_viewed", "message_clicked"]
STEPS = ["hello", "more"]
SEQUENCES = ["welcome", "farewell"]
SEGMENTS = ["clinics", "q'{}"]
DATES = ["2026-03-02", "2026-02-28", "2026-03-09", "2026-03-10", "2024-02-29"]
#: last of its month, of no month, of a time, of nothing
DAYS = [*DATES, "2026-02-30", "2026-02-31", "2026-03-01T23:30:00+09:00", "2026-3-2", "0000-01-01", "9999-12-31"]
KEYS = ["size", "city", "a'b", 'q"{}']
#: of the end of an enrollment; None: it goes on
REASONS = [None, "finished", "goal", "unsubscribed"]
SPANS = ["1 day", "2 days", "1 week"]

NUMBERS = [0, 1, -1, 2, 10, 0.1, 1.5, 1e15, 1e-7, 30]
WORDS = ["", "paris", "PARIS 15", "École", "ÉCOLE", "1", "-1.50", "10\n", "%", "\\", "ß", "İ"]
SCALARS = [*NUMBERS, *WORDS, True, False]
VALUES = [*SCALARS, *DAYS, None, [], ["paris", 1], [True, "École"], [[1], "1"], {"paris": 1}]
#: on the very ends of the spans, and a second to either side
TIMES = [NOW - timedelta(days=days, seconds=second) for days in (1, 2, 7) for second in (-1, 0, 1)]
#: halves each day for a while, then each twelve hours; as it was published
DECAYS = [
    Decay.of([(NOW - timedelta(days=90), timedelta(days=1))]),
    Decay.of([(NOW - timedelta(days=90), timedelta(days=1)), (NOW - timedelta(days=2), timedelta(hours=12))]),
    Decay(),
]

numbers = st.sampled_from(NUMBERS)
wanted = st.sampled_from([value for value in SCALARS if value != ""])
limits = st.sampled_from(["at_least", "at_most"])
within = st.fixed_dictionaries({}, optional={"within": st.sampled_from(SPANS)})
data = st.fixed_dictionaries({}, optional={"data": st.builds(lambda step: {"step": step}, st.sampled_from(STEPS))})
dates = st.one_of(
    st.builds(lambda test, at: {test: at}, st.sampled_from(["before", "after"]), st.sampled_from(DATES)),
    st.builds(lambda test, span: {test: span}, st.sampled_from(["in_last", "in_next"]), st.sampled_from(SPANS)),
)
#: tests that a field and an answer share
tests = st.one_of(
    st.builds(lambda test, value: {test: value}, st.sampled_from(["is", "not", "contains"]), wanted),
    st.builds(lambda test, n: {test: n}, limits, numbers),
    st.builds(lambda known: {"known": known}, st.booleans()),
    dates,
)

terms = st.one_of(
    st.builds(lambda test, key: {"stage": {test: key}}, st.sampled_from(["is", "at_least", "at_most"]),
              st.sampled_from([*STAGES, "removed"])),
    st.builds(lambda tag: {"tag": tag}, st.sampled_from(["vip", "VIP", "x,y"])),
    st.builds(lambda key, test: {"field": {"key": key, **test}}, st.sampled_from(KEYS), tests),
    st.builds(lambda form, key, test: {"answer": {"form": form, "key": key, **test}}, st.sampled_from(FORMS),
              st.sampled_from(KEYS), tests),
    st.builds(lambda touch, part, test: {"source": {"touch": touch, part: test}}, st.sampled_from(["first", "last"]),
              st.sampled_from(["source", "campaign"]),
              st.sampled_from(["paris", {"contains": "PAR"}, {"not": "paris"}, {"known": True}, {"known": False}])),
    st.builds(lambda touch, network: {"source": {"touch": touch, "network": network}},
              st.sampled_from(["first", "last"]), st.sampled_from([*NETWORKS, {"known": True}])),
    st.builds(lambda test: {"created": test}, dates),
    st.builds(lambda test, key: {"sequence": {test: key}}, st.sampled_from(["in", "was_in", "completed"]),
              st.sampled_from([*SEQUENCES, "nowhere"])),
    st.builds(lambda key: {"segment": key}, st.sampled_from([*SEGMENTS, "nowhere"])),
    st.builds(lambda test, n, of: {"score": {test: n, "of": of}}, limits, numbers,
              st.sampled_from(["fit", "engagement", "total"])),
    st.builds(lambda purpose: {"consent": purpose}, st.sampled_from(PURPOSES)),
    st.builds(lambda key, span: {"form": {"key": key, **span}}, st.sampled_from(FORMS), within),
    st.builds(lambda kind, span, n, noted: {"event": {"kind": kind, "at_least": n, **span, **noted}},
              st.sampled_from(KINDS), within, st.integers(1, 3), data),
)  # fmt: skip
documents = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.builds(lambda part: {"not": part}, inner),
        st.builds(lambda word, parts: {word: parts}, st.sampled_from(["all", "any"]),
                  st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=6,
)  # fmt: skip


def invented(dice: random.Random) -> dict[str, Any]:
    """The story of one lead."""
    return {
        "stage": dice.choice(STAGES),
        "tags": dice.sample(["vip", "x,y", "z"], dice.randrange(3)),
        "fields": told(dice),
        "fit": float(dice.choice(NUMBERS)),
        "engagement": float(dice.choice(NUMBERS)),
        "engaged_at": dice.choice([*TIMES, NOW, NOW + timedelta(seconds=3)]),
        "consents": [(dice.choice(PURPOSES), dice.choice(ACTIONS)) for _ in range(dice.randrange(4))],
        "submissions": [
            (dice.choice(FORMS), dice.choice(["accepted", "accepted", "spam"]), at, told(dice))
            for at in dice.sample(TIMES, dice.randrange(4))
        ],
        "events": [
            (dice.choice(KINDS), dice.choice(TIMES), dice.choice([{}, {"step": "hello"}, {"step": "more"}]))
            for _ in range(dice.randrange(5))
        ],
        "touches": [
            {
                "at": at,
                "source": dice.choice([None, "paris", "PARIS 15"]),
                "campaign": dice.choice([None, "", "paris"]),
                "click_ids": dice.choice([{}, {"gclid": "x"}, {"wbraid": "x", "fbclid": "y"}, {"ttclid": "z"}]),
            }
            for at in dice.sample(TIMES, dice.randrange(4))
        ],
        "created_at": dice.choice([*TIMES, NOW - timedelta(days=1, hours=10, microseconds=1)]),
        "sequences": {key: dice.choice(REASONS) for key in SEQUENCES if dice.random() < 0.6},
        "segments": {key for key in SEGMENTS if dice.random() < 0.5},
    }


def told(dice: random.Random) -> dict[str, Any]:
    return {key: dice.choice(VALUES) for key in KEYS if dice.random() < 0.8}


STORIES = [invented(random.Random(n)) for n in range(200)]


def test_python_and_sql_give_the_same_answer(session: Session) -> None:
    leads = write(session, STORIES)
    ladder = {row.key: row.position for row in session.execute(text("SELECT key, position FROM stages"))}
    pairs = 0

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(documents, st.sampled_from(DECAYS))
    def agree(document: dict[str, Any], decay: Decay) -> None:
        nonlocal pairs
        condition = parse(document)
        asked = predicate(condition)
        assert ask(session, condition, NOW, decay) == {
            lead: asked(subject(story, ladder, decay), NOW) for lead, story in zip(leads, STORIES, strict=True)
        }
        pairs += len(leads)

    agree()
    assert pairs >= 5000


def test_what_is_loaded_of_a_lead_is_what_sql_reads(session: Session) -> None:
    leads = write(session, STORIES)
    rows = {row.id: row for row in session.execute(text("SELECT id, stage, fit, engagement, engaged_at FROM leads"))}
    _, decay = subjects.ladder_and_decay(session)

    @settings(max_examples=EXAMPLES // 2, deadline=None)
    @given(documents)
    def agree(document: dict[str, Any]) -> None:
        condition = parse(document)
        asked, loaded = predicate(condition), subjects.subjects(session, rows, reads(condition), event_kinds(condition))
        assert ask(session, condition, NOW, decay) == {lead: asked(loaded[lead], NOW) for lead in leads}

    agree()


def test_whoever_time_alone_may_change_is_found_by_sql(session: Session) -> None:
    leads = write(session, STORIES)
    ladder = {row.key: row.position for row in session.execute(text("SELECT key, position FROM stages"))}
    changing = 0

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(documents, st.sampled_from(DECAYS))
    def found(document: dict[str, Any], decay: Decay) -> None:
        nonlocal changing
        condition = parse(document)
        next_change, ripening = changes(condition), ripening_sql(condition, NOW, decay)
        told = {lead: subject(story, ladder, decay) for lead, story in zip(leads, STORIES, strict=True)}
        expected = {lead for lead, one in told.items() if next_change(one, NOW)}
        changing += len(expected)
        if ripening is None:
            assert not expected
        else:
            rows = session.execute(text(f"SELECT leads.id FROM leads WHERE {ripening.text}"), ripening.params)
            assert expected <= {row.id for row in rows}

    found()
    assert changing > 100


@settings(max_examples=EXAMPLES * 5, deadline=None)
@given(document=documents, story=st.sampled_from(STORIES), decay=st.sampled_from(DECAYS))
def test_an_answer_stays_until_its_next_change_and_differs_there(
    document: object, story: dict[str, Any], decay: Decay
) -> None:
    condition, lena = parse(document), subject(story, {"subscriber": 1, "lead": 2, "customer": 6}, decay)
    asked, change = predicate(condition), changes(condition)(lena, NOW)
    moments = [NOW + timedelta(seconds=second, days=days) for days in range(12) for second in (-1, 0, 1)]
    moments += [NOW + timedelta(hours=14, days=days, seconds=second) for days in range(12) for second in (-1, 0, 1)]

    before = [at for at in moments if at >= NOW and (change is None or at < change)]
    assert {asked(lena, at) for at in before} == {asked(lena, NOW)}
    if change is not None:
        assert change > NOW
        assert asked(lena, change) != asked(lena, NOW) == asked(lena, change - timedelta(microseconds=1))


def subject(story: dict[str, Any], ladder: dict[str, int], decay: Decay) -> Subject:
    """What the engine would load of this story."""
    accepted = sorted((one for one in story["submissions"] if one[1] == "accepted"), key=lambda one: one[2])
    events: dict[str, list[Occurred]] = {}
    for kind, at, noted in story["events"]:
        events.setdefault(kind, []).append(Occurred(at, noted))
    came = sorted(story["touches"], key=lambda touch: touch["at"])
    return Subject(
        stage=story["stage"],
        ladder=ladder,
        tags=frozenset(story["tags"]),
        fields=story["fields"],
        fit=story["fit"],
        engagement=story["engagement"],
        engaged_at=story["engaged_at"],
        decay=decay,
        consents=dict(story["consents"]),
        forms={key: at for key, _, at, _ in accepted},
        answers={key: values for key, _, _, values in accepted},
        events=events,
        touches={"first": touch(came[0]), "last": touch(came[-1])} if came else {},
        created_at=story["created_at"],
        sequences={key: holding(reason) for key, reason in story["sequences"].items()},
        segments=story["segments"],
    )


def touch(told: dict[str, Any]) -> dict[str, str]:
    network = next((name for name, ids in NETWORKS.items() if told["click_ids"].keys() & set(ids)), None)
    found = {"source": told["source"], "campaign": told["campaign"], "network": network}
    return {part: value for part, value in found.items() if value is not None}


def holding(reason: str | None) -> frozenset[SequenceTest]:
    if reason is None:
        return frozenset({"in", "was_in"})
    return frozenset({"was_in", "completed"} if reason in ("finished", "goal") else {"was_in"})


def write(session: Session, stories: list[dict[str, Any]]) -> list[int]:
    """These leads in the database, in the order of the stories; a statement for each table."""
    forms = {key: insert(session, models.Form, [form_row(key)])[0] for key in FORMS}
    sequences = {key: factories.sequence(session, factories.WELCOME | {"key": key}) for key in SEQUENCES}
    versions = {key: session.query(Version).filter_by(sequence_id=one.id).one().id for key, one in sequences.items()}
    segments = {key: insert(session, models.Segment, [segment_row(key)])[0] for key in SEGMENTS}
    leads = insert(session, models.Lead, [lead_row(story) for story in stories])
    told = list(zip(leads, stories, strict=True))
    rows: dict[Any, list[dict[str, Any]]] = {
        models.Consent: [
            {"lead_id": lead, "purpose": purpose, "action": action, "channel": "api"}
            for lead, story in told
            for purpose, action in story["consents"]
        ],
        models.Submission: [
            {"id": uuid4(), "form_id": forms[key], "form_version": 1, "lead_id": lead, "values": values,
             "outcome": outcome, "at": at}
            for lead, story in told
            for key, outcome, at, values in story["submissions"]
        ],
        models.Event: [
            {"at": at, "lead_id": lead, "kind": kind, "data": noted}
            for lead, story in told
            for kind, at, noted in story["events"]
        ],
        models.Touch: [{"lead_id": lead, **one} for lead, story in told for one in story["touches"]],
        models.SegmentMember: [
            {"lead_id": lead, "segment_id": segments[key], "since": NOW} for lead, story in told
            for key in story["segments"]
        ],
        Enrollment: [
            enrollment_row(lead, sequences[key].id, versions[key], reason)
            for lead, story in told
            for key, reason in story["sequences"].items()
        ],
    }  # fmt: skip
    for model, some in rows.items():
        session.execute(sa.insert(model), some)
    return leads


def insert(session: Session, model: Any, rows: list[dict[str, Any]]) -> list[int]:
    return list(session.scalars(sa.insert(model).returning(model.id, sort_by_parameter_order=True), rows))


def form_row(key: str) -> dict[str, Any]:
    return {"key": key, "name": key, "definition": {}, "created_at": NOW, "updated_at": NOW}


def segment_row(key: str) -> dict[str, Any]:
    return {"key": key, "name": key, "condition": {"tag": "x"}, "created_at": NOW, "updated_at": NOW}


def lead_row(story: dict[str, Any]) -> dict[str, Any]:
    own = ("fields", "tags", "stage", "fit", "engagement", "engaged_at", "created_at")
    return {
        "email": f"{uuid4()}@example.org",
        "stage_since": NOW,
        "updated_at": NOW,
        **{column: story[column] for column in own},
    }


def enrollment_row(lead: int, sequence: int, version: int, reason: str | None) -> dict[str, Any]:
    return {
        "lead_id": lead,
        "sequence_id": sequence,
        "version_id": version,
        "status": "ended" if reason else "active",
        "reason": reason,
        "ended_at": NOW if reason else None,
        "entered_at": NOW,
        "due_at": NOW,
        "started_at": NOW,
    }


def ask(session: Session, condition: Condition, now: datetime, decay: Decay) -> dict[int, bool | None]:
    written = sql(condition, now, decay)
    rows = session.execute(text(f"SELECT leads.id, {written.text} AS answer FROM leads"), written.params)
    return {row.id: row.answer for row in rows}
