"""Drafts: listed, read, saved, checked, copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from funnel.api.auth import requires
from funnel.api.errors import refuse
from funnel.api.revisions import Revised, if_match, revised, with_revision
from funnel.conditions import Problem
from funnel.crm.errors import TakenError
from funnel.doors import current, engine_now, in_transaction
from nurture_sequences import models as tables
from nurture_sequences import overview, sequences, versions
from nurture_sequences import schemas as shapes
from nurture_sequences.advice import advice
from nurture_sequences.api.blueprint import SEQUENCE, blueprint, check_key, refusals
from nurture_sequences.api.told import told as told

Answer: TypeAlias = Revised[dict[str, Any]]


@blueprint.route("/sequences")
@requires("sequences:read")
@blueprint.arguments(shapes.SequenceQuery, location="query")
@blueprint.response(200, shapes.SequencePageOut)
def list_sequences(query: dict[str, Any]) -> dict[str, Any]:
    """Sequences, in the order of their keys."""
    limit = query["limit"]

    def work(session: Session) -> list[dict[str, Any]]:
        rows = overview.listed(session, after=query["cursor"], limit=limit + 1)
        problems = sequences.problem_counts(session, rows[:limit])
        return [row._asdict() | {"problems": problems.get(row.id, 0)} for row in rows]

    rows = in_transaction(work)
    return {"items": rows[:limit], "next_cursor": rows[limit - 1]["key"] if len(rows) > limit else None}


@blueprint.route(SEQUENCE)
@requires("sequences:read")
@blueprint.response(200, shapes.SequenceOut)
def read_sequence(key: str) -> Answer:
    """One sequence and its draft. The ETag is what a change must name in If-Match."""

    def work(session: Session) -> Answer:
        sequence = sequences.read(session, key)
        return _told(session, sequence, sequences.problems(session, sequence.draft), 200)

    with refusals():
        return in_transaction(work)


@blueprint.route(SEQUENCE, methods=["PUT"])
@revised
@requires("sequences:write")
@blueprint.arguments(shapes.DocumentIn)
@blueprint.response(200, shapes.SequenceOut)
@blueprint.alt_response(201, schema=shapes.SequenceOut, description="there was none before")
def save_sequence(document: dict[str, Any], key: str) -> Answer:
    """Save the document as the draft, also with problems. To change a sequence, send its ETag in If-Match."""
    _check_document(key, document)
    now = engine_now()
    with refusals(), current().database.transaction() as session:
        saved = sequences.save_draft(session, key, document, now, revisions=if_match())
        return _told(session, saved.sequence, saved.problems, 201 if saved.created else 200)


@blueprint.route(f"{SEQUENCE}/check", methods=["POST"])
@requires("sequences:read")
@blueprint.arguments(shapes.DocumentIn)
@blueprint.response(200, shapes.CheckedOut)
def check_document(document: dict[str, Any], key: str) -> dict[str, Any]:
    """What is wrong in a document, and what to know of it, without saving it. The sequence need not exist."""
    _check_document(key, document)
    whole = {"key": key} | document

    def work(session: Session) -> list[dict[str, Any]]:
        wrong, advised = sequences.problems(session, whole), advice(session, whole)
        return [*told(whole, wrong, "error"), *told(whole, advised, "warning")]

    return {"problems": in_transaction(work)}


@blueprint.route(f"{SEQUENCE}/duplicate", methods=["POST"])
@revised
@requires("sequences:write")
@blueprint.arguments(shapes.DuplicateIn)
@blueprint.response(201, shapes.SequenceOut)
def duplicate_sequence(copy: dict[str, Any], key: str) -> Answer:
    """A new draft that says the same as this one, under another key; 409 when that key is in use."""
    now = engine_now()
    try:
        with refusals(), current().database.transaction() as session:
            saved = sequences.duplicate(session, key, copy["key"], now, name=copy.get("name"))
            return _told(session, saved.sequence, saved.problems, 201)
    except TakenError as error:
        refuse(409, "taken", str(error), {"key": [str(error)]})


def _told(session: Session, sequence: tables.Sequence, problems: Sequence[Problem], status: int) -> Answer:
    columns = ("key", "status", "revision", "draft", "live_number", "created_at", "updated_at")
    body = {name: getattr(sequence, name) for name in columns} | {
        "problems": told(sequence.draft, problems, "error"),
        "warnings": told(sequence.draft, advice(session, sequence.draft), "warning"),
        "unpublished": versions.unpublished(session, sequence),
    }
    return with_revision(body, sequence.revision, status)


def _check_document(key: str, document: dict[str, Any]) -> None:
    check_key(key)
    if document.get("key", key) != key:
        refuse(422, "invalid", "The request is not valid.", {"key": [f"Must be {key}, as in the address."]})
