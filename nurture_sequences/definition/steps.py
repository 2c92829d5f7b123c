"""Reading the steps of a document: a list, with forks that hold lists and join again.

Every step has an `id`, one kind, and may say `on_failure` (hold, skip, leave; default hold):

    {"id": ..., "email": {"template": key}}        or {"subject": ..., "text": ..., "html": ...}, the html or the text
    {"id": ..., "wait": {"for": "2 days"}}         or "2 days"
    {"id": ..., "branch": [{"when": condition, "steps": [...], "name": ...}, ..., {"otherwise": [...]}]}
                                                   and {"unmeasurable": [...]}, for what consent forbids to know
    {"id": ..., "stage": key}                      or {"to": key}
    {"id": ..., "tag": name}  {"id": ..., "untag": name}
    {"id": ..., "leave": reason}                   or true or {}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from funnel import conditions
from funnel.conditions import Condition, Predicate, Reading
from funnel.conditions.reading import below, listed, shown, suggestion
from nurture_sequences.definition.program import Arm, Email, Goal, Kind, Step
from nurture_sequences.templates import TemplateError, compile_email

DEEPEST = 10
MOST_STEPS = 500
MOST_ARMS = 50
LONGEST_SUBJECT = 500
LONGEST_BODY = 200_000
FAILURES = ("hold", "skip", "leave")
UNBUILT = ("approve", "assign", "enroll", "field", "goal", "notify", "score", "series", "split", "task", "webhook")
UNBUILT_WAITS = ("until", "around", "event", "timeout")

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

#: the fields of a Step that its kind adds
Extra = dict[str, Any]


class StepReader:
    """Reads lists of steps into `steps`, flat, and gathers what their conditions need."""

    def __init__(self, reading: Reading, templates: Collection[str] | None) -> None:
        self.reading = reading
        self.templates = templates
        self.steps: dict[str, Step] = {}
        self.reads: set[str] = set()
        self.event_kinds: set[str] = set()
        self._ids: set[str] = set()
        self._count = 0

    def read_all(self, value: object, path: str) -> str | None:
        """The steps of the document; answers the id of the first."""
        if value == []:
            self.reading.complain(path, "a sequence has at least one step")
        return self.read_list(value, path, None, 0)

    def read_list(self, value: object, path: str, after: str | None, depth: int) -> str | None:
        """Steps that lead to `after`; answers the id of the first, or `after` when there is none."""
        if not isinstance(value, list):
            self.reading.complain(path, f"expected a list of steps, not {shown(value)}")
            return after
        if depth > DEEPEST or self._count + len(value) > MOST_STEPS:
            self.reading.complain(path, f"a sequence has at most {MOST_STEPS} steps, and branches {DEEPEST} deep")
            return after
        self._count += len(value)
        ids = [self._id(step, below(path, n)) for n, step in enumerate(value)]
        for n, (step, following) in enumerate(zip(value, [*ids, after][1:], strict=True)):
            if isinstance(step, dict):
                self._step(step, below(path, n), ids[n], following, depth)
        return ids[0] if ids else after

    def goal(self, value: object, path: str) -> Goal | None:
        condition = self._read(value, path)
        return Goal(conditions.predicate(condition), conditions.changes(condition)) if condition else None

    def condition(self, value: object, path: str) -> Predicate | None:
        condition = self._read(value, path)
        return conditions.predicate(condition) if condition else None

    def _read(self, value: object, path: str) -> Condition | None:
        condition = conditions.read(self.reading, value, path)
        if condition is not None:
            self.reads |= conditions.reads(condition)
            self.event_kinds |= conditions.event_kinds(condition)
        return condition

    def _id(self, step: object, path: str) -> str:
        value = step.get("id") if isinstance(step, dict) else None
        if not isinstance(step, dict):
            self.reading.complain(path, f"expected a step, an object with id and one of {listed(KINDS)}")
        elif value is None:
            self.reading.complain(path, '"id" is missing: every step has one of its own')
        elif not isinstance(value, str) or not _ID.fullmatch(value):
            self.reading.complain(below(path, "id"), "expected up to 64 letters, digits, - _ and ., without spaces")
        elif value in self._ids:
            self.reading.complain(below(path, "id"), f'there is another step "{value}"')
        else:
            self._ids.add(value)
            return value
        return ""

    def _step(self, step: dict[str, Any], path: str, key: str, following: str | None, depth: int) -> None:
        known = self.reading.mapping(step, path, STEP_KEYS, unbuilt=UNBUILT).keys() <= STEP_KEYS
        kinds = [kind for kind in KINDS if kind in step]
        on_failure = step.get("on_failure", "hold")
        if on_failure not in FAILURES:
            self.reading.complain(below(path, "on_failure"), f"expected {listed(FAILURES)}, not {shown(on_failure)}")
        if len(kinds) > 1 or (known and not kinds):
            self.reading.complain(path, f"expected one kind of step, one of {listed(KINDS)}")
        for kind in kinds[:1]:
            extra = KINDS[kind](self, step[kind], below(path, kind), following, depth)
            self.steps[key] = Step(key, kind, following, on_failure, **extra)

    def email(self, value: object, path: str, *_: object) -> Extra:
        found = self.reading.mapping(value, path, ("template", "subject", "text", "html"))
        if "template" in found:
            return {"email": self._stored(found, path)}
        if isinstance(value, dict) and not ("subject" in found and ("text" in found or "html" in found)):
            self.reading.complain(path, "expected a template, or a subject with a text, an html, or both")
        limits = {"subject": LONGEST_SUBJECT, "text": LONGEST_BODY, "html": LONGEST_BODY}
        parts = {
            part: self.reading.text(found[part], below(path, part), longest)
            for part, longest in limits.items()
            if part in found
        }
        self._try(parts, path)
        return {"email": Email(**parts)}

    def _stored(self, found: dict[str, Any], path: str) -> Email:
        key = self.reading.text(found["template"], below(path, "template"))
        if len(found) > 1:
            self.reading.complain(path, "expected a template or a mail written here, not both")
        if key is not None and self.templates is not None and key not in self.templates:
            hint = suggestion(key, self.templates)
            self.reading.complain(below(path, "template"), f"there is no template {shown(key)}{hint}")
        return Email(template=key)

    def _try(self, parts: dict[str, str | None], path: str) -> None:
        """What Liquid cannot read is found when the document is written, not when a lead waits for the mail."""
        try:
            compile_email(parts.get("subject") or "", parts.get("text"), parts.get("html"))
        except TemplateError as error:
            self.reading.complain(below(path, error.part), str(error))

    def wait(self, value: object, path: str, *_: object) -> Extra:
        written, place = value, path
        if isinstance(value, dict):
            found = self.reading.mapping(value, path, ("for",), ("for",), UNBUILT_WAITS)
            written, place = found.get("for"), below(path, "for")
            if "for" not in found:
                return {}
        duration = self.reading.duration(written, place)
        return {} if duration is None else {"duration": duration, "value": written}

    def branch(self, value: object, path: str, following: str | None, depth: int) -> Extra:
        if not isinstance(value, list) or not 0 < len(value) <= MOST_ARMS:
            self.reading.complain(path, f"expected a list of 1 to {MOST_ARMS} arms, not {shown(value)}")
            return {}
        extra: Extra = {"arms": ()}
        for n, arm in enumerate(value):
            self._arm(extra, arm, below(path, n), following, depth + 1)
        if not extra["arms"]:
            self.reading.complain(path, 'expected at least one arm with "when"')
        return extra

    def _arm(self, extra: Extra, arm: object, path: str, following: str | None, depth: int) -> None:
        """Adds one arm to what the branch has so far."""
        for rest in ("otherwise", "unmeasurable"):
            if isinstance(arm, dict) and rest in arm:
                self.reading.mapping(arm, path, (rest,))
                if rest in extra:
                    self.reading.complain(path, f'there is another "{rest}"')
                extra[rest] = Arm(rest, self.read_list(arm[rest], below(path, rest), following, depth))
                return
        found = self.reading.mapping(arm, path, ("when", "steps", "name"), ("when", "steps"))
        if len(extra) > 1:
            self.reading.complain(path, 'arms with "when" come before "otherwise" and "unmeasurable"')
        name = self.reading.text(found["name"], below(path, "name")) if "name" in found else None
        when = self.condition(found["when"], below(path, "when")) if "when" in found else None
        first = self.read_list(found["steps"], below(path, "steps"), following, depth) if "steps" in found else None
        extra["arms"] += (Arm(name or str(len(extra["arms"]) + 1), first, when),)

    def stage(self, value: object, path: str, *_: object) -> Extra:
        if isinstance(value, str):
            return {"value": self.reading.stage(value, path)}
        found = self.reading.mapping(value, path, ("to",), ("to",))
        return {"value": self.reading.stage(found["to"], below(path, "to"))} if "to" in found else {}

    def tag(self, value: object, path: str, *_: object) -> Extra:
        self.reads.add("tags")
        return {"value": self.reading.text(value, path)}

    def leave(self, value: object, path: str, *_: object) -> Extra:
        return {"value": "left" if value is True or value == {} else self.reading.text(value, path)}


KINDS: dict[Kind, Callable[..., Extra]] = {
    "email": StepReader.email,
    "wait": StepReader.wait,
    "branch": StepReader.branch,
    "stage": StepReader.stage,
    "tag": StepReader.tag,
    "untag": StepReader.tag,
    "leave": StepReader.leave,
}
STEP_KEYS = {"id", "on_failure", *KINDS}
