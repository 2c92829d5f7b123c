"""Rules of score and stages, as the API speaks of them. Their documents are checked by `scoring` and `stages`."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from funnel.schemas.common import Out


class RulesIn(Schema):
    """The document itself; `/rules/{kind}/check` says what is wrong in it."""

    class Meta:
        unknown = "include"


class RuleProblemOut(Out):
    path = fields.String(metadata={"description": "where in the document: rules/2/points"})
    message = fields.String()


class CheckedRulesOut(Out):
    problems = fields.List(fields.Nested(RuleProblemOut), metadata={"description": "to be mended before publishing"})
    warnings = fields.List(fields.Nested(RuleProblemOut), metadata={"description": "where leads could go up and down"})


class RulesOut(Out):
    number = fields.Integer(metadata={"description": "of this version; the ETag"})
    document = fields.Dict()
    published_at = fields.AwareDateTime(metadata={"description": "engine time"})
    published_by = fields.String(allow_none=True, metadata={"description": "null: the installation began with them"})


class RulesVersionsOut(Out):
    items = fields.List(fields.Nested(RulesOut))


class WhatIfIn(Schema):
    class Meta:
        unknown = RAISE

    scoring = fields.Dict(metadata={"description": "scoring rules to try; absent: those that count"})
    ladder = fields.Dict(metadata={"description": "rules of the ladder to try; absent: those that count"})
    days = fields.Integer(
        load_default=90, validate=validate.Range(1, 730), metadata={"description": "how far back facts are replayed"}
    )
    leads = fields.Integer(
        load_default=1000, validate=validate.Range(1, 10_000), metadata={"description": "how many, the newest first"}
    )


class MovesOut(Out):
    from_ = fields.String(data_key="from", attribute="from")
    to = fields.String()
    leads = fields.Integer()


class ExampleOut(Out):
    lead_id = fields.Integer()
    email = fields.String()
    score = fields.Float()
    new_score = fields.Float()
    stage = fields.String()
    new_stage = fields.String()


class WhatIfOut(Out):
    basis = fields.String(metadata={"description": "what was compared, in a sentence"})
    since = fields.AwareDateTime(metadata={"description": "facts from then on were replayed; engine time"})
    leads = fields.Integer(metadata={"description": "looked at"})
    complete = fields.Boolean(metadata={"description": "whether these are all the leads there are"})
    other_score = fields.Integer(metadata={"description": "whose score would differ by half a point or more"})
    other_stage = fields.Integer(metadata={"description": "who would stand on another rung"})
    moves = fields.List(fields.Nested(MovesOut))
    examples = fields.List(fields.Nested(ExampleOut))
