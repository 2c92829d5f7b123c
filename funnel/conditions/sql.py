"""A condition as SQL over the tables of leads. NULL is the third answer: AND, OR and NOT treat it as Python does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from funnel.conditions import nodes, registry, sql_values
from funnel.conditions.nodes import Condition
from funnel.conditions.sql_parameters import Parameters, sign
from funnel.conditions.subject import TRACKING
from funnel.decay import GONE, Decay


@dataclass(frozen=True, slots=True)
class Sql:
    """`text` is an expression for a query where `leads` is in scope; `params` are its named parameters."""

    text: str
    params: dict[str, Any]


def sql(condition: Condition, now: datetime, decay: Decay, prefix: str = "c") -> Sql:
    """The condition at engine time `now`. `prefix` keeps the parameters of two conditions in one query apart."""
    writer = Writer(now, decay, Parameters(prefix))
    return Sql(writer.write(condition), writer.to.values)


def engagement_sql(now: datetime, decay: Decay, prefix: str = "e") -> Sql:
    """What is left of a lead's engagement at `now`, as `Subject.engagement_at` has it."""
    writer = Writer(now, decay, Parameters(prefix))
    return Sql(writer.engagement(), writer.to.values)


@dataclass
class Writer:
    now: datetime
    decay: Decay
    to: Parameters

    def write(self, condition: Condition) -> str:
        match condition:
            case nodes.All(parts):
                return f"({' AND '.join(self.write(part) for part in parts)})"
            case nodes.AnyOf(parts):
                return f"({' OR '.join(self.write(part) for part in parts)})"
            case nodes.Not(part):
                return f"(NOT {self.write(part)})"
            case nodes.Holds(part):
                return f"({self.write(part)} IS TRUE)"
            case _:
                return self.leaf(condition)

    def leaf(self, term: nodes.Leaf) -> str:
        match term:
            case nodes.Stage():
                return self.stage(term)
            case nodes.Tag(name):
                return f"(leads.tags @> ARRAY[{self.to.text(name)}])"
            case nodes.Value():
                return sql_values.written(term, self.now, self.to)
            case nodes.Score():
                return self.score(term)
            case nodes.Consent(purpose):
                return self.granted(purpose)
            case nodes.Form():
                return self.form(term)
            case nodes.Event():
                return self.event(term)
            case nodes.Sequence(test, key):
                return f"({registry.sequences().sql[test].format(key=self.to.text(key))})"
            case nodes.Segment(key):
                return self.segment(key)

    def stage(self, term: nodes.Stage) -> str:
        key = self.to.text(term.key)
        if term.test == "is":
            return f"(leads.stage = {key})"
        here = "(SELECT stages.position FROM stages WHERE stages.key = leads.stage)"
        there = f"(SELECT stages.position FROM stages WHERE stages.key = {key})"
        return f"({here} {sign(term.test)} {there})"

    def score(self, term: nodes.Score) -> str:
        engagement = "" if term.of == "fit" else self.engagement()
        points = {"fit": "leads.fit", "engagement": engagement, "total": f"leads.fit + {engagement}"}[term.of]
        return f"({points} {sign(term.test)} CAST({self.to.bind(float(term.limit))} AS double precision))"

    def engagement(self) -> str:
        if not self.decay.spans:
            return "leads.engagement"
        halvings = " + ".join(self.halvings(number) for number in range(len(self.decay.spans)))
        return (
            f"(CASE WHEN leads.engagement = 0 OR {halvings} >= {GONE} THEN 0"
            f" ELSE leads.engagement * power(CAST(2 AS double precision), -({halvings})) END)"
        )

    def halvings(self, number: int) -> str:
        """How many of them lie within one span of the decay's, which begins for the first one at the value itself."""
        spans = self.decay.spans
        end = min(self.now, spans[number + 1][0]) if number + 1 < len(spans) else self.now
        start = f"greatest(leads.engaged_at, {self.to.time(spans[number][0])})" if number else "leads.engaged_at"
        seconds = f"CAST(extract(epoch FROM {self.to.time(end)} - {start}) AS double precision)"
        return f"greatest({seconds}, 0) / {self.to.seconds(spans[number][1])}"

    def granted(self, purpose: str) -> str:
        last = (
            "SELECT consents.action = 'granted' FROM consents WHERE consents.lead_id = leads.id"
            f" AND consents.purpose = {self.to.text(purpose)} ORDER BY consents.id DESC LIMIT 1"
        )
        return f"coalesce(({last}), false)"

    def form(self, term: nodes.Form) -> str:
        return (
            "EXISTS (SELECT FROM submissions JOIN forms ON forms.id = submissions.form_id"
            f" WHERE submissions.lead_id = leads.id AND forms.key = {self.to.text(term.key)}"
            f" AND submissions.outcome = 'accepted'{self.recent('submissions.at', term.within)})"
        )

    def event(self, term: nodes.Event) -> str:
        happened = self.happened(term)
        if term.kind not in TRACKING:
            return happened
        return f"CASE WHEN {happened} THEN true WHEN {self.granted(TRACKING[term.kind])} THEN false END"

    def happened(self, term: nodes.Event) -> str:
        # EXISTS with an offset stops at the n-th row, and without one it is a plain semi-join.
        offset = f" OFFSET {term.at_least - 1}" if term.at_least > 1 else ""
        noted = f" AND events.data @> {self.to.json(dict(term.data))}" if term.data else ""
        return (
            f"EXISTS (SELECT FROM events WHERE events.lead_id = leads.id AND events.kind = {self.to.text(term.kind)}"
            f"{noted}{self.recent('events.at', term.within)}{offset})"
        )

    def segment(self, key: str) -> str:
        return (
            "EXISTS (SELECT FROM segment_members JOIN segments ON segments.id = segment_members.segment_id"
            f" WHERE segment_members.lead_id = leads.id AND segments.key = {self.to.text(key)})"
        )

    def recent(self, column: str, within: timedelta | None) -> str:
        return f" AND {column} > {self.to.time(self.now - within)}" if within else ""
