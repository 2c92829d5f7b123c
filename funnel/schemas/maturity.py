"""One lead's score and stage, and why, as the API speaks of them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from funnel.schemas.common import Moment, Out


class ScoreQuery(Schema):
    at = Moment(metadata={"description": "engine time, such as 2026-03-02T10:00:00Z; absent: now"})


class EntryOut(Out):
    at = fields.AwareDateTime(attribute="entry.at", metadata={"description": "engine time"})
    rule = fields.String(attribute="entry.rule")
    name = fields.String(metadata={"description": "what people called the rule then"})
    kind = fields.String(allow_none=True, metadata={"description": "of the fact; null: time alone"})
    event_id = fields.Integer(attribute="entry.event_id", metadata={"description": "the fact; 0: time alone"})
    version = fields.Integer(attribute="entry.version", metadata={"description": "of the scoring rules"})
    axis = fields.String(attribute="entry.axis")
    points = fields.Integer(attribute="entry.points")
    left = fields.Float(metadata={"description": "what is left of the points at that time"})


class ScoreOut(Out):
    at = fields.AwareDateTime()
    score = fields.Float(metadata={"description": "fit + engagement"})
    fit = fields.Float()
    engagement = fields.Float()
    half_life = fields.String(metadata={"description": "of engagement, as it was published then"})
    entries = fields.List(fields.Nested(EntryOut), metadata={"description": "newest first"})
    older = fields.Integer(metadata={"description": "entries that are not listed"})
    older_fit = fields.Float(metadata={"description": "what these come to"})
    older_engagement = fields.Float()


class EvidenceOut(Out):
    rung = fields.String()
    rule = fields.String(metadata={"description": "enter or leave"})
    version = fields.Integer(metadata={"description": "of the ladder's rules"})
    fit = fields.Float()
    engagement = fields.Float()


class MoveOut(Out):
    at = fields.AwareDateTime(attribute="fact.at")
    event_id = fields.Integer(attribute="fact.id")
    from_ = fields.String(attribute="fact.data.from", data_key="from")
    to = fields.String(attribute="fact.data.to")
    reason = fields.String(attribute="fact.data.reason", metadata={"description": "rule, sequence or person"})
    by = fields.String(
        attribute="fact.data.by", dump_default=None, allow_none=True, metadata={"description": "user 3, token 5"}
    )
    sequence = fields.String(attribute="fact.data.sequence", dump_default=None, allow_none=True)
    evidence = fields.Nested(EvidenceOut, attribute="fact.data.evidence", dump_default=None, allow_none=True)
    condition = fields.Dict(allow_none=True, metadata={"description": "what the rule asked; null: its default"})


class StageOfLeadOut(Out):
    stage = fields.String()
    since = fields.AwareDateTime()
    held_until = fields.AwareDateTime(allow_none=True, metadata={"description": "no rule moves the lead before"})
    look_at = fields.AwareDateTime(allow_none=True, metadata={"description": "when rules look though nothing happens"})
    history = fields.List(fields.Nested(MoveOut), metadata={"description": "newest first, at most 100"})


class StageIn(Schema):
    stage = fields.String(required=True, validate=validate.Length(1, 100))
    hold_until = Moment(
        metadata={"description": "rules leave the lead there until then (engine time); absent: for 30 days; past: not"}
    )
