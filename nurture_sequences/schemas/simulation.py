"""A lead walked through a sequence on paper."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from funnel.schemas.common import LARGEST_ID, Moment, Out
from nurture_sequences.simulation import Sample
from nurture_sequences.timing import zone_named

MOST = 10**9
#: so that the longest sequence there can be, of 500 waits of ten years, ends before the calendar does
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _word() -> fields.String:
    return fields.String(validate=validate.Length(1, 200))


def _points() -> fields.Float:
    return fields.Float(validate=validate.Range(-MOST, MOST))


def _check_zone(name: str) -> None:
    if zone_named(name) is None:
        raise ValidationError('Expected a time zone such as "Europe/Paris".')


class SampleIn(Schema):
    """An invented lead, who agreed to mail."""

    stage = _word()
    tags = fields.List(_word(), validate=validate.Length(max=100))
    fields_ = fields.Dict(keys=fields.String(), data_key="fields", attribute="fields")
    fit = _points()
    engagement = _points()
    zone = fields.String(validate=_check_zone, metadata={"description": "IANA time zone"})

    @post_load
    def _sample(self, data: dict[str, Any], **_: Any) -> Sample:
        return Sample(**data)


class SimulateIn(Schema):
    """Nothing is sent or written."""

    version = fields.Integer(
        strict=True,
        allow_none=True,
        load_default=None,
        validate=validate.Range(1, LARGEST_ID),
        metadata={"description": "its number; without it, the draft"},
    )
    lead_id = fields.Integer(strict=True, validate=validate.Range(1, LARGEST_ID))
    sample = fields.Nested(SampleIn)
    start_at = Moment(
        validate=validate.Range(EARLIEST, LATEST), metadata={"description": "engine time; now, if left out"}
    )
    answers = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        load_default=dict,
        metadata={"description": "by branch: the number of the arm it takes (from 1), `otherwise`, `unmeasurable`"},
    )

    @validates_schema
    def _one_lead(self, data: dict[str, Any], **_: Any) -> None:
        if {"lead_id", "sample"} <= data.keys():
            raise ValidationError("Give lead_id or sample, not both.", "lead_id")


class MomentOut(Out):
    at = fields.AwareDateTime(metadata={"description": "engine time"})
    step = fields.String(allow_none=True)
    what = fields.String(metadata={"description": "what happened, in a few words"})
    why = fields.String(metadata={"description": "why the lead stays where it is, or why it ended; empty in passing"})


class SimulatedOut(Out):
    moments = fields.List(fields.Nested(MomentOut))
    zone = fields.String(allow_none=True, metadata={"description": "the lead's; null counts as UTC"})
