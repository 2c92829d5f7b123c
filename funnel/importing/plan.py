"""What becomes of a row: the columns' meanings made ready once, and asked a million times."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

import orjson

from funnel.addresses import normalised
from funnel.importing import cells as read
from funnel.importing.cells import BOUNCED, COMPLAINED, NO, REFUSALS, STRENGTH, YES
from funnel.importing.targets import FIELD
from funnel.importing.words import folded

#: bytes that one row may tell
LARGEST_ROW = 64 * 1024
#: what other programs call the rungs of the default ladder
_STAGES = {
    "marketingqualifiedlead": "marketing-qualified",
    "marketing qualified lead": "marketing-qualified",
    "mql": "marketing-qualified",
    "salesqualifiedlead": "sales-qualified",
    "sales qualified lead": "sales-qualified",
    "sql": "sales-qualified",
    "evangelist": "customer",
    "client": "customer",
    "abonne": "subscriber",
    "prospect": "lead",
    "opportunite": "opportunity",
}
#: reads one cell into a value that JSON can hold; raises ValueError
Reader: TypeAlias = Callable[[str], Any]


class PlanError(ValueError):
    """These columns cannot be read: none of them is the address."""


class Row(NamedTuple):
    """One person: the normalised address, what is said about mail (`cells`), and the rest as JSON."""

    email: str
    said: str | None
    told: str


class Refusal(NamedTuple):
    """Why a row is not taken: a word, and the column it is about."""

    reason: str
    column: str | None


@dataclass
class Plan:
    """`columns` says what each column means (`targets`), `names` what it is called in the file.

    `stages` are the keys of rungs by their names; `readers` read the fields that have a type, by key; `zones` are the
    time zones there are. `now` (engine time) is when nothing can be later than. Raises PlanError.
    """

    columns: Sequence[str]
    names: Sequence[str]
    stages: Mapping[str, str]
    now: datetime
    readers: Mapping[str, Reader] = field(default_factory=dict)
    zones: Collection[str] = ()
    day_first: bool = True

    def __post_init__(self) -> None:
        if "email" not in self.columns:
            raise PlanError("One column must be `email`.")
        self._email = list(self.columns).index("email")
        self._stages = _STAGES | {folded(name): key for name, key in self.stages.items()}
        self._text: list[tuple[int, str]] = []
        self._typed: list[tuple[int, str, Reader]] = []
        self._about_mail: list[tuple[int, Callable[[str], str | None]]] = []
        self._others: list[tuple[int, str, Reader]] = []
        for at, target in enumerate(self.columns):
            self._place(at, target)
        # Without a column about consent everybody in the file is what the import says they are.
        self._unsaid = None if {"consent", "mail_status"} & set(self.columns) else YES

    def row(self, cells: Sequence[str]) -> Row | Refusal:
        """What this row says, or why it is not taken."""
        width = len(self.columns)
        if len(cells) < width:
            cells = [*cells, *[""] * (width - len(cells))]
        elif len(cells) > width and any(cells[width:]):
            return Refusal("cells", None)
        written = cells[self._email]
        email = normalised(written)
        if email is None:
            return Refusal("email" if written.strip() else "no_email", self.names[self._email])
        said, problem = self._said(cells)
        told, wrong = self._told(cells)
        # A no is taken whatever else is wrong with its row.
        if (problem or wrong) and said not in REFUSALS:
            return problem or wrong or Refusal("cells", None)
        written = orjson.dumps(told).decode()
        if len(written) > LARGEST_ROW:
            return Refusal("long", None)
        return Row(email, said, written)

    def _place(self, at: int, target: str) -> None:
        if target.startswith(FIELD):
            key = target.removeprefix(FIELD)
            if key in self.readers:
                self._typed.append((at, key, self.readers[key]))
            else:
                self._text.append((at, key))
        elif target in (about := self._about()):
            self._about_mail.append((at, about[target]))
        elif target in (others := self._readers()):
            self._others.append((at, target, others[target]))

    def _about(self) -> dict[str, Callable[[str], str | None]]:
        return {
            "consent": lambda cell: YES if read.yes(cell) else None,
            "mail_status": read.status,
            "opt_out": lambda cell: NO if read.not_no(cell) else None,
            "bounced": lambda cell: BOUNCED if read.not_no(cell) else None,
            "complained": lambda cell: COMPLAINED if read.not_no(cell) else None,
        }

    def _readers(self) -> dict[str, Reader]:
        return {
            "tags": read.tags,
            "stage": self._stage,
            "source": lambda cell: cell[:200],
            "created_at": self._past,
            "consent_at": self._past,
            "zone": self._zone,
            "locale": lambda cell: cell.replace("_", "-")[:35],
            "attributes": read.attributes,
        }

    def _said(self, cells: Sequence[str]) -> tuple[str | None, Refusal | None]:
        """The strongest of what the columns say about mail, and what could not be read of it."""
        said, problem = self._unsaid, None
        for at, reader in self._about_mail:
            try:
                found = reader(cells[at])
            except ValueError:
                problem = Refusal("value", self.names[at])
                continue
            if STRENGTH[found] > STRENGTH[said]:
                said = found
        return said, problem

    def _told(self, cells: Sequence[str]) -> tuple[dict[str, Any], Refusal | None]:
        """All the rest; what cannot be read is left out, and the first of it is told."""
        fields = {key: value for at, key in self._text if (value := cells[at].strip())}
        told: dict[str, Any] = {"fields": fields}
        wrong: Refusal | None = None
        for at, key, reader in self._typed:
            wrong = _put(fields, key, reader, cells[at], self.names[at]) or wrong
        for at, key, reader in self._others:
            wrong = _put(told, key, reader, cells[at], self.names[at]) or wrong
        if self._others:
            _spread(told, fields)
        return told, wrong

    def _stage(self, cell: str) -> str:
        try:
            return self._stages[folded(cell)]
        except KeyError:
            raise ValueError("an unknown stage") from None

    def _past(self, cell: str) -> datetime:
        at = read.moment(cell, day_first=self.day_first)
        if at > self.now:
            raise ValueError("in the future")
        return at

    def _zone(self, cell: str) -> str:
        if cell not in self.zones:
            raise ValueError("an unknown time zone")
        return cell


def _put(into: dict[str, Any], key: str, reader: Reader, cell: str, name: str) -> Refusal | None:
    cell = cell.strip()
    if not cell:
        return None
    try:
        value = reader(cell)
    except (ValueError, OverflowError):
        return Refusal("value", name)
    # Two columns of tags, or of attributes, are both meant.
    into[key] = [*into.get(key, []), *value] if key == "tags" else value
    return None


def _spread(told: dict[str, Any], fields: dict[str, Any]) -> None:
    """The keys of a JSON object are fields; a column of that name says it better."""
    for key, value in told.pop("attributes", {}).items():
        if key != "email" and value not in (None, ""):
            fields.setdefault(key, value)


def stage_names(stages: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What a file may call each rung, given (key, name): either of them."""
    return {word: key for key, name in stages for word in (key, name)}
