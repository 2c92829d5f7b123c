"""The second factor, and the rule about it."""

from __future__ import annotations

from marshmallow import Schema, fields

from funnel.schemas.common import Out


class AgainIn(Schema):
    """Who it is, once more, before something that a stranger at an open browser must not do."""

    password = fields.String(
        load_default="", load_only=True, metadata={"description": "may be left out by who has none"}
    )


class CodeIn(Schema):
    code = fields.String(required=True, load_only=True, metadata={"description": "six digits, as the app shows them"})


class FactorStartedOut(Out):
    secret = fields.String(metadata={"description": "base32, to be typed into an authenticator app"})
    uri = fields.String(metadata={"description": "the same as an otpauth: address"})
    qr = fields.String(metadata={"description": "the address as a QR code: an SVG picture in a data: address"})


class RecoveryCodesOut(Out):
    recovery_codes = fields.List(fields.String(), metadata={"description": "shown only now; each works once"})


class FactorOut(Out):
    on = fields.Boolean(metadata={"description": "whether signing in asks for a code"})
    recovery_codes_left = fields.Integer()


class SignInOut(Out):
    """How people sign in here."""

    factor_required = fields.Boolean(
        metadata={"description": "whether everybody who signs in with a password needs a second factor"}
    )
    provider = fields.Boolean(metadata={"description": "whether people may sign in at an identity provider"})


class SignInIn(Schema):
    factor_required = fields.Boolean(required=True)
