"""Python, SQL and the clock of a condition agree, on a real PostgreSQL. `EXAMPLES=5000` looks longer."""

from __future__ import annotations

import json
import os
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.conditions import Condition, Subject, changes, parse, predicate, sql
from funnel.decay import Decay

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
EXAMPLES = int(os.environ.get("EXAMPLES", "200"))
STAGES = ["subscriber", "lead", "customer"]
FORMS = ["demo", "paper"]
PURPOSES = ["email_marketing", "track_clicks"]
ACTIONS = ["granted", "granted", "denied", "withdrawn", "pending"]
KINDS = ["page_viewed", "message_clicked"]
KEYS = ["size", "city", "a'b", 'q"{}']
SPANS = ["1 day", "2 days", "1 week"]

NUMBERS = [0, 1, -1, 2, 10, 0.1, 1.5, 1e15, 1e-7, 30]
WORDS = ["", "paris", "PARIS 15", "École", "ÉCOLE", "1", "-1.50", "10\n", "%", "\\", "ß", "İ"]
SCALARS = [*NUMBERS, *WORDS, True, False]
VALUES = [*SCALARS, None, [], ["paris", 1], [True, "École"], [[1], "1"], {"paris": 1}]
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

terms = st.one_of(
    st.builds(lambda test, key: {"stage": {test: key}}, st.sampled_from(["is", "at_least", "at_most"]),
              st.sampled_from([*STAGES, "removed"])),
    st.builds(lambda tag: {"tag": tag}, st.sampled_from(["vip", "VIP", "x,y"])),
    st.builds(lambda key, test, value: {"field": {"key": key, test: value}}, st.sampled_from(KEYS),
              st.sampled_from(["is", "not", "contains"]), wanted),
    st.builds(lambda key, test, n: {"field": {"key": key, test: n}}, st.sampled_from(KEYS), limits, numbers),
    st.builds(lambda key, known: {"field": {"key": key, "known": known}}, st.sampled_from(KEYS), st.booleans()),
    st.builds(lambda test, n, of: {"score": {test: n, "of": of}}, limits, numbers,
              st.sampled_from(["fit", "engagement", "total"])),
    st.builds(lambda purpose: {"consent": purpose}, st.sampled_from(PURPOSES)),
    st.builds(lambda key, span: {"form": {"key": key, **span}}, st.sampled_from(FORMS), within),
    st.builds(lambda kind, span, n: {"event": {"kind": kind, "at_least": n, **span}}, st.sampled_from(KINDS), within,
              st.integers(1, 3)),
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
        "fields": {key: dice.choice(VALUES) for key in KEYS if dice.random() < 0.8},
        "fit": float(dice.choice(NUMBERS)),
        "engagement": float(dice.choice(NUMBERS)),
        "engaged_at": dice.choice([*TIMES, NOW, NOW + timedelta(seconds=3)]),
        "consents": [(dice.choice(PURPOSES), dice.choice(ACTIONS)) for _ in range(dice.randrange(4))],
        "submissions": [
            (dice.choice(FORMS), dice.choice(["accepted", "accepted", "spam"]), dice.choice(TIMES))
            for _ in range(dice.randrange(3))
        ],
        "events": [(dice.choice(KINDS), dice.choice(TIMES)) for _ in range(dice.randrange(5))],
    }


STORIES = [invented(random.Random(n)) for n in range(200)]


def test_python_and_sql_give_the_same_answer(session: Session) -> None:
    leads = {write(session, story): story for story in STORIES}
    ladder = {row.key: row.position for row in session.execute(text("SELECT key, position FROM stages"))}

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(documents, st.sampled_from(DECAYS))
    def agree(document: dict[str, Any], decay: Decay) -> None:
        condition = parse(document)
        asked = predicate(condition)
        assert ask(session, condition, NOW, decay) == {
            lead: asked(subject(story, ladder, decay), NOW) for lead, story in leads.items()
        }

    agree()


@settings(max_examples=EXAMPLES, deadline=None)
@given(document=documents, story=st.sampled_from(STORIES), decay=st.sampled_from(DECAYS))
def test_an_answer_stays_until_its_next_change_and_differs_there(
    document: object, story: dict[str, Any], decay: Decay
) -> None:
    condition, lena = parse(document), subject(story, {"subscriber": 1, "lead": 2, "customer": 6}, decay)
    asked, change = predicate(condition), changes(condition)(lena, NOW)
    moments = [NOW + timedelta(seconds=second, days=days) for days in range(8) for second in (-1, 0, 1)]

    before = [at for at in moments if at >= NOW and (change is None or at < change)]
    assert {asked(lena, at) for at in before} == {asked(lena, NOW)}
    if change is not None:
        assert change > NOW
        assert asked(lena, change) != asked(lena, NOW) == asked(lena, change - timedelta(microseconds=1))


def subject(story: dict[str, Any], ladder: dict[str, int], decay: Decay) -> Subject:
    """What the engine would load of this story."""
    forms: dict[str, datetime] = {}
    events: dict[str, list[datetime]] = {}
    for key, outcome, at in story["submissions"]:
        if outcome == "accepted":
            forms[key] = max(at, forms.get(key, at))
    for kind, at in story["events"]:
        events.setdefault(kind, []).append(at)
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
        forms=forms,
        events=events,
    )


def write(session: Session, story: dict[str, Any]) -> int:
    lead: int = session.execute(
        text("""
            INSERT INTO leads (email, fields, tags, stage, fit, engagement, engaged_at, stage_since, created_at,
                               updated_at)
            VALUES (:email, CAST(:fields AS jsonb), :tags, :stage, :fit, :engagement, :engaged_at, :now, :now, :now)
            RETURNING id
        """),
        {
            "email": f"{uuid4()}@example.org",
            "fields": json.dumps(story["fields"]),
            "tags": story["tags"],
            "stage": story["stage"],
            "fit": story["fit"],
            "engagement": story["engagement"],
            "engaged_at": story["engaged_at"],
            "now": NOW,
        },
    ).scalar_one()
    for purpose, action in story["consents"]:
        session.execute(
            text("INSERT INTO consents (lead_id, purpose, action, channel) VALUES (:lead, :purpose, :action, 'api')"),
            {"lead": lead, "purpose": purpose, "action": action},
        )
    for key, outcome, at in story["submissions"]:
        session.execute(
            text("""
                WITH form AS (
                    INSERT INTO forms (key, name, definition, created_at, updated_at)
                    VALUES (:key, :key, '{}', :at, :at)
                    ON CONFLICT (key) DO UPDATE SET name = excluded.name RETURNING id
                )
                INSERT INTO submissions (id, form_id, form_version, lead_id, values, outcome, at)
                SELECT :id, form.id, 1, :lead, '{}', :outcome, :at FROM form
            """),
            {"id": uuid4(), "key": key, "lead": lead, "outcome": outcome, "at": at},
        )
    for kind, at in story["events"]:
        session.execute(
            text("INSERT INTO events (at, lead_id, kind) VALUES (:at, :lead, :kind)"),
            {"at": at, "lead": lead, "kind": kind},
        )
    return lead


def ask(session: Session, condition: Condition, now: datetime, decay: Decay) -> dict[int, bool | None]:
    written = sql(condition, now, decay)
    rows = session.execute(text(f"SELECT leads.id, {written.text} AS answer FROM leads"), written.params)
    return {row.id: row.answer for row in rows}
