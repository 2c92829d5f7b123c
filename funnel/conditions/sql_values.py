"""Values and tests of them, in SQL: the same places and the same answers as `values`."""

from __future__ import annotations

from datetime import datetime

from funnel.conditions import nodes
from funnel.conditions.sql_parameters import Parameters, sign
from funnel.conditions.values import DATED, LOWER, NETWORKS, NUMBER, UPPER, span

PARTS = ("source", "medium", "campaign", "term", "content")


def written(term: nodes.Value, now: datetime, to: Parameters) -> str:
    """An expression that is true or false, never NULL, where `leads` is in scope."""
    place, test = term.place, term.test
    if isinstance(place, nodes.Field) and isinstance(test, nodes.Is):
        return f"(leads.fields @> {to.json({place.key: test.value})})"
    match place:
        case nodes.Field(key):
            return passing(test, f"(leads.fields -> {to.text(key)})", now, to)
        case nodes.Created():
            day = "to_jsonb(to_char(leads.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'))"
            return passing(test, day, now, to)
        case nodes.Answer():
            return _of_answer(place, test, now, to)
        case nodes.Source():
            return _of_touch(place, test, now, to)


def passing(test: nodes.Test, value: str, now: datetime, to: Parameters) -> str:
    """The test of a jsonb expression, which is NULL when the value is missing."""
    match test:
        case nodes.Is(wanted):
            return f"({value} = {to.json(wanted)} IS TRUE)"
        case nodes.Known():
            return f"(coalesce({value} #>> '{{}}', '') <> '')"
        case nodes.Contains():
            return _contains(test, value, to)
        case nodes.Number():
            return _number(test, value, to)
        case nodes.Dated(word, limit):
            return _date(value, f"{{}} {'<' if word == 'before' else '>'} {to.text(limit)}", to)
        case nodes.Near():
            first, last = span(test, now)
            return _date(value, f"{{}} BETWEEN {to.text(first)} AND {to.text(last)}", to)


def is_dated(value: str, to: Parameters) -> str:
    """Whether a jsonb expression is a text with a date at its head; NULL when it is missing."""
    return f"(jsonb_typeof({value}) = 'string' AND {value} #>> '{{}}' ~ {to.text(f'^({DATED})$')})"


def _date(value: str, compared: str, to: Parameters) -> str:
    there = f"left({value} #>> '{{}}', 10) COLLATE \"C\""
    return f"(CASE WHEN {is_dated(value, to)} THEN {compared.format(there)} ELSE false END)"


def _contains(test: nodes.Contains, value: str, to: Parameters) -> str:
    branches = f"WHEN 'array' THEN {value} @> {to.json(test.value)}"
    if isinstance(test.value, str):
        fold = f"{to.text(UPPER)}, {to.text(LOWER)}"
        part = f"translate({to.text(test.value)}, {fold})"
        branches += f" WHEN 'string' THEN strpos(translate({value} #>> '{{}}', {fold}), {part}) > 0"
    return f"(CASE jsonb_typeof({value}) {branches} ELSE false END IS TRUE)"


def _number(test: nodes.Number, value: str, to: Parameters) -> str:
    inner, kind = f"({value} #>> '{{}}')", f"jsonb_typeof({value})"
    like_a_number = f"{kind} = 'number' OR ({kind} = 'string' AND {inner} ~ {to.text(f'^{NUMBER}$')})"
    limit = f"CAST({to.bind(repr(test.limit))} AS numeric)"
    return f"(CASE WHEN {like_a_number} THEN CAST({inner} AS numeric) {sign(test.test)} {limit} ELSE false END)"


def _of_answer(place: nodes.Answer, test: nodes.Test, now: datetime, to: Parameters) -> str:
    """The test is made inside, where the row is at hand; who never submitted the form passes none."""
    passes = passing(test, f"(submissions.values -> {to.text(place.key)})", now, to)
    return (
        f"coalesce((SELECT {passes} FROM submissions JOIN forms ON forms.id = submissions.form_id"
        f" WHERE submissions.lead_id = leads.id AND forms.key = {to.text(place.form)}"
        " AND submissions.outcome = 'accepted' ORDER BY submissions.at DESC, submissions.id DESC LIMIT 1), false)"
    )


def _of_touch(place: nodes.Source, test: nodes.Test, now: datetime, to: Parameters) -> str:
    value = f"to_jsonb(touches.{place.part})" if place.part in PARTS else f"to_jsonb({network()})"
    passes, order = passing(test, value, now, to), "DESC" if place.touch == "last" else "ASC"
    return (
        f"coalesce((SELECT {passes} FROM touches WHERE touches.lead_id = leads.id"
        f" ORDER BY touches.at {order}, touches.id {order} LIMIT 1), false)"
    )


def network(click_ids: str = "touches.click_ids") -> str:
    """The ad network that left these click ids; NULL for none."""
    branches = (
        f"WHEN jsonb_exists_any({click_ids}, ARRAY[{', '.join(repr(name) for name in names)}]) THEN '{key}'"
        for key, names in NETWORKS.items()
    )
    return f"CASE {' '.join(branches)} END"
