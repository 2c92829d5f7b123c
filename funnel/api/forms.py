"""Forms: made, read, changed."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate
from werkzeug.exceptions import NotFound

from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.revisions import Revised, needed, refuse_stale, revised, with_revision
from funnel.crm import forms
from funnel.crm.errors import StaleError, TakenError
from funnel.doors import current, engine_now, in_transaction
from funnel.models import Form
from funnel.schemas.common import Out
from funnel.schemas.form import FormIn, FormOut

blueprint = Blueprint("forms", __name__, description="Landing forms.")


class FormQuery(Schema):
    cursor = fields.String(
        load_default="", validate=validate.Length(max=64), metadata={"description": "`next_cursor` of the page before"}
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 500))


class FormPageOut(Out):
    items = fields.List(fields.Nested(FormOut))
    next_cursor = fields.String(allow_none=True)


@blueprint.route("/forms")
@requires("forms:read")
@blueprint.arguments(FormQuery, location="query")
@blueprint.response(200, FormPageOut)
def list_forms(query: dict[str, Any]) -> dict[str, Any]:
    """Forms, in the order of their keys."""
    limit = query["limit"]
    found = in_transaction(lambda session: forms.forms(session, after=query["cursor"], limit=limit + 1))
    return {"items": found[:limit], "next_cursor": found[limit - 1].key if len(found) > limit else None}


@blueprint.route("/forms", methods=["POST"])
@revised
@requires("forms:write")
@blueprint.arguments(FormIn)
@blueprint.response(201, FormOut)
def create_form(form: dict[str, Any]) -> Revised[Form]:
    """A new form; 409 when its key is in use."""
    now = engine_now()
    try:
        with current().database.transaction() as session:
            return _told(forms.create_form(session, form, now), 201)
    except TakenError as error:
        refuse(409, "taken", str(error), {"key": [str(error)]})


@blueprint.route("/forms/<key>")
@revised
@requires("forms:read")
@blueprint.response(200, FormOut)
def read_form(key: str) -> Revised[Form]:
    """One form. The ETag is what a change must name in If-Match."""
    return _told(in_transaction(lambda session: forms.form_by_key(session, key)))


@blueprint.route("/forms/<key>", methods=["PUT"])
@revised
@requires("forms:write")
@blueprint.arguments(FormIn)
@blueprint.response(200, FormOut)
def update_form(form: dict[str, Any], key: str) -> Revised[Form]:
    """A new definition of a form, and its next version. The key stays: other sites post to it."""
    if form["key"] != key:
        refuse(422, "invalid", "The request is not valid.", {"key": [f"Must be {key}, as in the address."]})
    versions, now = needed(), engine_now()
    try:
        with current().database.transaction() as session:
            return _told(forms.update_form(session, key, form, now, versions))
    except StaleError:
        refuse_stale()


def _told(form: Form | None, status: int = 200) -> Revised[Form]:
    if form is None:
        raise NotFound("There is no such form.")
    return with_revision(form, form.version, status)
