"""One filling of a form: what may come in, field by field. Compiled once for each version of a form.

Plain functions, not marshmallow: this runs for every form post, and the fields are known only when a form is made.
Problems are keys of `funnel.landing.words`, so that each visitor reads them in a language of theirs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from funnel import addresses

#: What was posted, by name: text, or what JSON can hold, or the list of a name that came more than once.
Posted = Mapping[str, Any]

#: characters
LONGEST = 5000
_YES = frozenset({"on", "true", "1", "yes"})
# Phone numbers are written in many ways; what cannot be dialled is refused, the rest is kept as it was written.
_PHONE = re.compile(r"\+?[0-9() ./\-]{4,30}(?:(?:x|ext\.?|#) ?[0-9]{1,8})?\Z", re.IGNORECASE)
# Pasted text carries them; databases, spreadsheets and XML do not bear them.
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])


class UnfitError(ValueError):
    """Why a value cannot be kept; its text is a key of the words."""


@dataclass(frozen=True)
class Filling:
    """What a visitor told: values by field key, and the wording agreed to by purpose."""

    values: dict[str, Any] = field(default_factory=dict)
    agreed: dict[str, str] = field(default_factory=dict)
    #: keys of words, by field key or purpose; nothing may be written while there are any
    problems: dict[str, list[str]] = field(default_factory=dict)


class Reader:
    """Reads fillings of one form's definition, as `FormIn` loaded it."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self._fields = [(f["key"], _checker(f), bool(f["required"])) for f in definition["fields"]]
        self._consents = [(c["purpose"], c["wording"], bool(c["required"])) for c in definition["consents"]]

    def read(self, posted: Posted) -> Filling:
        """Take what the form asks for and leave the rest."""
        filling = Filling()
        for key, check, required in self._fields:
            try:
                value = check(posted.get(key))
            except UnfitError as problem:
                filling.problems[key] = [str(problem)]
                continue
            if value not in (None, "", []):
                filling.values[key] = value
            elif required:
                filling.problems[key] = ["email_missing" if key == "email" else "missing"]
        for purpose, wording, required in self._consents:
            if agrees(posted.get(purpose)):
                filling.agreed[purpose] = wording
            elif required:
                filling.problems[purpose] = ["not_agreed"]
        return filling


def agrees(value: Any) -> bool:
    """Whether a box was ticked: on, true, 1 or yes, or JSON's true."""
    return any(_is_yes(one) for one in value) if isinstance(value, list) else _is_yes(value)


def _is_yes(value: Any) -> bool:
    # Never a list: strangers nest them a thousand deep.
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in _YES)


def _checker(definition: Mapping[str, Any]) -> Callable[[Any], Any]:
    kind, choices = definition["type"], definition["choices"]
    if kind == "choice":
        return lambda value: _one_of(choices, _text(value))
    if kind == "multi-choice":
        return lambda value: _some_of(choices, value)
    if kind == "checkbox" and definition["required"]:
        return lambda value: agrees(value) or None
    return _CHECKERS[kind]


def _text(value: Any) -> str:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise UnfitError("not_text")
    if len(value) > LONGEST:
        raise UnfitError("too_long")
    return value.strip() if value.isprintable() else value.translate(_CONTROL).strip()


def _email(value: Any) -> str | None:
    # Not `_text`: an address with a control character in it is refused, never repaired.
    if value in (None, ""):
        return None
    email = addresses.normalised(value) if isinstance(value, str) else None
    if email is None:
        raise UnfitError("not_an_email")
    return email


def _phone(value: Any) -> str:
    phone = _text(value)
    if phone and not _PHONE.match(phone):
        raise UnfitError("not_a_phone")
    return phone


def _number(value: Any) -> int | float | None:
    written = _text(value).replace(",", ".")
    if not written:
        return None
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    # Beyond this a float no longer tells whole numbers apart.
    if not abs(number) <= 2**53:
        raise UnfitError("not_a_number")
    return int(number) if number.is_integer() else number


def _date(value: Any) -> str | None:
    written = _text(value)
    if not written:
        return None
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        raise UnfitError("not_a_date") from None


def _one_of(choices: Sequence[str], value: str) -> str:
    if value and value not in choices:
        raise UnfitError("not_a_choice")
    return value


def _some_of(choices: Sequence[str], value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(_one_of(choices, text) for one in values if (text := _text(one))))


_CHECKERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "hidden": _text,
    "email": _email,
    "phone": _phone,
    "number": _number,
    "date": _date,
    "checkbox": agrees,
}
