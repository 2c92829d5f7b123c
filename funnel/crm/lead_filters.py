"""What the list of leads can be narrowed to, as SQL over `leads`."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from funnel import addresses, conditions
from funnel.conditions import Condition, Sql
from funnel.crm import lead_orders
from funnel.crm.subjects import ladder_and_decay
from funnel.decay import Decay
from funnel.models import Lead

MOST_WORDS = 10
#: letters or digits as few as this have no trigram of their own: they are looked for at the beginning of words
SHORT = 2
#: leads that are looked up one by one rather than asked one by one
FEW = 20_000
#: what a score may lose by rounding
_HAIR = 1e-6
_NUMBER = re.compile(r"[+(]?[0-9][-0-9 ().\/]{5,}")


@dataclass(frozen=True)
class Filters:
    """All that are given must hold. Times are engine time, from `created_since` on and before `created_before`."""

    #: exactly this person, however the address is written
    email: str | None = None
    #: words, each of them part of the address or of a field; accents and case do not count
    search: str | None = None
    stages: Sequence[str] = ()
    all_tags: Sequence[str] = ()
    any_tags: Sequence[str] = ()
    no_tags: Sequence[str] = ()
    #: of the first touch
    campaign: str | None = None
    source: str | None = None
    #: submitted and accepted, ever
    form: str | None = None
    #: whether some consent permits mail; a suppressed address is not looked at
    may_mail: bool | None = None
    created_since: datetime | None = None
    created_before: datetime | None = None
    score_min: float | None = None
    score_max: float | None = None
    condition: Condition | None = None
    #: the user who takes care of it; 0: nobody
    owner: int | None = None

    def given(self) -> list[str]:
        """The names of those that narrow anything."""
        return [one.name for one in fields(self) if getattr(self, one.name) != one.default]


def narrowed(session: Session, filters: Filters, now: datetime) -> Select[int] | None:
    """The ids of the leads that these filters leave at engine time `now`; None when there are none."""
    _, decay = ladder_and_decay(session)
    where = sql(session, filters, decay, now)
    return select(Lead.id).where(text(where.text).bindparams(**where.params)) if where else None


def sql(session: Session, filters: Filters, decay: Decay, now: datetime) -> Sql | None:
    """The filters at engine time `now`; None when there are none."""
    writer = _Writer(session, decay, now)
    writer.of_the_row(filters)
    writer.search(_folded(session, filters.search) if filters.search else "")
    writer.of_the_story(filters)
    writer.score(filters.score_min, filters.score_max)
    return Sql(" AND ".join(writer.parts), writer.params) if writer.parts else None


def _folded(session: Session, words: str) -> str:
    """As the database folds what it compares with: there is one such rule, and it is there."""
    return str(session.scalar(text("SELECT folded(:words)"), {"words": words}))


def patterns(folded: str) -> list[str]:
    """What LIKE asks of a lead's text for these words. Pure.

    A telephone number is one word however it is spaced, and without the zero that stands for a country.
    """
    words = folded.split()
    if _NUMBER.fullmatch(" ".join(words)):
        words = [re.sub("[^0-9]", "", folded).lstrip("0")]
    marked = [re.sub(r"([\\%_])", r"\\\1", word) for word in words[:MOST_WORDS]]
    return [f"% {word}%" if len(word) <= SHORT and word.isalnum() else f"%{word}%" for word in marked]


_FIRST_TOUCH = """EXISTS (
    SELECT FROM touches t WHERE t.lead_id = leads.id AND t.{column} = :{column}
       AND NOT EXISTS (SELECT FROM touches e WHERE e.lead_id = t.lead_id AND (e.at, e.id) < (t.at, t.id)))"""
_FORM = """EXISTS (
    SELECT FROM submissions s JOIN forms f ON f.id = s.form_id
     WHERE s.lead_id = leads.id AND s.outcome = 'accepted' AND f.key = :form)"""
_MAY_MAIL = """EXISTS (
    SELECT FROM consents c WHERE c.lead_id = leads.id AND c.permits_mail AND c.action = 'granted'
       AND NOT EXISTS (SELECT FROM consents l WHERE l.lead_id = c.lead_id AND l.purpose = c.purpose AND l.id > c.id))"""
_STAGES = "leads.id IN (SELECT lead_id FROM lead_ranks WHERE stage = ANY (CAST(:stages AS text[])))"
# In each group of one fit those whose engagement makes up the rest are a stretch of the index.
_OF_SCORE = """
    SELECT r.lead_id FROM unnest(CAST(:fits AS float8[]), CAST(:low AS float8[]), CAST(:high AS float8[]))
           AS g (fit, low, high)
     CROSS JOIN LATERAL (
           SELECT lead_id FROM lead_ranks WHERE fit = g.fit AND mark BETWEEN g.low AND g.high OFFSET 0) AS r"""
_HAS_SCORE = f"""EXISTS (
    SELECT FROM lead_ranks r WHERE r.lead_id = leads.id AND {lead_orders.SCORE} BETWEEN :score_min AND :score_max)"""


@dataclass
class _Writer:
    session: Session
    decay: Decay
    now: datetime
    parts: list[str] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)

    def add(self, part: str, **params: Any) -> None:
        self.parts.append(part)
        self.params |= params

    def of_the_row(self, filters: Filters) -> None:
        if filters.email:
            self.add("leads.email = :email", email=addresses.asked_for(filters.email))
        if filters.stages:
            self.add(_STAGES, stages=list(filters.stages))
        if filters.all_tags:
            self.add("leads.tags @> CAST(:all_tags AS text[])", all_tags=list(filters.all_tags))
        if filters.any_tags:
            self.add("leads.tags && CAST(:any_tags AS text[])", any_tags=list(filters.any_tags))
        if filters.no_tags:
            self.add("NOT leads.tags && CAST(:no_tags AS text[])", no_tags=list(filters.no_tags))
        if filters.owner is not None:
            self.add("leads.owner_id = :owner" if filters.owner else "leads.owner_id IS NULL", owner=filters.owner)
        if filters.created_since:
            self.add("leads.created_at >= :created_since", created_since=filters.created_since)
        if filters.created_before:
            self.add("leads.created_at < :created_before", created_before=filters.created_before)

    def search(self, folded: str) -> None:
        for number, pattern in enumerate(patterns(folded)):
            self.add(f"leads.search LIKE :word{number}", **{f"word{number}": pattern})

    def of_the_story(self, filters: Filters) -> None:
        if filters.campaign:
            self.add(_FIRST_TOUCH.format(column="campaign"), campaign=filters.campaign)
        if filters.source:
            self.add(_FIRST_TOUCH.format(column="source"), source=filters.source)
        if filters.form:
            self.add(_FORM, form=filters.form)
        if filters.may_mail is not None:
            self.add(_MAY_MAIL if filters.may_mail else f"NOT {_MAY_MAIL}")
        if filters.condition:
            asked = conditions.sql(filters.condition, self.now, self.decay)
            self.add(asked.text, **asked.params)

    def score(self, low: float | None, high: float | None) -> None:
        """Few are looked for by their score; of many, each is asked for its own."""
        if low is None and high is None:
            return
        low = -math.inf if low is None else low - _HAIR
        high = math.inf if high is None else high + _HAIR
        fits = lead_orders.fits(self.session)
        stretches = {"fits": fits, "low": self.marks(low, fits), "high": self.marks(high, fits)}
        few = self.session.execute(text(f"SELECT FROM ({_OF_SCORE} LIMIT {FEW}) AS few"), stretches)
        if len(few.all()) < FEW:
            self.add(f"leads.id IN ({_OF_SCORE})", **stretches)
        else:
            self.add(_HAS_SCORE, score_min=low, score_max=high, lift=self.decay.lift(self.now))

    def marks(self, limit: float, fits: Sequence[float]) -> list[float]:
        """What engagement has to be marked with, in each group, for this score."""
        return [limit if math.isinf(limit) else self.decay.mark(limit - fit, self.now) for fit in fits]
