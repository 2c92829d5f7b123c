"""What conditions say, what they refuse, and when time alone changes their answer."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.conditions import (
    ConditionError,
    Occurred,
    Problem,
    Subject,
    changes,
    event_kinds,
    parse,
    parse_duration,
    predicate,
    problems,
    reads,
    sql,
)
from funnel.decay import Decay

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LADDER = {"subscriber": 1, "lead": 2, "warm": 3, "customer": 4}
LENA = Subject(
    stage="warm",
    ladder=LADDER,
    tags=frozenset({"vip"}),
    fields={
        "renewal": "2026-03-09",
        "size": 50,
        "seats": "12",
        "title": "Directrice ÉTUDES",
        "langs": ["fr", 1],
        "done": True,
        "note": "",
    },
    fit=10,
    engagement=20.5,
    engaged_at=NOW,
    consents={"email_marketing": "granted", "phone": "withdrawn"},
    forms={"demo": NOW - timedelta(days=3)},
    answers={"demo": {"budget": "large"}},
    events={"page_viewed": [Occurred(NOW - timedelta(days=1), {"page": "/prices"}), Occurred(NOW - timedelta(days=5))]},
    touches={"first": {"campaign": "spring", "network": "google"}, "last": {"campaign": "autumn"}},
    created_at=NOW - timedelta(days=10),
    sequences={"welcome": frozenset({"in", "was_in"}), "farewell": frozenset({"was_in", "completed"})},
    segments=frozenset({"clinics"}),
)


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({"stage": "warm"}, True),
        ({"stage": {"at_least": "lead"}}, True),
        ({"stage": {"at_least": "customer"}}, False),
        ({"stage": {"at_least": "lead", "at_most": "warm"}}, True),
        ({"stage": {"at_least": "a rung that was removed"}}, None),
        ({"tag": "vip"}, True),
        ({"tag": "VIP"}, False),
        ({"field": {"key": "size", "is": 50.0}}, True),
        ({"field": {"key": "size", "is": "50"}}, False),
        ({"field": {"key": "done", "is": 1}}, False),
        ({"field": {"key": "size", "not": 3}}, True),
        ({"field": {"key": "nothing", "not": 3}}, True),
        ({"field": {"key": "size", "at_least": 50, "at_most": 60}}, True),
        ({"field": {"key": "seats", "at_least": 12}}, True),
        ({"field": {"key": "title", "at_least": 0}}, False),
        ({"field": {"key": "title", "contains": "études"}}, True),
        ({"field": {"key": "langs", "contains": "fr"}}, True),
        ({"field": {"key": "langs", "contains": True}}, False),
        ({"field": {"key": "size", "contains": "5"}}, False),
        ({"field": {"key": "note", "known": True}}, False),
        ({"field": {"key": "size", "known": True}}, True),
        ({"field": {"key": "note", "known": False}}, True),
        ({"score": {"at_least": 30.5}}, True),
        ({"score": {"at_least": 11, "of": "fit"}}, False),
        ({"score": {"at_most": 20.5, "of": "engagement"}}, True),
        ({"consent": "email_marketing"}, True),
        ({"consent": "phone"}, False),
        ({"form": "demo"}, True),
        ({"form": {"key": "demo", "within": "3 days"}}, False),
        ({"form": {"key": "demo", "within": "3 days 1 second"}}, True),
        ({"event": "page_viewed"}, True),
        ({"event": {"kind": "page_viewed", "at_least": 2}}, True),
        ({"event": {"kind": "page_viewed", "at_least": 2, "within": "4 days"}}, False),
        ({"event": {"kind": "page_viewed", "data": {"page": "/prices"}}}, True),
        ({"event": {"kind": "page_viewed", "data": {"page": "/prices", "seconds": 9}}}, False),
        ({"event": {"kind": "page_viewed", "data": {"page": "/prices"}, "at_least": 2}}, False),
        ({"field": {"key": "renewal", "before": "2026-03-10"}}, True),
        ({"field": {"key": "renewal", "after": "2026-03-09"}}, False),
        ({"field": {"key": "renewal", "in_next": "7 days"}}, True),
        ({"field": {"key": "renewal", "in_next": "6 days"}}, False),
        ({"field": {"key": "renewal", "in_last": "7 days"}}, False),
        ({"field": {"key": "title", "before": "2026-03-10"}}, False),
        ({"answer": {"form": "demo", "key": "budget", "is": "large"}}, True),
        ({"answer": {"form": "demo", "key": "budget", "not": "small"}}, True),
        ({"answer": {"form": "paper", "key": "budget", "known": True}}, False),
        ({"source": {"campaign": "spring"}}, True),
        ({"source": {"touch": "last", "campaign": "spring"}}, False),
        ({"source": {"campaign": {"contains": "SPR"}, "network": "google"}}, True),
        ({"source": {"touch": "last", "network": {"known": False}}}, True),
        ({"created": {"in_last": "30 days"}}, True),
        ({"created": {"after": "2026-02-20"}}, False),
        ({"sequence": "welcome"}, True),
        ({"sequence": {"completed": "welcome"}}, False),
        ({"sequence": {"was_in": "farewell", "completed": "farewell"}}, True),
        ({"segment": "clinics"}, True),
        ({"not": {"segment": "schools"}}, True),
        ({"event": "message_clicked"}, None),
        ({"not": {"event": "message_clicked"}}, None),
        ({"all": [{"event": "message_clicked"}, {"tag": "nobody"}]}, False),
        ({"all": [{"event": "message_clicked"}, {"tag": "vip"}]}, None),
        ({"any": [{"event": "message_clicked"}, {"tag": "vip"}]}, True),
        ({"any": [{"event": "message_clicked"}, {"tag": "nobody"}]}, None),
    ],
)
def test_a_condition_answers_yes_no_or_not_measurable(condition: object, answer: bool | None) -> None:
    assert predicate(parse(condition))(LENA, NOW) is answer


def test_clicks_are_measurable_once_the_lead_consented() -> None:
    clicked = predicate(parse({"event": "message_clicked"}))
    consenting = replace(LENA, consents={"track_clicks": "granted"})

    assert clicked(consenting, NOW) is False
    assert clicked(replace(consenting, events={"message_clicked": [Occurred(NOW)]}), NOW) is True


def test_a_click_that_is_known_counts_even_after_consent_was_withdrawn() -> None:
    withdrawn = replace(LENA, consents={"track_clicks": "withdrawn"}, events={"message_clicked": [Occurred(NOW)]})

    assert predicate(parse({"event": "message_clicked"}))(withdrawn, NOW) is True


@pytest.mark.parametrize(
    ("condition", "path", "message"),
    [
        (None, "goal", "not null"),
        ({}, "goal", "not an empty object"),
        ({"tag": "a", "stage": "b"}, "goal", "an object with several"),
        ({"tagg": "a"}, "goal", 'did you mean "tag"?'),
        ({"replied": "welcome"}, "goal", '"replied" is not built yet'),
        ({"stage": "wam"}, "goal/stage", 'did you mean "warm"?'),
        ({"stage": {}}, "goal/stage", "is, at_least, at_most"),
        ({"stage": {"at_leest": "warm"}}, "goal/stage/at_leest", 'did you mean "at_least"?'),
        ({"all": []}, "goal/all", "a list of conditions, not an empty list"),
        ({"any": [{"tag": "a"}, {"tag": ""}]}, "goal/any/1/tag", 'expected a text, not ""'),
        ({"not": {"tag": 3}}, "goal/not/tag", "expected a text, not 3"),
        ({"tag": "\0"}, "goal/tag", "cannot be stored"),
        ({"tag": "\ud800"}, "goal/tag", "cannot be stored"),
        ({"field": {"is": 3}}, "goal/field", '"key" is missing'),
        ({"field": {"key": "size"}}, "goal/field", "nothing to compare with"),
        ({"field": {"key": "size", "is": None}}, "goal/field/is", "not null"),
        ({"field": {"key": "size", "at_least": "3"}}, "goal/field/at_least", "expected a number"),
        ({"field": {"key": "size", "at_least": 10**5000}}, "goal/field/at_least", "so large a number"),
        ({"field": {"key": "size", "known": 1}}, "goal/field/known", "expected true or false"),
        ({"score": {"at_least": True}}, "goal/score/at_least", "expected a number, not true"),
        ({"score": {"at_least": 1, "of": "x"}}, "goal/score/of", "fit, engagement or total"),
        ({"form": {"key": "a", "within": "2 months"}}, "goal/form/within", "a month has no fixed length"),
        ({"form": {"key": "a", "within": "0 days"}}, "goal/form/within", "longer than zero"),
        ({"event": {"kind": "a", "at_least": 0}}, "goal/event/at_least", "a whole number from 1"),
        ({"event": {"kind": "a", "within": 3}}, "goal/event/within", "a bare number has no unit"),
        ({"event": {"kind": "a", "data": []}}, "goal/event/data", "an object with 1 to 10 words"),
        ({"event": {"kind": "a", "data": {"step": None}}}, "goal/event/data/step", "not null"),
        ({"field": {"key": "a", "before": "31.5.2026"}}, "goal/field/before", 'a date such as "2026-05-31"'),
        ({"field": {"key": "a", "before": "2026-02-30"}}, "goal/field/before", 'a date such as "2026-05-31"'),
        ({"field": {"key": "a", "in_last": "3 hours"}}, "goal/field/in_last", "whole days"),
        ({"field": {"key": "a", "in_next": "0 days"}}, "goal/field/in_next", "whole days"),
        ({"answer": {"key": "a", "is": 1}}, "goal/answer", '"form" is missing'),
        ({"answer": {"form": "demo", "key": "a"}}, "goal/answer", "nothing to compare with"),
        ({"source": {}}, "goal/source", "campaign"),
        ({"source": {"touch": "second", "campaign": "a"}}, "goal/source/touch", "first or last"),
        ({"source": {"utm_campaign": "a"}}, "goal/source/utm_campaign", 'did you mean "campaign"?'),
        ({"source": {"campaign": {"at_least": 3}}}, "goal/source/campaign/at_least", "is not known here"),
        ({"source": {"network": "gogle"}}, "goal/source/network", "expected one of google"),
        ({"created": {"is": "2026-05-31"}}, "goal/created/is", "is not known here"),
        ({"sequence": {"inside": "welcome"}}, "goal/sequence/inside", "is not known here"),
        ({"segment": "clinic"}, "goal/segment", 'there is no segment "clinic"; did you mean "clinics"?'),
    ],
)
def test_a_problem_says_where_it_is_and_what_was_expected(condition: object, path: str, message: str) -> None:
    [problem] = problems(condition, "goal", LADDER, {"clinics"})

    assert problem.path == path
    assert message in problem.message


def test_conditions_nest_ten_deep_and_no_deeper() -> None:
    nested: object = {"tag": "a"}
    for _ in range(500):
        nested = {"not": nested}

    [problem] = problems(nested)

    assert problem == Problem("/".join(["not"] * 11), "conditions nest at most 10 deep, 1000 in one document")


def test_a_document_holds_a_thousand_conditions_at_most() -> None:
    assert problems({"all": [{"tag": "a"}] * 999}) == []
    assert "1000 in one document" in problems({"any": [{"all": [{"tag": "a"}] * 500}] * 2})[0].message


def test_a_condition_with_problems_cannot_be_compiled() -> None:
    with pytest.raises(ConditionError, match=r"all/0/tag: expected a text") as error:
        parse({"all": [{"tag": None}]})

    assert error.value.problems == [Problem("all/0/tag", "expected a text, not null")]


def test_it_says_what_must_be_loaded() -> None:
    condition = parse({"all": [{"tag": "a"}, {"not": {"event": "message_opened"}}, {"score": {"at_least": 1}}]})

    assert reads(condition) == {"tags", "score", "events", "consents"}
    assert event_kinds(condition) == {"message_opened"}
    assert reads(parse({"stage": "warm"})) == {"stage"}
    assert reads(parse({"source": {"campaign": "a"}})) == {"touches"}
    assert reads(parse({"any": [{"created": {"in_last": "1 day"}}, {"segment": "a"}]})) == {"created", "segments"}


def test_values_reach_sql_as_parameters_only() -> None:
    hostile = "'; DROP TABLE leads; --"

    written = sql(parse({"any": [{"tag": hostile}, {"field": {"key": hostile, "is": hostile}}]}), NOW, Decay())

    assert hostile not in written.text
    assert hostile in written.params.values()


@pytest.mark.parametrize(
    ("condition", "after"),
    [
        ({"form": {"key": "demo", "within": "5 days"}}, timedelta(days=2)),
        ({"form": {"key": "demo", "within": "2 days"}}, None),
        ({"form": "demo"}, None),
        ({"not": {"event": {"kind": "page_viewed", "within": "30 days"}}}, timedelta(days=29)),
        ({"event": {"kind": "page_viewed", "within": "6 days", "at_least": 2}}, timedelta(days=1)),
        ({"any": [{"tag": "vip"}, {"form": {"key": "demo", "within": "5 days"}}]}, None),
        ({"event": {"kind": "message_clicked", "within": "5 days"}}, None),
        ({"event": {"kind": "page_viewed", "within": "6 days", "data": {"page": "/prices"}}}, timedelta(days=5)),
        ({"field": {"key": "renewal", "in_next": "30 days"}}, timedelta(days=7, hours=14)),
        ({"field": {"key": "renewal", "in_next": "2 days"}}, timedelta(days=4, hours=14)),
        ({"field": {"key": "renewal", "in_last": "2 days"}}, timedelta(days=6, hours=14)),
        ({"field": {"key": "renewal", "before": "2026-03-10"}}, None),
        ({"created": {"in_last": "30 days"}}, timedelta(days=20, hours=14)),
    ],
)
def test_it_says_when_time_alone_changes_the_answer(condition: object, after: timedelta | None) -> None:
    assert changes(parse(condition))(LENA, NOW) == (after and NOW + after)


def test_many_events_are_not_asked_about_one_by_one() -> None:
    seen = replace(LENA, events={"page_viewed": [Occurred(NOW - timedelta(minutes=n)) for n in range(10_000)]})
    condition = parse({"event": {"kind": "page_viewed", "within": "30 days", "at_least": 2}})

    started = time.process_time()
    assert changes(condition)(seen, NOW) == NOW + timedelta(days=30) - timedelta(minutes=1)

    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2 seconds", 2),
        ("90 minutes", 5400),
        ("1 hour", 3600),
        ("2 days", 2 * 86400),
        ("3 Weeks", 21 * 86400),
        ("1 day 12 hours", 129600),
        ("1 day, 1 hour and 30 minutes", 91800),
        (" 1.5 hours ", 5400),
        ("0 days", 0),
    ],
)
def test_durations_are_read_as_people_write_them(written: str, seconds: float) -> None:
    assert parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (3600, "a bare number has no unit"),
        (True, "expected a duration"),
        (None, "expected a duration"),
        ("", "expected a duration"),
        ("soon", "expected a duration"),
        ("-2 days", "expected a duration"),
        ("2", "expected a duration"),
        ("2 days ago", "expected a duration"),
        ("2 fortnights", '"fortnights" is no unit of time'),
        ("1 month", "a month has no fixed length"),
        ("9999999 days", "ten years at most"),
        ("999999999 weeks", "ten years at most"),
    ],
)
def test_what_is_no_duration_is_refused_with_a_reason(written: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_duration(written)


@given(st.text("0129. ,-andsecohurwkmith", max_size=40))
def test_any_text_is_a_duration_or_refused(written: str) -> None:
    with contextlib.suppress(ValueError):
        assert timedelta() <= parse_duration(written) <= timedelta(days=3650)
