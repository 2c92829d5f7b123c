"""A lead walked through a sequence: the same machine, a clock of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.conditions import Subject
from nurture_sequences.definition import compile_document, problems
from nurture_sequences.simulate import simulate

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LADDER = {"subscriber": 1, "lead": 2, "warm": 3, "customer": 4}
LENA = Subject(stage="lead", ladder=LADDER)
MAIL = {"subject": "Hi", "text": "Hello"}
NURTURE: dict[str, Any] = {
    "key": "nurture",
    "window": {"days": "mon-fri", "from": "09:00", "to": "18:00"},
    "steps": [
        {"id": "welcome", "email": MAIL},
        {"id": "breathe", "wait": "5 days"},
        {"id": "fork", "branch": [{"when": {"stage": "lead"}, "steps": [{"id": "up", "stage": "warm"}]}]},
        {"id": "second", "email": MAIL},
    ],
}

LONG = ({"id": "welcome", "email": MAIL}, {"id": "breathe", "wait": "5 days"})


def days(moments: list[Any]) -> list[tuple[str, str | None, str]]:
    return [(f"{moment.at:%a %H:%M}", moment.step, moment.what) for moment in moments]


def test_a_lead_is_walked_to_the_end_and_mail_waits_for_its_window() -> None:
    moments = simulate(compile_document(NURTURE), LENA, MONDAY)

    assert days(moments) == [
        ("Mon 10:00", "welcome", "stays"),
        ("Mon 10:00", "welcome", "mail sent"),
        ("Mon 10:00", "breathe", "stays"),
        ("Sat 10:00", "breathe", "waited"),
        ("Sat 10:00", "fork", 'arm "1"'),
        ("Sat 10:00", "up", "moved to warm"),
        ("Sat 10:00", "second", "stays"),
        ("Mon 09:00", "second", "mail sent"),
        ("Mon 09:00", "second", "ended: finished"),
    ]
    assert [moment.why for moment in moments if moment.why] == [
        'waits for the mail "welcome" to be sent',
        "waits 5 days",
        'waits for the mail "second" to be sent',
        "the sequence is finished",
    ]


def test_waits_count_from_acceptance_and_windows_from_the_lead_s_zone() -> None:
    program = compile_document(NURTURE)

    moments = simulate(program, LENA, MONDAY, send_delay=timedelta(hours=1), zone="America/New_York")

    assert ("Mon 15:00", "welcome", "mail sent") in days(moments)
    assert ("Sat 15:00", "breathe", "waited") in days(moments)


def test_it_stops_after_so_many_moments() -> None:
    assert len(simulate(compile_document(NURTURE), LENA, MONDAY, most=3)) == 3


def test_a_lead_that_a_person_must_decide_about_stands_still() -> None:
    program = compile_document({"key": "a", "steps": [{"id": "up", "stage": "vanished"}]})

    assert days(simulate(program, LENA, MONDAY)) == [("Mon 10:00", "up", "held for a person")]


def test_a_goal_that_time_alone_brings_about_ends_the_walk_at_that_moment() -> None:
    document = {"key": "a", "goal": {"not": {"form": {"key": "guide", "within": "3 days"}}}, "steps": list(LONG)}
    seen = replace(LENA, forms={"guide": MONDAY})

    assert days(simulate(compile_document(document), seen, MONDAY)) == [
        ("Mon 10:00", "welcome", "stays"),
        ("Mon 10:00", "welcome", "mail sent"),
        ("Mon 10:00", "breathe", "stays"),
        ("Thu 10:00", "breathe", "goal"),
        ("Thu 10:00", "breathe", "ended: goal"),
    ]


conditions = st.sampled_from(
    [{"tag": "a"}, {"tag": "b"}, {"stage": {"at_least": "warm"}}, {"event": "message_clicked"}, {"not": {"tag": "a"}}]
)
kinds = st.one_of(
    st.sampled_from([{"email": MAIL}, {"wait": "1 day"}, {"wait": "2 seconds"}, {"leave": True}]),
    st.builds(lambda stage: {"stage": stage}, st.sampled_from(list(LADDER))),
    st.builds(lambda word, tag: {word: tag}, st.sampled_from(["tag", "untag"]), st.sampled_from(["a", "b"])),
)


def branch(steps: st.SearchStrategy[list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    arms = st.lists(st.fixed_dictionaries({"when": conditions, "steps": steps}), min_size=1, max_size=3)
    others = st.sampled_from([[], ["otherwise"], ["unmeasurable", "otherwise"]])
    return st.builds(
        lambda arms, others, steps: {"branch": [*arms, *({other: steps[:1]} for other in others)]}, arms, others, steps
    )


trees = st.recursive(
    st.lists(kinds, max_size=4),
    lambda steps: st.lists(kinds | branch(steps), max_size=4),
    max_leaves=12,
)


def numbered(value: Any, numbers: Any) -> Any:
    """The same tree with an id for every step."""
    if isinstance(value, list):
        return [numbered(part, numbers) for part in value]
    if not isinstance(value, dict):
        return value
    if "branch" in value:
        return {"id": f"s{next(numbers)}", "branch": [numbered_arm(arm, numbers) for arm in value["branch"]]}
    return {"id": f"s{next(numbers)}", **value}


def numbered_arm(arm: dict[str, Any], numbers: Any) -> dict[str, Any]:
    return {key: numbered(value, numbers) if isinstance(value, list) else value for key, value in arm.items()}


@settings(deadline=None)
@given(trees.filter(bool))
def test_every_document_without_problems_compiles_and_its_simulation_ends(tree: list[Any]) -> None:
    document = {"key": "a", "goal": {"all": [{"stage": "customer"}, {"tag": "b"}]},
                "steps": numbered(tree, iter(range(1000)))}  # fmt: skip
    assert problems(document, LADDER) == []

    moments = simulate(compile_document(document), LENA, MONDAY)

    assert moments[-1].what.startswith("ended: ")
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)
