"""A form as marketers and programs write it, and as they read it back."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, pre_load, validate, validates_schema

from funnel.models import Form
from funnel.posted import RESERVED
from funnel.schemas.common import Out

TYPES = ("text", "email", "phone", "number", "date", "choice", "multi-choice", "checkbox", "hidden")
EMAIL = {"key": "email", "label": "Email", "type": "email", "required": True, "choices": []}

#: stands in addresses: /f/{key}
FORM_KEY = validate.Regexp(r"[a-z0-9][a-z0-9_-]{0,63}\Z", error="Use small letters, digits, - and _ (64 at most).")
KEY = validate.Regexp(r"[A-Za-z][A-Za-z0-9_-]{0,63}\Z", error="Begin with a letter; use letters, digits, - and _.")
#: nothing that has a meaning in the policy of a page
_HOST = re.compile(r"[a-z0-9._:-]+")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\s\ud800-\udfff]")


def words(most: int) -> validate.And:
    """Text a person reads: not blank, not longer than `most` characters, nothing the database refuses."""
    return validate.And(
        validate.Length(1, most),
        validate.Regexp(r"(?=[\s\S]*\S)[^\x00\ud800-\udfff]*\Z", error="Write something readable here."),
    )


class NullIsAbsent(Schema):
    """Programs write null for what they leave out."""

    @pre_load
    def _leave_out(self, data: Any, **_: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class FieldIn(NullIsAbsent):
    """One question. `choices` belong to the types choice and multi-choice."""

    key = fields.String(required=True, validate=KEY)
    label = fields.String(required=True, validate=words(300))
    type = fields.String(load_default="text", validate=validate.OneOf(TYPES))
    required = fields.Boolean(load_default=False)
    choices = fields.List(fields.String(validate=words(200)), load_default=list, validate=validate.Length(max=300))

    @validates_schema
    def _choices_fit_the_type(self, data: dict[str, Any], **_: Any) -> None:
        if data["type"] in ("choice", "multi-choice") and not data["choices"]:
            raise ValidationError("Give the choices.", "choices")
        if data["key"] in RESERVED:
            raise ValidationError(f"{data['key']} has a meaning of its own; choose another key.", "key")
        if (data["type"] == "email") != (data["key"] == "email"):
            raise ValidationError("The one field of type email has the key email.", "type")


class ConsentIn(NullIsAbsent):
    """One thing a person may agree to, in the exact words that will be shown and kept."""

    purpose = fields.String(required=True, validate=KEY)
    wording = fields.String(required=True, validate=words(4000))
    required = fields.Boolean(load_default=False)
    permits_mail = fields.Boolean(
        metadata={
            "description": "Whether a yes to it permits mail. Left out, its name decides: every purpose does, unless a"
            " word of its name is about something else, such as phone, share, terms or privacy."
        }
    )

    @validates_schema
    def _purpose_is_free(self, data: dict[str, Any], **_: Any) -> None:
        if data["purpose"] in RESERVED or data["purpose"] == "email":
            raise ValidationError(f"{data['purpose']} has a meaning of its own; choose another purpose.", "purpose")


def thanks_address(value: str) -> None:
    """An absolute http(s) address, a path on this host, or nothing: never an open redirect."""
    problem = "Give an address that begins with https:// (or http://), a path like /thanks, or nothing."
    if value and (_UNPRINTABLE.search(value) or "\\" in value or len(value) > 2000):
        raise ValidationError(problem)
    if not value or re.match(r"/(?!/)", value):
        return
    try:
        parts = urlsplit(value)
        _, host = parts.port, ascii_host(parts)
    except ValueError:
        raise ValidationError(problem) from None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or "@" in parts.netloc:
        raise ValidationError(problem)


def ascii_host(parts: SplitResult) -> str:
    """The host as browsers name it in an origin. Raises ValueError."""
    return (parts.hostname or "").encode("idna").decode()


class Origin(fields.String):
    """`*`, or an origin exactly as a browser sends it: scheme and host, a port when it is not the usual one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs) or ""
        if text == "*":
            return text
        try:
            parts = urlsplit(text)
            port, host = parts.port, ascii_host(parts)
        except ValueError:
            raise ValidationError("Write an origin like https://www.example.com, or *.") from None
        bare = parts.path in ("", "/") and not (parts.query or parts.fragment or "@" in parts.netloc)
        if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or not bare:
            raise ValidationError("Write an origin like https://www.example.com, or *.")
        host = f"[{host}]" if ":" in host else host
        usual = {"http": 80, "https": 443}[parts.scheme]
        return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


class FormIn(NullIsAbsent):
    """A form's whole definition. A form without an email field gets one: a lead is known by its address."""

    key = fields.String(required=True, validate=FORM_KEY)
    name = fields.String(required=True, validate=words(200))
    fields_ = fields.List(
        fields.Nested(FieldIn),
        data_key="fields",
        attribute="fields",
        load_default=list,
        validate=validate.Length(max=100),
    )
    consents = fields.List(fields.Nested(ConsentIn), load_default=list, validate=validate.Length(max=20))
    double_opt_in = fields.Boolean(load_default=False)
    thanks_url = fields.String(load_default="", validate=thanks_address)
    origins = fields.List(Origin(), load_default=list, validate=validate.Length(max=100))
    #: language of the hosted page; empty: the visitor's
    locale = fields.String(load_default="", validate=validate.OneOf(("", "en", "fr")))

    @validates_schema
    def _every_name_is_used_once(self, data: dict[str, Any], **_: Any) -> None:
        names = [field["key"] for field in data["fields"]] + [consent["purpose"] for consent in data["consents"]]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValidationError(f"Used twice among keys and purposes: {', '.join(twice)}.", "fields")

    @post_load
    def _ask_for_the_email(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        asked = [field | {"required": True} if field["key"] == "email" else field for field in data["fields"]]
        if not any(field["key"] == "email" for field in asked):
            asked.insert(0, dict(EMAIL))
        return data | {"fields": asked}


class FormOut(Out):
    """A form as it is now."""

    key = fields.String()
    name = fields.String()
    version = fields.Integer()
    fields_ = fields.List(fields.Nested(FieldIn), data_key="fields", attribute="fields")
    consents = fields.List(fields.Nested(ConsentIn))
    double_opt_in = fields.Boolean()
    thanks_url = fields.String()
    origins = fields.List(fields.String())
    locale = fields.String()
    created_at = fields.AwareDateTime()
    updated_at = fields.AwareDateTime()

    @pre_dump
    def _open_the_definition(self, form: Form, **_: Any) -> dict[str, Any]:
        named = {name: getattr(form, name) for name in ("key", "name", "version", "created_at", "updated_at")}
        return form.definition | named
