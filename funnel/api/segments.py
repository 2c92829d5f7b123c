"""Segments: listed, tried, made, changed, deleted, and who is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from funnel.api.auth import caller, requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.leads import LEAD, found
from funnel.api.revisions import Revised, needed, refuse_stale, with_revision
from funnel.api.rules import by_path
from funnel.crm import leads, segment_conditions, segment_members, segment_preview, segment_uses, segments
from funnel.crm.errors import TakenError
from funnel.crm.keyset import Page
from funnel.crm.segments import Asker
from funnel.doors import current, engine_now, in_transaction
from funnel.models import Segment
from funnel.schemas.common import ErrorOut, PageQuery
from funnel.schemas.segment import (
    MembershipsOut,
    SegmentChangeIn,
    SegmentIn,
    SegmentMembersOut,
    SegmentOut,
    SegmentPageOut,
    SegmentPreviewIn,
    SegmentPreviewOut,
    SegmentQuery,
    SegmentUsesOut,
)

Answer: TypeAlias = Revised[dict[str, Any]]

blueprint = Blueprint("segments", __name__, description="Saved conditions over leads, and who fulfils them.")

SEGMENT = "/segments/<key>"


@blueprint.route("/segments")
@requires("segments:read")
@blueprint.arguments(SegmentQuery, location="query")
@blueprint.response(200, SegmentPageOut)
def list_segments(query: dict[str, Any]) -> dict[str, Any]:
    """Segments, in the order of their keys."""
    limit, now = query["limit"], engine_now()

    def work(session: Session) -> tuple[Sequence[Segment], list[dict[str, Any]]]:
        rows = segments.page(session, after=query["cursor"], limit=limit + 1)
        return rows, [_shown(one) for one in segments.told(session, rows[:limit], now)]

    rows, items = in_transaction(work)
    return {"items": items, "next_cursor": rows[limit - 1].key if len(rows) > limit else None}


@blueprint.route("/segments", methods=["POST"])
@requires("segments:write")
@blueprint.arguments(SegmentIn)
@blueprint.response(201, SegmentOut)
@blueprint.alt_response(409, schema=ErrorOut, description="the key is in use, or there are too many segments")
def create_segment(told: dict[str, Any]) -> Answer:
    """A new segment. Its members are looked for at once, in the background."""
    return _changed(lambda session: segments.create(session, asker=_asker(), **told), 201)


@blueprint.route("/segments/preview", methods=["POST"])
@requires("segments:read")
@blueprint.arguments(SegmentPreviewIn)
@blueprint.response(200, SegmentPreviewOut)
def preview_segment(told: dict[str, Any]) -> segment_preview.Preview:
    """How many leads a condition would find, and some of them. Nothing is written."""
    now = engine_now()

    def work(session: Session) -> segment_preview.Preview:
        condition, problems = segment_conditions.checked(session, told["condition"])
        if condition is None or problems:
            raise segments.SegmentProblemsError(problems)
        return segment_preview.preview(session, condition, now)

    with _refusals():
        return in_transaction(work)


@blueprint.route(SEGMENT)
@requires("segments:read")
@blueprint.response(200, SegmentOut)
@blueprint.alt_response(404, schema=ErrorOut, description="there is no such segment")
def read_segment(key: str) -> Answer:
    """One segment. The ETag is what a change must name in If-Match."""
    return _changed(lambda session: segments.read(session, key), 200)


@blueprint.route(SEGMENT, methods=["PATCH"])
@requires("segments:write")
@blueprint.arguments(SegmentChangeIn)
@blueprint.response(200, SegmentOut)
@blueprint.alt_response(404, schema=ErrorOut, description="there is no such segment")
@blueprint.alt_response(412, schema=ErrorOut, description="it was changed since you read it")
@blueprint.alt_response(428, schema=ErrorOut, description="If-Match is missing")
def change_segment(told: dict[str, Any], key: str) -> Answer:
    """Another name or condition. With another condition all leads are looked at again, in the background."""
    revisions = needed()
    return _changed(lambda session: segments.change(session, key, _asker(), revisions, **told), 200)


@blueprint.route(SEGMENT, methods=["DELETE"])
@requires("segments:write")
@blueprint.response(204)
@blueprint.alt_response(404, schema=ErrorOut, description="there is no such segment")
@blueprint.alt_response(409, schema=ErrorOut, description="another segment or a sequence names it")
def delete_segment(key: str) -> None:
    """Delete a segment that nothing names."""
    with _refusals(), current().database.transaction() as session:
        segments.delete(session, key, _asker())


@blueprint.route(f"{SEGMENT}/leads")
@requires("leads:read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, SegmentMembersOut)
@blueprint.alt_response(404, schema=ErrorOut, description="there is no such segment")
def list_members(query: dict[str, Any], key: str) -> Page[dict[str, Any]]:
    """The leads in a segment, those first that joined last."""
    after, limit, now = query.get("cursor"), query["limit"], engine_now()

    def work(session: Session) -> Page[dict[str, Any]]:
        segment = segments.read(session, key)
        return segment_members.page(session, segment.id, now, after=after, limit=limit)

    with _refusals():
        return in_transaction(work)


@blueprint.route(f"{SEGMENT}/uses")
@requires("segments:read")
@blueprint.response(200, SegmentUsesOut)
@blueprint.alt_response(404, schema=ErrorOut, description="there is no such segment")
def list_uses(key: str) -> dict[str, Any]:
    """What names this segment: it cannot be deleted from under these."""

    def work(session: Session) -> dict[str, Any]:
        segments.read(session, key)
        return {"items": segment_uses.uses(session, key)}

    with _refusals():
        return in_transaction(work)


@blueprint.route(f"{LEAD}/segments")
@requires("leads:read")
@blueprint.response(200, MembershipsOut)
@blueprint.alt_response(404, schema=ErrorOut, description="there is no such lead")
def list_memberships(lead_id: int) -> dict[str, Any]:
    """The segments a lead is in."""

    def work(session: Session) -> dict[str, Any]:
        found(leads.lead_by_id(session, lead_id))
        return {"items": segment_members.of_lead(session, lead_id)}

    return in_transaction(work)


def _asker() -> Asker:
    return Asker(caller(), engine_now(), current().wall())


def _changed(work: Callable[[Session], Segment], status: int) -> Answer:
    """The segment that this work answers, as it stands then."""
    with _refusals(), current().database.transaction() as session:
        segment = work(session)
        [told] = segments.told(session, [segment], engine_now())
        return with_revision(_shown(told), segment.revision, status)


def _shown(told: segments.Told) -> dict[str, Any]:
    columns = {column.key: getattr(told.segment, column.key) for column in Segment.__table__.columns}
    return columns | vars(told.count) | {"counted": told.counted}


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except segments.UnknownSegmentError:
        raise NotFound("There is no such segment.") from None
    except segments.StaleSegmentError:
        refuse_stale()
    except segments.SegmentProblemsError as error:
        refuse(422, "has_problems", "Mend the condition first.", by_path(error.problems))
    except segments.TooManySegmentsError:
        refuse(409, "too_many", f"There are {segment_conditions.MOST} segments already: delete one that nobody needs.")
    except segments.UsedSegmentError as error:
        names = ", ".join(f"the {use.kind} {use.key}" for use in error.uses)
        refuse(409, "used", f"The segment is named by {names}: take it out there first.")
    except TakenError as error:
        refuse(409, "taken", str(error), {"key": [str(error)]})
