"""Reading JSON that people wrote: take what is right, and say of the rest where it is and what was expected."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from funnel.conditions.durations import parse_duration

LONGEST_TEXT = 200
#: what a double holds to the unit, so that Python and PostgreSQL compare alike
MOST = 10**15
#: problems after which unknown keys are no longer listed
ENOUGH = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person has to mend in a document: where (`steps/2/wait/for`), and what was expected there."""

    path: str
    message: str


@dataclass
class Reading:
    """Collects the problems of one document. Each method returns None after complaining."""

    #: stages that exist; None when that is not checked
    ladder: Collection[str] | None = None
    #: segments that exist; None when that is not checked
    segments: Collection[str] | None = None
    problems: list[Problem] = field(default_factory=list)
    #: conditions read so far
    conditions: int = 0

    def complain(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))

    def mapping(
        self,
        value: object,
        path: str,
        known: Collection[str],
        needed: Collection[str] = (),
        unbuilt: Collection[str] = (),
    ) -> dict[str, Any]:
        """An object with some of these keys; an empty one after complaining that it is none."""
        if not isinstance(value, dict):
            self.complain(path, f"expected an object with {listed(known)}, not {shown(value)}")
            return {}
        for key in value:
            if key not in known and len(self.problems) < ENOUGH:
                self.complain(below(path, shown(key).strip('"')), unknown(key, known, unbuilt))
        for key in needed:
            if key not in value:
                self.complain(path, f'"{key}" is missing')
        return value

    def text(self, value: object, path: str, longest: int = LONGEST_TEXT) -> str | None:
        """A text that is not blank and that PostgreSQL can keep."""
        if not isinstance(value, str) or not value.strip():
            self.complain(path, f"expected a text, not {shown(value)}")
            return None
        if len(value) > longest:
            self.complain(path, f"expected a text of at most {longest} characters")
            return None
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            self.complain(path, "this text holds characters that cannot be stored")
            return None
        return value

    def stage(self, value: object, path: str) -> str | None:
        key = self.text(value, path)
        if key is not None and self.ladder is not None and key not in self.ladder:
            self.complain(path, f'there is no stage "{key}"{suggestion(key, self.ladder)}')
            return None
        return key

    def segment(self, value: object, path: str) -> str | None:
        key = self.text(value, path)
        if key is not None and self.segments is not None and key not in self.segments:
            self.complain(path, f'there is no segment "{key}"{suggestion(key, self.segments)}')
            return None
        return key

    def number(self, value: object, path: str) -> int | float | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not -MOST <= value <= MOST:
            self.complain(path, f"expected a number, not {shown(value)}")
            return None
        return value

    def duration(self, value: object, path: str) -> timedelta | None:
        try:
            return parse_duration(value)
        except ValueError as error:
            self.complain(path, str(error))
            return None


def below(path: str, *parts: object) -> str:
    """The path of something inside `path`."""
    return "/".join([path, *map(str, parts)] if path else map(str, parts))


def unknown(key: object, known: Collection[str], unbuilt: Collection[str] = ()) -> str:
    """What to say of a key nobody knows; `unbuilt` are words of the plan that nothing answers yet."""
    if key in unbuilt:
        return f"{shown(key)} is not built yet"
    return f"{shown(key)} is not known here{suggestion(key, known) or f'; expected {listed(known)}'}"


def suggestion(word: object, known: Collection[str]) -> str:
    near = difflib.get_close_matches(str(word)[:LONGEST_TEXT], list(known), 1)
    return f'; did you mean "{near[0]}"?' if near else ""


def listed(words: Collection[str]) -> str:
    return ", ".join(words)


def shown(value: object) -> str:
    """A value in a message: short, and never a surprise in a log or a page."""
    if isinstance(value, list | dict):
        empty, kind = "" if value else "empty ", "list" if isinstance(value, list) else "object"
        return f"an {empty}{kind}" if empty or kind == "object" else f"a {kind}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return f'"{value[:40]}"' if value.isprintable() else "this text"
    if isinstance(value, int) and abs(value) > MOST:
        return "so large a number"
    return repr(value)[:40]
