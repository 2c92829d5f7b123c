"""Door for programs: edit, publish, pause sequences; enter leads; see where a lead stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeAlias

from flask import request
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel import extensions
from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.leads import LEAD, found
from funnel.conditions import Problem
from funnel.crm import leads
from funnel.doors import current, engine_now, in_transaction
from nurture_sequences import models as tables
from nurture_sequences import overview, sequences
from nurture_sequences import schemas as shapes
from nurture_sequences.advice import advice
from nurture_sequences.gauges import GAUGES

#: bytes; a document carries the texts of its mails
LARGEST_DOCUMENT = 1024 * 1024
SEQUENCE = "/sequences/<key>"
Answer: TypeAlias = tuple[dict[str, Any], int, dict[str, str]]

blueprint = Blueprint("sequences", __name__, description="Nurturing programmes.", body_limit=LARGEST_DOCUMENT)
blueprint.record(lambda state: extensions.of(state.app).gauges.extend(GAUGES))


@blueprint.route("/sequences")
@requires("sequences:read")
@blueprint.arguments(shapes.SequenceQuery, location="query")
@blueprint.response(200, shapes.SequencePageOut)
def list_sequences(query: dict[str, Any]) -> dict[str, Any]:
    """Sequences, in the order of their keys."""
    limit = query["limit"]
    rows = in_transaction(lambda session: overview.listed(session, after=query["cursor"], limit=limit + 1))
    return {"items": rows[:limit], "next_cursor": rows[limit - 1].key if len(rows) > limit else None}


@blueprint.route(SEQUENCE)
@requires("sequences:read")
@blueprint.response(200, shapes.SequenceOut)
def read_sequence(key: str) -> Answer:
    """One sequence and its draft. The ETag is what a change must name in If-Match."""

    def work(session: Session) -> Answer:
        sequence = sequences.read(session, key)
        return _told(session, sequence, sequences.problems(session, sequence.draft), 200)

    with _refusals():
        return in_transaction(work)


@blueprint.route(SEQUENCE, methods=["PUT"])
@requires("sequences:write")
@blueprint.arguments(shapes.DocumentIn)
@blueprint.response(200, shapes.SequenceOut)
@blueprint.alt_response(201, schema=shapes.SequenceOut, description="there was none before")
def save_sequence(document: dict[str, Any], key: str) -> Answer:
    """Save the document as the draft, also with problems. To change a sequence, send its ETag in If-Match."""
    _check_key(key, document)
    now = engine_now()
    with _refusals(), current().database.transaction() as session:
        saved = sequences.save_draft(session, key, document, now, revisions=_if_match())
        return _told(session, saved.sequence, saved.problems, 201 if saved.created else 200)


@blueprint.route(f"{SEQUENCE}/publish", methods=["POST"])
@requires("sequences:write")
@blueprint.response(200, shapes.PublishedOut)
def publish_sequence(key: str) -> dict[str, Any]:
    """Make the draft the version that new leads enter. 422 with the problems when it has any."""
    now = engine_now()
    with _refusals(), current().database.transaction() as session:
        published = sequences.publish(session, key, now)
        sequence = published.sequence
        told = {"key": key, "status": sequence.status, "warnings": advice(session, sequence.draft)}
        return told | vars(published)


@blueprint.route(f"{SEQUENCE}/pause", methods=["PUT"])
@requires("sequences:write")
@blueprint.response(200, shapes.StatusOut)
def pause_sequence(key: str) -> tables.Sequence:
    """Hold everybody where they are."""
    return _turn(sequences.pause, key)


@blueprint.route(f"{SEQUENCE}/pause", methods=["DELETE"])
@requires("sequences:write")
@blueprint.response(200, shapes.StatusOut)
def resume_sequence(key: str) -> tables.Sequence:
    """Go on."""
    return _turn(sequences.resume, key)


@blueprint.route(f"{SEQUENCE}/enrollments", methods=["POST"])
@requires("sequences:write")
@blueprint.arguments(shapes.EnrollIn)
@blueprint.response(201, shapes.EnrolledOut)
def enroll_lead(lead: dict[str, Any], key: str) -> dict[str, int]:
    """Enter one lead by hand."""
    now = engine_now()
    with _refusals(), current().database.transaction() as session:
        return {"id": sequences.enroll_by_hand(session, key, now, **lead)}


@blueprint.route(f"{LEAD}/enrollments")
@requires("leads:read")
@blueprint.response(200, shapes.EnrollmentsOut)
def read_enrollments(lead_id: int) -> dict[str, Sequence[Any]]:
    """Where a lead stands in each sequence it entered, newest first."""

    def work(session: Session) -> dict[str, Sequence[Any]]:
        found(leads.lead_by_id(session, lead_id))
        return {"items": overview.enrollments(session, lead_id)}

    return in_transaction(work)


def _turn(verb: Callable[[Session, str, datetime], tables.Sequence], key: str) -> tables.Sequence:
    now = engine_now()
    with _refusals(), current().database.transaction() as session:
        return verb(session, key, now)


def _told(session: Session, sequence: tables.Sequence, problems: Sequence[Problem], status: int) -> Answer:
    columns = ("key", "status", "revision", "draft", "live_number", "created_at", "updated_at")
    told = {"problems": problems, "warnings": advice(session, sequence.draft)}
    body = {name: getattr(sequence, name) for name in columns} | told
    return body, status, {"ETag": f'"{sequence.revision}"'}


def _if_match() -> set[int] | None:
    """The revisions a change may replace; None without the header. `*` names none: it would overwrite the unseen."""
    if "If-Match" not in request.headers:
        return None
    tags = request.if_match.as_set()  # an empty tag is None here
    return {int(tag) for tag in tags if tag and tag.isascii() and tag.isdigit() and len(tag) < 19}


def _check_key(key: str, document: dict[str, Any]) -> None:
    try:
        shapes.KEY(key)
    except ValidationError as error:
        refuse(422, "invalid", "The request is not valid.", {"key": [str(text) for text in error.messages]})
    if document.get("key", key) != key:
        refuse(422, "invalid", "The request is not valid.", {"key": [f"Must be {key}, as in the address."]})


@contextmanager
def _refusals() -> Iterator[None]:
    """What the verbs say no to, in the API's words."""
    try:
        yield
    except sequences.UnknownSequenceError:
        raise NotFound("There is no such sequence.") from None
    except sequences.RevisionNeededError:
        refuse(428, "revision_needed", "The sequence exists: send its ETag in If-Match to change it.")
    except sequences.StaleRevisionError:
        refuse(412, "stale", "The draft was changed since you read it, or there is no such sequence.")
    except sequences.UnpublishableError as error:
        refuse(422, "has_problems", "Mend the draft before publishing it.", _by_path(error.problems))
    except sequences.NotPublishedError:
        refuse(409, "not_published", "The sequence was never published.")
    except sequences.NotLiveError:
        refuse(409, "not_live", "The sequence takes nobody in: it was never published.")
    except sequences.UnknownLeadError:
        refuse(422, "unknown_lead", "There is no such lead.")
    except sequences.NotAgainError:
        refuse(409, "not_again", "The lead is in this sequence, or was, and may not enter it again yet.")


def _by_path(problems: Sequence[Problem]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for problem in problems:
        errors.setdefault(problem.path, []).append(problem.message)
    return errors
