"""People who sign in, as the API speaks of them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from funnel.crm.roles import ROLES
from funnel.schemas.common import Cursor, Out, PageQuery

#: characters
LONGEST_NAME = 100


class Name(fields.String):
    """How colleagues know a person: something to read, without blanks around it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if not 1 <= len(name) <= LONGEST_NAME:
            raise ValidationError(f"A name has 1 to {LONGEST_NAME} characters.")
        return name


class UserOut(Out):
    """What everybody may know of a colleague."""

    id = fields.Integer()
    name = fields.String()
    email = fields.String()
    role = fields.String(validate=validate.OneOf(ROLES))
    active = fields.Boolean(metadata={"description": "may sign in and be given work"})
    state = fields.String(validate=validate.OneOf(["invited", "active", "removed"]))


class UsersOut(Out):
    items = fields.List(fields.Nested(UserOut), metadata={"description": "in the order in which they came"})
    next_cursor = Cursor(attribute="next", metadata={"type": ["string", "null"]})


class UsersQuery(PageQuery):
    pass


class UserChangeIn(Schema):
    """What is left out stays as it is."""

    name = Name()
    role = fields.String(validate=validate.OneOf(ROLES))
