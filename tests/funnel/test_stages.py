"""The ladder: up at once, down with hysteresis, never back and forth; and when to look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel import stages
from funnel.conditions import Occurred, Subject
from funnel.decay import Decay
from funnel.stages import Decision, Standing

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
STAGES = {"subscriber": 1, "lead": 2, "warm": 3, "hot": 4, "customer": 5}
LEAD = {"stage": "lead", "enter": {"score": {"at_least": 15}}}
WARM = {"stage": "warm", "enter": {"score": {"at_least": 50}}, "leave": {"score": {"at_most": 20}}, "demote": True}
HOT = {"stage": "hot", "enter": {"score": {"at_least": 80}}, "demote": True, "minimum_stay": "7 days"}


def ladder(*rungs: dict[str, Any]) -> stages.Ladder:
    return stages.compile_ladder({"rungs": list(rungs)})


USUAL = ladder(LEAD, WARM, HOT)


def scored(engagement: float, stage: str = "subscriber", fit: float = 0) -> Subject:
    decay = Decay.of([(NOW - 99 * DAY, 30 * DAY)])
    return Subject(stage, STAGES, fit=fit, engagement=engagement, engaged_at=NOW, decay=decay)


def decided(subject: Subject, since: datetime = NOW - 30 * DAY, held: datetime | None = None) -> Decision:
    return stages.decide(USUAL, Standing(subject.stage, since, held), subject, NOW)


@pytest.mark.parametrize(
    ("points", "stage", "to", "why"),
    [
        (10, "subscriber", None, None),
        (15, "subscriber", "lead", "enter"),
        (90, "subscriber", "hot", "enter"),
        (50, "lead", "warm", "enter"),
        (49, "warm", None, None),
        (21, "warm", None, None),
        (20, "warm", "lead", "leave"),
        (0, "lead", None, None),
        (65, "hot", None, None),
        (63, "hot", "warm", "leave"),
        (5, "hot", "lead", "leave"),
        (90, "customer", None, None),
        (0, "customer", None, None),
        (90, "a stage that was removed", None, None),
    ],
)
def test_a_lead_goes_up_at_once_and_falls_only_below_where_it_came_in(
    points: float, stage: str, to: str | None, why: str | None
) -> None:
    decision = decided(scored(points, stage))

    assert (decision.to, decision.why) == (to, why)


def test_nobody_falls_before_the_minimum_stay_is_over() -> None:
    decision = decided(scored(5, "hot"), since=NOW - 3 * DAY)

    assert decision == Decision(None, None, NOW + 4 * DAY)


def test_what_a_person_decided_holds_until_then_and_is_looked_at_then() -> None:
    assert decided(scored(90, "lead"), held=NOW + 9 * DAY) == Decision(None, None, NOW + 9 * DAY)
    assert decided(scored(90, "lead"), held=NOW).to == "hot"


def test_it_looks_again_when_the_fading_score_reaches_the_leave() -> None:
    decision = decided(scored(40, "warm"))

    assert decision.look_at is not None
    assert abs(decision.look_at - (NOW + 30 * DAY)) < timedelta(seconds=1)
    then = stages.decide(USUAL, Standing("warm", NOW), scored(40, "warm"), decision.look_at)
    assert then.to == "lead"


def test_a_lead_that_time_cannot_move_is_not_looked_at_again() -> None:
    assert decided(scored(0, "subscriber")).look_at is None
    assert decided(scored(30, "lead")).look_at is None


def test_a_fall_passes_the_rungs_that_only_people_give() -> None:
    short = ladder(LEAD, HOT)
    hot = scored(1, "hot")

    assert stages.decide(short, Standing("hot", NOW - 30 * DAY), hot, NOW).to == "lead"


def test_at_the_foot_of_the_ladder_everybody_may_stand() -> None:
    alone = ladder({"stage": "warm", "enter": {"tag": "vip"}, "demote": True})

    assert stages.decide(alone, Standing("warm", NOW - DAY), scored(0, "warm"), NOW).to == "subscriber"


def test_what_cannot_be_measured_moves_nobody() -> None:
    clicks = ladder({"stage": "warm", "enter": {"event": "message_clicked"}, "demote": True})

    assert stages.decide(clicks, Standing("lead", NOW), scored(0, "lead"), NOW).to is None
    assert stages.decide(clicks, Standing("warm", NOW - DAY), scored(0, "warm"), NOW).to is None


def test_whoever_fulfils_both_sides_of_a_rung_stays_on_it() -> None:
    both = ladder(WARM | {"leave": {"tag": "lost"}})
    lost = replace(scored(60, "warm"), tags=frozenset({"lost"}))

    assert stages.decide(both, Standing("warm", NOW - DAY), lost, NOW).to is None


limits = st.integers(1, 100)


@given(limits, st.lists(st.floats(-0.9, 0.9), min_size=1, max_size=60), st.sampled_from(["fit", "engagement", "total"]))
def test_a_walk_around_a_threshold_never_flaps(limit: int, steps: list[float], of: str) -> None:
    """A score that stays within the margin of the limit is carried over it once at most, whatever it does."""
    one = ladder({"stage": "warm", "enter": {"score": {"at_least": limit, "of": of}}, "demote": True})
    stage, moves = "lead", 0
    for n, step in enumerate(steps):
        points = limit + step * max(limit * 0.2, 1.0)
        subject = replace(scored(0, stage), fit=points if of != "engagement" else 0)
        if of == "engagement":
            subject = replace(subject, engagement=points, engaged_at=NOW + n * DAY)
        decision = stages.decide(one, Standing(stage, NOW), subject, NOW + n * DAY)
        if decision.to:
            stage, moves = decision.to, moves + 1

    assert moves <= 1


conditions = st.one_of(
    st.builds(lambda test, n: {"score": {test: n}}, st.sampled_from(["at_least", "at_most"]), st.integers(-5, 90)),
    st.builds(lambda n: {"score": {"at_least": n, "of": "engagement"}}, st.integers(1, 90)),
    st.just({"tag": "vip"}),
    st.just({"not": {"tag": "vip"}}),
    st.just({"event": {"kind": "page_viewed", "within": "3 days"}}),
    st.just({"event": "message_clicked"}),
)
rungs = st.fixed_dictionaries(
    {"enter": conditions, "demote": st.booleans()},
    optional={"leave": conditions, "minimum_stay": st.sampled_from(["1 day", "20 days"])},
)
ladders = st.dictionaries(st.sampled_from(["lead", "warm", "hot", "customer"]), rungs, max_size=4)
subjects = st.builds(
    lambda stage, points, fit, vip, ago: replace(
        scored(points, stage, fit),
        tags=frozenset({"vip"} if vip else ()),
        events={"page_viewed": [Occurred(NOW - ago * DAY)]},
    ),
    st.sampled_from(list(STAGES)),
    st.integers(-50, 100),
    st.integers(-20, 60),
    st.booleans(),
    st.integers(0, 5),
)


@given(ladders, subjects, st.integers(0, 30))
def test_whatever_the_rules_say_a_decision_is_not_taken_back_at_once(
    rules: dict[str, Any], subject: Subject, days: int
) -> None:
    document = [{"stage": stage, **rung} for stage, rung in rules.items()]
    for rung in document:
        if not rung["demote"]:
            rung.pop("leave", None)
    made = ladder(*document)
    decision = stages.decide(made, Standing(subject.stage, NOW - days * DAY), subject, NOW)

    if decision.to:
        moved = replace(subject, stage=decision.to)
        assert stages.decide(made, Standing(decision.to, NOW), moved, NOW) == Decision(None, None, decision.look_at)


@given(ladders, subjects, st.integers(0, 30))
def test_between_two_looks_nothing_would_have_been_decided(rules: dict[str, Any], subject: Subject, days: int) -> None:
    document = [{"stage": stage, **rung} for stage, rung in rules.items()]
    for rung in document:
        if not rung["demote"]:
            rung.pop("leave", None)
    made, standing = ladder(*document), Standing(subject.stage, NOW - days * DAY)
    first = stages.decide(made, standing, subject, NOW)
    if first.to:
        return
    for hour in range(1, 24 * 40, 7):
        at = NOW + hour * timedelta(hours=1)
        if first.look_at and at >= first.look_at:
            return
        assert stages.decide(made, standing, subject, at).to is None


@pytest.mark.parametrize(
    ("written", "path", "message"),
    [
        ([], "", "expected an object"),
        ({}, "", '"rungs" is missing'),
        ({"rungs": [LEAD | {"stage": "cold"}]}, "rungs/0/stage", 'there is no stage "cold"'),
        ({"rungs": [LEAD, LEAD]}, "rungs", "one rung only"),
        ({"rungs": [LEAD | {"enter": {"stage": "hot"}}]}, "rungs/0/enter", "the stage cannot be asked"),
        ({"rungs": [LEAD | {"leave": {"tag": "x"}}]}, "rungs/0/leave", '"demote": true'),
        ({"rungs": [{"stage": "lead", "demote": True}]}, "rungs/0", "nothing says when leads fall"),
        ({"rungs": [LEAD | {"demote": "yes"}]}, "rungs/0/demote", "true or false"),
        ({"rungs": [LEAD | {"minimum_stay": 7}]}, "rungs/0/minimum_stay", "no unit"),
        ({"rungs": [LEAD | {"eneter": {}}]}, "rungs/0/eneter", "did you mean"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(written: object, path: str, message: str) -> None:
    found = stages.problems(written, STAGES)

    assert [one for one in found if one.path == path and message in one.message], found


@pytest.mark.parametrize(
    ("rung", "path"),
    [
        (WARM | {"leave": {"score": {"at_most": 45}}}, "rungs/0/leave"),
        (WARM | {"leave": {"score": {"at_most": 60}}}, "rungs/0/leave"),
        ({"stage": "warm", "enter": {"event": {"kind": "page_viewed", "within": "3 days"}}, "demote": True},
         "rungs/0/minimum_stay"),
    ],
)  # fmt: skip
def test_a_rung_that_leads_could_go_up_and_down_often_is_pointed_out(rung: dict[str, Any], path: str) -> None:
    assert [one.path for one in stages.warnings({"rungs": [rung]})] == [path]


def test_a_rung_with_room_between_has_no_warning() -> None:
    lately = {"event": {"kind": "page_viewed", "within": "3 days"}}
    calm = {"stage": "hot", "enter": lately, "demote": True, "minimum_stay": "7 days"}

    assert stages.warnings({"rungs": [LEAD, WARM, calm]}) == []
