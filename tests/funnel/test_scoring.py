"""Rules give points for facts and for what holds; the score at any moment is what the ledger comes to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel import scoring
from funnel.conditions import Problem, Subject
from funnel.decay import Decay
from funnel.scoring import Entry, Happened, Value

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LENA = Subject("subscriber", {"subscriber": 1}, fields={"company": "Nadir", "size": 12})
FORM = {"key": "form", "when": {"event": "form_submitted"}, "axis": "engagement", "points": 20}
DEMO = {"key": "demo", "when": {"event": "form_submitted", "form": "demo"}, "axis": "engagement", "points": 30}
COMPANY = {"key": "company", "while": {"field": {"key": "company", "known": True}}, "axis": "fit", "points": 10}
GONE = {"key": "gone", "when": {"event": "unsubscribed"}, "axis": "engagement", "points": -50}


def document(*rules: dict[str, Any], half_life: object = "30 days") -> dict[str, Any]:
    return {"half_life": half_life, "rules": list(rules)}


def capped(points: int, per: str) -> dict[str, Any]:
    return FORM | {"at_most": {"points": points, "per": per}}


def submitted(number: int, at: datetime, form: str = "guide") -> Happened:
    return Happened(number, at, "form_submitted", {"form": form})


def points_of(rule: dict[str, Any], *facts: Happened, subject: Subject = LENA) -> list[int]:
    rules = scoring.compile_rules(document(rule))
    return [entry.points for entry in scoring.entries_of(rules, 1, facts, subject, NOW)]


def test_a_rule_gives_its_points_for_each_fact_of_its_kind() -> None:
    fact = Happened(3, NOW, "unsubscribed", {})

    assert points_of(FORM, submitted(1, NOW), fact, submitted(4, NOW)) == [20, 20]


def test_a_rule_may_be_about_one_form() -> None:
    assert points_of(DEMO, submitted(1, NOW), submitted(2, NOW, form="demo")) == [30]


def test_a_rule_may_ask_for_more_of_the_lead() -> None:
    large = {"event": "form_submitted", "lead": {"field": {"key": "size", "at_least": 50}}}

    assert points_of(FORM | {"when": large}, submitted(1, NOW)) == []


def test_a_cap_gives_what_there_is_still_room_for_in_any_such_stretch() -> None:
    facts = [submitted(n, NOW + n * DAY) for n in range(9)]

    assert points_of(capped(50, "7 days"), *facts) == [20, 20, 10, 20, 20]


def test_a_cap_holds_for_points_that_are_taken_away_too() -> None:
    rule = GONE | {"points": -20, "at_most": {"points": 30, "per": "1 day"}}
    gone = [Happened(n, NOW, "unsubscribed", {}) for n in range(3)]

    assert points_of(rule, *gone) == [-20, -10]


def test_what_holds_is_given_once_and_taken_back_when_it_stops_to_hold() -> None:
    rules = scoring.compile_rules(document(COMPANY))
    first = scoring.held(rules, 1, LENA, {}, NOW, 7)
    again = scoring.held(rules, 1, LENA, {("company", "fit"): 10}, NOW + DAY, 8)
    forgotten = Subject("subscriber", {"subscriber": 1})
    back = scoring.held(rules, 1, forgotten, {("company", "fit"): 10}, NOW + 2 * DAY, 9)

    assert first == [Entry(NOW, "company", 7, 1, "fit", 10, lasting=True)]
    assert again == []
    assert [(entry.points, entry.event_id) for entry in back] == [(-10, 9)]


def test_what_a_removed_or_changed_rule_gave_is_set_right_at_the_next_look() -> None:
    rules = scoring.compile_rules(document(COMPANY | {"points": 15}))

    entries = scoring.held(rules, 2, LENA, {("company", "fit"): 10, ("old", "fit"): 5}, NOW, 0)

    assert [(entry.rule, entry.points) for entry in entries] == [("company", 5), ("old", -5)]


def test_what_cannot_be_measured_stays_as_it_was() -> None:
    clicks = {"key": "clicks", "while": {"event": "message_clicked"}, "axis": "fit", "points": 5}
    rules = scoring.compile_rules(document(clicks))

    assert scoring.held(rules, 1, LENA, {("clicks", "fit"): 5}, NOW, 0) == []
    assert scoring.held(rules, 1, LENA, {}, NOW, 0) == []


def test_it_says_when_time_alone_takes_points_back() -> None:
    lately = {"key": "lately", "while": {"form": {"key": "demo", "within": "7 days"}}, "axis": "fit", "points": 5}
    lena = Subject("subscriber", {"subscriber": 1}, forms={"demo": NOW - DAY})

    assert scoring.next_change(scoring.compile_rules(document(lately)), lena, NOW) == NOW + 6 * DAY


kinds = st.sampled_from(["form_submitted", "unsubscribed"])
hours = st.integers(0, 24 * 60)
stories = st.lists(st.tuples(hours, kinds, st.sampled_from(["guide", "demo"])), max_size=25)
half_lives = st.lists(st.sampled_from([HOUR * 7, DAY, 30 * DAY]), min_size=1, max_size=3)
RULES = scoring.compile_rules(document(capped(50, "2 days"), DEMO, GONE, COMPANY))


@given(stories, half_lives, st.lists(hours, min_size=1, max_size=5))
def test_the_kept_score_equals_a_replay_of_the_ledger_at_any_moment(
    story: list[tuple[int, str, str]], lives: list[timedelta], asked: list[int]
) -> None:
    """Facts come in the order of their ids, and some of them late; half-lives are changed on the way."""
    decay = Decay.of([(NOW + 20 * n * DAY, life) for n, life in enumerate(lives)])
    facts = [Happened(n, NOW + hour * HOUR, kind, {"form": form}) for n, (hour, kind, form) in enumerate(story, 1)]
    ledger = scoring.entries_of(RULES, 1, facts, LENA, NOW)
    kept = Value(0, 0, None)
    for entry in ledger:
        kept = scoring.add(kept, [entry], decay)
    last = max((entry.at for entry in ledger), default=NOW)

    for hour in asked:
        at = last + hour * HOUR
        brute = sum(
            entry.points * (2 ** -decay.halvings(entry.at, at) if entry.axis == "engagement" else 1) for entry in ledger
        )
        assert kept.fit + decay.left(kept.engagement, kept.engaged_at, at) == pytest.approx(brute, abs=1e-6)
        assert sum(scoring.value(ledger, decay, at)) == pytest.approx(brute, abs=1e-6)


def test_the_score_of_a_past_moment_knows_nothing_of_later_facts() -> None:
    decay = Decay.of([(NOW, 30 * DAY)])
    rules = scoring.compile_rules(document(FORM))
    ledger = scoring.entries_of(rules, 1, [submitted(1, NOW), submitted(2, NOW + 30 * DAY)], LENA, NOW)

    moments = [NOW - DAY, NOW, NOW + 30 * DAY]

    assert [scoring.value(ledger, decay, at)[1] for at in moments] == [0, 20, 30]


@pytest.mark.parametrize(
    ("written", "path", "message"),
    [
        ([], "", "expected an object"),
        ({"rules": []}, "", '"half_life" is missing'),
        (document(half_life="1 month"), "half_life", "no fixed length"),
        (document(half_life="5 minutes"), "half_life", "from an hour to ten years"),
        (document(FORM | {"points": 0}), "rules/0/points", "and not 0"),
        (document(FORM | {"points": 1.5}), "rules/0/points", "a whole number"),
        (document(FORM | {"axis": "charm"}), "rules/0/axis", "fit, engagement"),
        (document(FORM | {"key": "A b"}), "rules/0/key", "a-z"),
        (document(FORM, FORM), "rules/1/key", "called"),
        (document({"key": "x", "axis": "fit", "points": 1}), "rules/0", 'either "when"'),
        (document(FORM | {"when": {"event": "enrolled"}}), "rules/0/when/event", "only tells the story"),
        (document(FORM | {"when": {"event": "stage_changed"}}), "rules/0/when/event", "follows from the score"),
        (document(FORM | {"when": {"event": "bounced", "form": "x"}}), "rules/0/when/form", "about a form"),
        (document(FORM | {"when": {"event": "bounced", "lead": {"tga": "x"}}}), "rules/0/when/lead", '"tag"'),
        (document(COMPANY | {"while": {"score": {"at_least": 1}}}), "rules/0/while", "the score cannot be asked"),
        (document(COMPANY | {"while": {"not": {"stage": "lead"}}}), "rules/0/while", "the stage cannot be asked"),
        (document(COMPANY | {"axis": "engagement"}), "rules/0/axis", "its axis is fit"),
        (document(COMPANY | {"at_most": {}}), "rules/0/at_most", "gives its points once"),
        (document(capped(0, "7 days")), "rules/0/at_most/points", "from 1"),
        (document(capped(5, "soon")), "rules/0/at_most/per", "expected a duration"),
        (document(FORM | {"weight": 2}), "rules/0/weight", "not known here"),
        ({"half_life": "1 day", "rules": {}}, "rules", "expected a list"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(written: object, path: str, message: str) -> None:
    found = scoring.problems(written, {"enrolled"})

    assert [one for one in found if one.path == path and message in one.message], found


def test_rules_with_problems_are_not_used() -> None:
    with pytest.raises(scoring.RulesError, match="rules/0/points: expected a whole number"):
        scoring.compile_rules(document(FORM | {"points": 0}))


def test_good_rules_have_no_problem() -> None:
    assert scoring.problems(document(capped(50, "7 days"), DEMO, GONE, COMPANY)) == list[Problem]()


words = st.sampled_from(["rules", "half_life", "when", "while", "key", "points", "at_most"])
scraps = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@given(scraps)
def test_no_document_makes_it_fail(written: object) -> None:
    assert isinstance(scoring.problems(written), list)
