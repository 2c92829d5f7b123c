"""The rules that give points and move stages: read, published, ready to use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import orjson
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from funnel import scoring, stages
from funnel.conditions import Problem
from funnel.crm.facts import QUIET
from funnel.models import RulesVersion, Stage

Kind: TypeAlias = Literal["scoring", "ladder"]


class StaleRulesError(Exception):
    """Other rules were published since you read them."""


class UnpublishableRulesError(Exception):
    """The rules have problems; `problems` lists them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("The rules have problems.")
        self.problems = problems


@dataclass(frozen=True)
class Live:
    """What counts now, with the numbers of its versions."""

    scoring_number: int
    scoring: scoring.Rules
    ladder_number: int
    ladder: stages.Ladder

    @property
    def reads(self) -> frozenset[str]:
        """What must be loaded of a lead to apply both."""
        return self.scoring.reads | self.ladder.reads

    @property
    def event_kinds(self) -> frozenset[str]:
        return self.scoring.event_kinds | self.ladder.event_kinds


_LIVE = text("SELECT DISTINCT ON (kind) kind, number, document::text FROM rules_versions ORDER BY kind, number DESC")


def live(session: Session) -> Live:
    """The rules that count now."""
    found = {row.kind: row for row in session.execute(_LIVE)}
    rules, ladder = found["scoring"], found["ladder"]
    return Live(rules.number, _scoring(rules.document), ladder.number, _ladder(ladder.document))


def newest(session: Session, kind: Kind) -> RulesVersion:
    """The version that counts now; there always is one."""
    found: RulesVersion = session.scalars(_of(kind).order_by(RulesVersion.number.desc()).limit(1)).one()
    return found


def versions(session: Session, kind: Kind, *, limit: int) -> Sequence[RulesVersion]:
    """What was published, newest first."""
    return session.scalars(_of(kind).order_by(RulesVersion.number.desc()).limit(limit)).all()


def problems(session: Session, kind: Kind, document: object) -> list[Problem]:
    """What must be mended before this document can be published."""
    if kind == "scoring":
        return scoring.problems(document, QUIET)
    return stages.problems(document, session.scalars(select(Stage.key).order_by(Stage.position)).all())


def warnings(kind: Kind, document: object) -> list[Problem]:
    """What may be meant otherwise; of a document without problems."""
    return stages.warnings(document) if kind == "ladder" else []


def publish(
    session: Session, kind: Kind, document: dict[str, Any], number: int, now: datetime, by: str | None
) -> RulesVersion:
    """Make these the rules that count, in the place of version `number`.

    Points count from now on: what facts gave before stays in the ledger as it is. What holds, the ladder, and how fast
    engagement fades apply to everybody at once, so every lead is looked at again, at the pulse's pace. Publishing what
    is published already changes nothing. Raises StaleRulesError, UnpublishableRulesError.
    """
    if wrong := problems(session, kind, document):
        raise UnpublishableRulesError(wrong)
    before = newest(session, kind)
    if before.number != number:
        raise StaleRulesError
    if before.document == document:
        return before
    row = insert(RulesVersion).values(
        kind=kind, number=number + 1, document=document, published_at=now, published_by=by, swept_to=0
    )
    made = session.scalars(row.on_conflict_do_nothing().returning(RulesVersion)).one_or_none()
    if made is None:
        raise StaleRulesError
    session.info["hint"] = True
    return made


def _of(kind: Kind) -> Any:
    return select(RulesVersion).where(RulesVersion.kind == kind)


@lru_cache(maxsize=16)
def _scoring(document: str) -> scoring.Rules:
    return scoring.compile_rules(orjson.loads(document))


@lru_cache(maxsize=16)
def _ladder(document: str) -> stages.Ladder:
    return stages.compile_ladder(orjson.loads(document))
