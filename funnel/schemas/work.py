"""Owners, notes and tasks, as the API speaks of them."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validate

from funnel.schemas.common import LARGEST_ID, Cursor, Moment, Out, PageQuery

LONGEST_NOTE, LONGEST_TITLE = 10_000, 300
_ID = validate.Range(1, LARGEST_ID)


class Said(fields.String):
    """Text that says something, without blanks around it."""

    def __init__(self, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest
        self.metadata = {**self.metadata, "minLength": 1, "maxLength": longest}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        said = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if not 1 <= len(said) <= self.longest:
            raise ValidationError(f"Write 1 to {self.longest} characters.")
        return said


def _zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError("Is no time zone: write one such as Europe/Paris.")


class OwnerIn(Schema):
    owner = fields.Integer(
        required=True, allow_none=True, strict=True, validate=_ID, metadata={"description": "a user; null: nobody"}
    )


class HandOverIn(Schema):
    to = fields.Integer(
        required=True, allow_none=True, strict=True, validate=_ID, metadata={"description": "a user; null: nobody"}
    )


class NoteIn(Schema):
    text = Said(LONGEST_NOTE, required=True)
    pinned = fields.Boolean(load_default=False)


class NoteChangeIn(Schema):
    """What is left out stays as it is."""

    text = Said(LONGEST_NOTE)
    pinned = fields.Boolean()


class NoteOut(Out):
    id = fields.Integer()
    author = fields.String(metadata={"description": "`user 3` or `token 5`"})
    text = fields.String()
    pinned = fields.Boolean()
    at = fields.AwareDateTime(metadata={"description": "engine time"})
    edited_at = fields.AwareDateTime(allow_none=True, metadata={"description": "engine time"})


class NotesOut(Out):
    pinned = fields.List(fields.Nested(NoteOut), metadata={"description": "all that are pinned, newest first"})
    items = fields.List(fields.Nested(NoteOut), attribute="page.items", metadata={"description": "the others"})
    next_cursor = Cursor(attribute="page.next", metadata={"type": ["string", "null"]})


class TaskIn(Schema):
    title = Said(LONGEST_TITLE, required=True)
    due_at = Moment(required=True, metadata={"description": "wall time"})
    zone = fields.String(load_default="UTC", validate=_zone, metadata={"description": "in which the time is meant"})
    assignee = fields.Integer(
        attribute="assignee_id",
        load_default=None,
        allow_none=True,
        strict=True,
        validate=_ID,
        metadata={"description": "a user; null: nobody's yet"},
    )


class TaskChangeIn(Schema):
    """What is left out stays as it is."""

    title = Said(LONGEST_TITLE)
    due_at = fields.AwareDateTime()
    zone = fields.String(validate=_zone)
    assignee = fields.Integer(attribute="assignee_id", allow_none=True, strict=True, validate=_ID)
    done = fields.Boolean(metadata={"description": "true: it is done; false: it is to be done again"})


class TaskOut(Out):
    id = fields.Integer()
    lead = fields.Integer(attribute="lead_id")
    title = fields.String()
    due_at = Moment(metadata={"description": "wall time"})
    zone = fields.String()
    assignee = fields.Integer(attribute="assignee_id", allow_none=True)
    created_by = fields.String(metadata={"description": "`user 3` or `token 5`"})
    created_at = fields.AwareDateTime()
    done_at = fields.AwareDateTime(allow_none=True)
    done_by = fields.String(allow_none=True)


class ListedTaskOut(TaskOut):
    email = fields.String(metadata={"description": "of the lead"})
    fields_ = fields.Dict(attribute="fields", data_key="fields", metadata={"description": "of the lead"})


class TasksOut(Out):
    items = fields.List(fields.Nested(ListedTaskOut))
    next_cursor = Cursor(attribute="next", metadata={"type": ["string", "null"]})


class TaskQuery(PageQuery):
    lead = fields.Integer(validate=_ID)
    assignee = fields.String(
        validate=validate.Regexp(r"(me|none|[1-9][0-9]{0,17})\Z", error="Is a user's id, `me` or `none`."),
        metadata={"description": "a user's id, `me` or `none`"},
    )
    done = fields.Boolean(load_default=False, metadata={"description": "what is done, instead of what is to be done"})
    before = Moment(metadata={"description": "due before this wall time"})


class TaskCountsOut(Out):
    """Counted no further than `most`."""

    overdue = fields.Integer()
    open = fields.Integer()
    most = fields.Integer()


class RuleIn(Schema):
    name = Said(100, required=True)
    condition = fields.Dict(load_default=None, allow_none=True, metadata={"description": "null: every new lead"})
    owners = fields.List(
        fields.Integer(strict=True, validate=_ID),
        required=True,
        validate=validate.Length(1, 50),
        metadata={"description": "users, who take turns"},
    )


class RuleOut(Out):
    name = fields.String()
    condition = fields.Dict(allow_none=True)
    owners = fields.List(fields.Integer())


class AssignmentIn(Schema):
    rules = fields.List(fields.Nested(RuleIn), required=True, validate=validate.Length(max=50))


class AssignmentOut(Out):
    rules = fields.List(fields.Nested(RuleOut), metadata={"description": "the first that fits decides"})
