"""A sequence document: its head, and reading all of it at once into a program and a list of problems.

key, name      what it is called
enter          {"form": key}, {"stage": key}, {"tag": name}, {"segment": key}, {"event": kind}, or {"any": [...]};
               absent or {}: by hand and through the API only
reenter        {"after": "30 days"}; absent: never again
goal           a condition that ends it
purpose        the consent its mail needs; absent: any consent to mail
on_unknown     what to do with a mail that may or may not have left, once no word came of it in time:
               "hold" for a person (the default), or "resend" it with the same Message-ID
window         {"days": "mon-fri", "from": "09:00", "to": "18:00", "zone": "lead"}; absent: always open
steps          see `steps`
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta

from funnel.conditions import Problem, Reading
from funnel.conditions.reading import below, listed, shown
from nurture_sequences.definition.program import Program, Trigger, TriggerKind
from nurture_sequences.definition.steps import StepReader
from nurture_sequences.definition.window import read_window

KEYS = ("key", "name", "enter", "reenter", "goal", "purpose", "window", "on_unknown", "steps")
ON_UNKNOWN = ("hold", "resend")
UNBUILT = ("holdout", "caps", "priority")
TRIGGERS: tuple[TriggerKind, ...] = ("form", "stage", "tag", "segment", "event")
MOST_TRIGGERS = 100
UNBUILT_TRIGGERS = ("campaign_ended", "score", "replied", "date")

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class DocumentError(ValueError):
    """The document has problems; `problems` lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.path or 'document'}: {problem.message}" for problem in problems))
        self.problems = problems


def problems(
    document: object,
    ladder: Collection[str],
    templates: Collection[str] | None = None,
    segments: Collection[str] | None = None,
) -> list[Problem]:
    """What a person has to mend before the document can be published; never raises, whatever JSON it gets.

    `ladder` holds the stages there are; `templates` the keys of stored mail templates, and `segments` those of
    segments, None leaves them unchecked.
    """
    reading = Reading(ladder, segments)
    _read(reading, document, templates)
    return reading.problems


def compile_document(document: object) -> Program:
    """The program of a document without problems; DocumentError otherwise. Stages and templates are not checked."""
    reading = Reading()
    program = _read(reading, document, None)
    if reading.problems:
        raise DocumentError(reading.problems)
    return program


def _read(reading: Reading, document: object, templates: Collection[str] | None) -> Program:
    """The program; worth something only if `reading` found no problem."""
    head = reading.mapping(document, "", KEYS, ("key", "steps") if isinstance(document, dict) else (), UNBUILT)
    given = {key: value for key, value in head.items() if value is not None}
    inside = StepReader(reading, templates)
    if "name" in given:
        reading.text(given["name"], "name")
    return Program(
        key=_key(reading, head["key"]) if "key" in head else "",
        triggers=_triggers(reading, given["enter"]) if "enter" in given else (),
        reenter_after=_reenter(reading, given["reenter"]) if "reenter" in given else None,
        goal=inside.goal(given["goal"], "goal") if "goal" in given else None,
        purpose=reading.text(given["purpose"], "purpose") if "purpose" in given else None,
        window=read_window(reading, given["window"], "window") if "window" in given else None,
        on_unknown=_on_unknown(reading, given.get("on_unknown", "hold")),
        first=inside.read_all(head["steps"], "steps") if "steps" in head else None,
        steps=inside.steps,
        reads=frozenset(inside.reads),
        event_kinds=frozenset(inside.event_kinds),
    )


def _key(reading: Reading, value: object) -> str:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        reading.complain("key", "expected up to 64 of a-z, 0-9, - and _, beginning with a letter or digit")
        return ""
    return value


def _triggers(reading: Reading, value: object) -> tuple[Trigger, ...]:
    if value == {}:
        return ()
    if not isinstance(value, dict) or "any" not in value:
        return _trigger(reading, value, "enter")
    several = reading.mapping(value, "enter", ("any",))["any"]
    if not isinstance(several, list) or not several or len(several) > MOST_TRIGGERS:
        reading.complain("enter/any", f"expected a list of 1 to {MOST_TRIGGERS} triggers, not {shown(several)}")
        return ()
    return tuple(found for n, one in enumerate(several) for found in _trigger(reading, one, f"enter/any/{n}"))


def _trigger(reading: Reading, value: object, path: str) -> tuple[Trigger, ...]:
    found = reading.mapping(value, path, TRIGGERS, unbuilt=UNBUILT_TRIGGERS)
    if isinstance(value, dict) and len(value) != 1:
        reading.complain(path, f"expected one of {listed(TRIGGERS)}")
    kinds = [kind for kind in TRIGGERS if kind in found]
    words = [(kind, _trigger_value(reading, kind, found[kind], below(path, kind))) for kind in kinds]
    return tuple(Trigger(kind, word) for kind, word in words if word)


def _trigger_value(reading: Reading, kind: str, value: object, path: str) -> str | None:
    readers = {"stage": reading.stage, "segment": reading.segment}
    return readers.get(kind, reading.text)(value, path)


def _on_unknown(reading: Reading, value: object) -> str:
    if value not in ON_UNKNOWN:
        reading.complain("on_unknown", f"expected one of {listed(ON_UNKNOWN)}, not {shown(value)}")
        return "hold"
    return str(value)


def _reenter(reading: Reading, value: object) -> timedelta | None:
    found = reading.mapping(value, "reenter", ("after",), ("after",))
    return reading.duration(found["after"], "reenter/after") if "after" in found else None
