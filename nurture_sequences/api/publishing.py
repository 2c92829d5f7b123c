"""Published versions: made, looked at, compared; a sequence paused and resumed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from funnel.api.auth import requires
from funnel.doors import current, engine_now, in_transaction
from funnel.schemas.common import LARGEST_ID, ErrorOut
from nurture_sequences import counts, sequences, versions
from nurture_sequences import models as tables
from nurture_sequences import schemas as shapes
from nurture_sequences.advice import advice
from nurture_sequences.api.blueprint import SEQUENCE, blueprint, refusals
from nurture_sequences.api.told import told


@blueprint.route(f"{SEQUENCE}/publish", methods=["POST"])
@requires("sequences:write")
@blueprint.response(200, shapes.PublishedOut)
def publish_sequence(key: str) -> dict[str, Any]:
    """Make the draft the version that new leads enter. 422 with the problems when it has any."""
    now = engine_now()
    with refusals(), current().database.transaction() as session:
        published = sequences.publish(session, key, now)
        sequence = published.sequence
        warnings = told(sequence.draft, advice(session, sequence.draft), "warning")
        return {"key": key, "status": sequence.status, "warnings": warnings} | vars(published)


@blueprint.route(f"{SEQUENCE}/publish-preview")
@requires("sequences:read")
@blueprint.response(200, shapes.PreviewOut)
def preview_publishing(key: str) -> dict[str, Any]:
    """What publishing the draft now would change, and where leads stand: they stay in the version they entered."""

    def work(session: Session) -> dict[str, Any]:
        draft = sequences.read(session, key).draft
        wrong, advised = sequences.problems(session, draft), advice(session, draft)
        problems = [*told(draft, wrong, "error"), *told(draft, advised, "warning")]
        return vars(versions.preview(session, key)) | {"problems": problems}

    with refusals():
        return in_transaction(work)


@blueprint.route(f"{SEQUENCE}/versions")
@requires("sequences:read")
@blueprint.response(200, shapes.VersionsOut)
def list_versions(key: str) -> dict[str, Any]:
    """The published versions, newest first."""
    with refusals():
        return {"items": in_transaction(lambda session: versions.listed(session, key))}


@blueprint.route(f"{SEQUENCE}/versions/<int(max={LARGEST_ID}):number>")
@requires("sequences:read")
@blueprint.response(200, shapes.VersionOut)
def read_version(key: str, number: int) -> tables.Version:
    """One version and its document, which never changes."""
    with refusals():
        return in_transaction(lambda session: versions.read(session, key, number))


@blueprint.route(f"{SEQUENCE}/diff")
@requires("sequences:read")
@blueprint.arguments(shapes.DiffQuery, location="query")
@blueprint.response(200, shapes.DiffOut)
def diff_documents(query: dict[str, Any], key: str) -> dict[str, Any]:
    """What differs between two documents of a sequence: `draft`, or versions by their numbers."""
    with refusals():
        return {"changes": in_transaction(lambda session: versions.changes(session, key, **query))}


@blueprint.route(f"{SEQUENCE}/counts")
@requires("sequences:read")
@blueprint.arguments(shapes.VersionQuery, location="query")
@blueprint.response(200, shapes.CountsOut)
@blueprint.alt_response(409, schema=ErrorOut, description="It was never published.")
def count_leads(query: dict[str, Any], key: str) -> counts.Counts:
    """How many leads are at each step of a version, came there, and what became of its mails."""

    def work(session: Session) -> counts.Counts:
        sequence = sequences.read(session, key)
        number = query.get("version", sequence.live_number)
        if number is None:
            raise sequences.NotPublishedError
        version = versions.of(session, sequence, number)
        return counts.of_version(session, sequence.id, version.id, number)

    with refusals():
        return in_transaction(work)


@blueprint.route(f"{SEQUENCE}/pause", methods=["PUT"])
@requires("sequences:write")
@blueprint.response(200, shapes.StatusOut)
@blueprint.alt_response(409, schema=ErrorOut, description="It was never published.")
def pause_sequence(key: str) -> tables.Sequence:
    """Hold everybody where they are."""
    return _turn(sequences.pause, key)


@blueprint.route(f"{SEQUENCE}/pause", methods=["DELETE"])
@requires("sequences:write")
@blueprint.response(200, shapes.StatusOut)
@blueprint.alt_response(409, schema=ErrorOut, description="It was never published.")
def resume_sequence(key: str) -> tables.Sequence:
    """Go on."""
    return _turn(sequences.resume, key)


def _turn(verb: Callable[[Session, str, datetime], tables.Sequence], key: str) -> tables.Sequence:
    now = engine_now()
    with refusals(), current().database.transaction() as session:
        return verb(session, key, now)
