"""Exports, as the API speaks of them."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from funnel.exports import FORMATS, PRESETS
from funnel.schemas.change import Words
from funnel.schemas.common import Moment, Out
from funnel.schemas.lead_list import LeadFiltersQuery

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}


class ExportQuery(Schema):
    """What every export can be asked for."""

    class Meta:
        unknown = RAISE

    columns = Words(
        load_default=(), metadata={"type": "string", "description": "id,email,fields.company; absent: the usual ones"}
    )
    since = Moment(metadata={"description": "only what is from then on"})
    until = Moment(metadata={"description": "and before then"})
    separator = fields.String(
        load_default="comma",
        validate=validate.OneOf(SEPARATORS),
        metadata={"description": "of CSV; Excel in most of Europe wants `semicolon`"},
    )
    bom = fields.Boolean(
        load_default=False, metadata={"description": "begin CSV with the mark that tells Excel of UTF-8"}
    )


class LeadsExportQuery(ExportQuery, LeadFiltersQuery):
    """The same filters as the list of leads."""

    class Meta:
        unknown = RAISE

    preset = fields.String(
        validate=validate.OneOf(PRESETS), metadata={"description": "columns as another CRM imports them"}
    )


class ExportableOut(Out):
    name = fields.String()
    columns = fields.List(fields.String())
    usual = fields.List(fields.String(), metadata={"description": "exported when no columns are asked for"})
    formats = fields.List(fields.String(validate=validate.OneOf(FORMATS)))
    presets = fields.List(fields.String())


class ExportablesOut(Out):
    items = fields.List(fields.Nested(ExportableOut))
