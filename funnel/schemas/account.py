"""One's own account, and the links that let people in."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from funnel.crm.roles import ROLES
from funnel.schemas.common import Out
from funnel.schemas.user import Name, UserOut

LANGUAGES = ("en", "fr")
#: characters of an email (RFC 5321, section 4.5.3.1.3)
LONGEST_EMAIL = 254


class AccountOut(UserOut):
    language = fields.String(
        allow_none=True,
        validate=validate.OneOf([*LANGUAGES, None]),
        metadata={"description": "of mails to this person, and of the app; null: the browser's"},
    )
    has_password = fields.Boolean(metadata={"description": "false for who signs in at the identity provider alone"})
    second_factor = fields.Boolean(metadata={"description": "whether signing in asks for a code"})


class AccountIn(Schema):
    """What is left out stays as it is."""

    name = Name()
    language = fields.String(allow_none=True, validate=validate.OneOf(LANGUAGES))


class PasswordIn(Schema):
    current = fields.String(required=True, load_only=True)
    new = fields.String(required=True, load_only=True)


class UserSessionOut(Out):
    id = fields.Integer()
    agent = fields.String(metadata={"description": "what the browser calls itself"})
    network = fields.String(allow_none=True, metadata={"description": "it began from, shortened to /24 or /48"})
    way = fields.String(validate=validate.OneOf(["password", "provider"]))
    began_at = fields.AwareDateTime(metadata={"description": "wall time"})
    seen_at = fields.AwareDateTime(metadata={"description": "wall time, to within five minutes"})
    here = fields.Boolean(metadata={"description": "whether this very request belongs to it"})


class UserSessionsOut(Out):
    items = fields.List(fields.Nested(UserSessionOut), metadata={"description": "last seen first"})


class InvitationIn(Schema):
    email = fields.Email(required=True, validate=validate.Length(max=LONGEST_EMAIL))
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    name = Name()
    language = fields.String(load_default="en", validate=validate.OneOf(LANGUAGES))


class LinkOut(Out):
    url = fields.String(metadata={"description": "works once; shown only now, to be handed over if no mail was sent"})
    expires_at = fields.AwareDateTime(metadata={"description": "wall time"})
    mailed = fields.Boolean(metadata={"description": "whether a mail with it is on its way"})


class InvitedOut(Out):
    user = fields.Nested(UserOut)
    link = fields.Nested(LinkOut)


class AccessOut(Out):
    """How somebody signs in; for those who manage people."""

    has_password = fields.Boolean()
    second_factor = fields.Boolean()
    provider = fields.Boolean(metadata={"description": "whether this person has signed in at the identity provider"})
    sessions = fields.List(fields.Nested(UserSessionOut))
