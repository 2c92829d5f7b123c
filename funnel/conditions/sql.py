"""A condition as SQL over the tables of leads. NULL is the third answer: AND, OR and NOT treat it as Python does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from funnel.conditions import nodes
from funnel.conditions.nodes import Condition
from funnel.conditions.python import LOWER, NUMBER, UPPER
from funnel.conditions.subject import TRACKING
from funnel.decay import GONE, Decay


@dataclass(frozen=True, slots=True)
class Sql:
    """`text` is an expression for a query where `leads` is in scope; `params` are its named parameters."""

    text: str
    params: dict[str, Any]


def sql(condition: Condition, now: datetime, decay: Decay, prefix: str = "c") -> Sql:
    """The condition at engine time `now`. `prefix` keeps the parameters of two conditions in one query apart."""
    writer = _Writer(now, decay, prefix)
    return Sql(writer.write(condition), writer.params)


def engagement_sql(now: datetime, decay: Decay, prefix: str = "e") -> Sql:
    """What is left of a lead's engagement at `now`, as `Subject.engagement_at` has it."""
    writer = _Writer(now, decay, prefix)
    return Sql(writer.engagement(), writer.params)


@dataclass
class _Writer:
    now: datetime
    decay: Decay
    prefix: str
    params: dict[str, Any] = field(default_factory=dict)

    def write(self, condition: Condition) -> str:
        match condition:
            case nodes.All(parts):
                return f"({' AND '.join(self.write(part) for part in parts)})"
            case nodes.AnyOf(parts):
                return f"({' OR '.join(self.write(part) for part in parts)})"
            case nodes.Not(part):
                return f"(NOT {self.write(part)})"
            case nodes.Stage():
                return self.stage(condition)
            case nodes.Tag(name):
                return f"(leads.tags @> ARRAY[{self.text(name)}])"
            case nodes.FieldIs(key, value):
                return f"(leads.fields @> {self.json({key: value})})"
            case nodes.FieldContains():
                return self.contains(condition)
            case nodes.FieldNumber():
                return self.field_number(condition)
            case nodes.FieldKnown(key):
                return f"(coalesce(leads.fields ->> {self.text(key)}, '') <> '')"
            case nodes.Score():
                return self.score(condition)
            case nodes.Consent(purpose):
                return self.granted(purpose)
            case nodes.Form():
                return self.form(condition)
            case nodes.Event():
                return self.event(condition)

    def stage(self, term: nodes.Stage) -> str:
        key = self.text(term.key)
        if term.test == "is":
            return f"(leads.stage = {key})"
        here = "(SELECT stages.position FROM stages WHERE stages.key = leads.stage)"
        there = f"(SELECT stages.position FROM stages WHERE stages.key = {key})"
        return f"({here} {_sign(term.test)} {there})"

    def contains(self, term: nodes.FieldContains) -> str:
        value = f"(leads.fields -> {self.text(term.key)})"
        branches = f"WHEN 'array' THEN {value} @> {self.json(term.value)}"
        if isinstance(term.value, str):
            fold = f"{self.text(UPPER)}, {self.text(LOWER)}"
            part = f"translate({self.text(term.value)}, {fold})"
            branches += f" WHEN 'string' THEN strpos(translate({value} #>> '{{}}', {fold}), {part}) > 0"
        return f"(CASE jsonb_typeof({value}) {branches} ELSE false END IS TRUE)"

    def field_number(self, term: nodes.FieldNumber) -> str:
        key = self.text(term.key)
        value, kind = f"(leads.fields ->> {key})", f"jsonb_typeof(leads.fields -> {key})"
        like_a_number = f"{kind} = 'number' OR ({kind} = 'string' AND {value} ~ {self.text(f'^{NUMBER}$')})"
        limit = f"CAST({self.bind(repr(term.limit))} AS numeric)"
        return f"(CASE WHEN {like_a_number} THEN CAST({value} AS numeric) {_sign(term.test)} {limit} ELSE false END)"

    def score(self, term: nodes.Score) -> str:
        engagement = "" if term.of == "fit" else self.engagement()
        points = {"fit": "leads.fit", "engagement": engagement, "total": f"leads.fit + {engagement}"}[term.of]
        return f"({points} {_sign(term.test)} CAST({self.bind(float(term.limit))} AS double precision))"

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
        start = f"greatest(leads.engaged_at, {self.time(spans[number][0])})" if number else "leads.engaged_at"
        seconds = f"CAST(extract(epoch FROM {self.time(end)} - {start}) AS double precision)"
        return f"greatest({seconds}, 0) / {self.seconds(spans[number][1])}"

    def time(self, at: datetime) -> str:
        return f"CAST({self.bind(at)} AS timestamptz)"

    def seconds(self, span: timedelta) -> str:
        return f"CAST({self.bind(span.total_seconds())} AS double precision)"

    def granted(self, purpose: str) -> str:
        last = (
            "SELECT consents.action = 'granted' FROM consents WHERE consents.lead_id = leads.id"
            f" AND consents.purpose = {self.text(purpose)} ORDER BY consents.id DESC LIMIT 1"
        )
        return f"coalesce(({last}), false)"

    def form(self, term: nodes.Form) -> str:
        return (
            "EXISTS (SELECT FROM submissions JOIN forms ON forms.id = submissions.form_id"
            f" WHERE submissions.lead_id = leads.id AND forms.key = {self.text(term.key)}"
            f" AND submissions.outcome = 'accepted'{self.recent('submissions.at', term.within)})"
        )

    def event(self, term: nodes.Event) -> str:
        # EXISTS with an offset stops at the n-th row, and without one it is a plain semi-join.
        offset = f" OFFSET {term.at_least - 1}" if term.at_least > 1 else ""
        happened = (
            f"EXISTS (SELECT FROM events WHERE events.lead_id = leads.id AND events.kind = {self.text(term.kind)}"
            f"{self.recent('events.at', term.within)}{offset})"
        )
        if term.kind not in TRACKING:
            return happened
        return f"CASE WHEN {happened} THEN true WHEN {self.granted(TRACKING[term.kind])} THEN false END"

    def recent(self, column: str, within: timedelta | None) -> str:
        return f" AND {column} > {self.time(self.now - within)}" if within else ""

    def text(self, value: str) -> str:
        return f"CAST({self.bind(value)} AS text)"

    def json(self, value: object) -> str:
        return f"CAST({self.bind(json.dumps(value))} AS jsonb)"

    def bind(self, value: object) -> str:
        name = f"{self.prefix}{len(self.params)}"
        self.params[name] = value
        return f":{name}"


def _sign(test: str) -> str:
    return ">=" if test == "at_least" else "<="
