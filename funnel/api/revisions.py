"""What a change says of the state it means to replace, and a read of the state its caller has: one way for all things.

A thing that people edit has a number that grows with each change; `ETag: "7"` tells it. A change names it in `If-Match`
(RFC 9110 section 13.1.1): 428 without, 412 when somebody was quicker. A read that names it in `If-None-Match` is
answered with 304 when nothing changed.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeAlias, TypeVar

from flask import Response, current_app, request

from funnel.api.auth import SAFE
from funnel.api.errors import refuse

T = TypeVar("T")
Revised: TypeAlias = tuple[T, int, dict[str, str]]


def revised(view: Any) -> Any:
    """Marks a view whose answer carries an ETag: its description says what a caller can do with it.

    For a read only where the revision grows with everything that the answer tells.
    """
    view.revised = True
    manual = {**getattr(view, "_apidoc", {}).get("manual_doc", {}), "x-revised": True}
    view._apidoc = {**getattr(view, "_apidoc", {}), "manual_doc": manual}
    return view


def with_revision(thing: T, revision: int, status: int = 200) -> Revised[T]:
    """An answer with its revision."""
    return thing, status, {"ETag": f'"{revision}"'}


def if_match() -> set[int] | None:
    """The revisions a change may replace; None without the header. `*` names none: it would overwrite the unseen."""
    if "If-Match" not in request.headers:
        return None
    tags = request.if_match.as_set()  # an empty tag is None here
    return {int(tag) for tag in tags if tag and tag.isascii() and tag.isdigit() and len(tag) < 19}


def needed() -> set[int]:
    """The revisions a change may replace. Ends the request with 428 when it names none."""
    numbers = if_match()
    if numbers is None:
        refuse(428, "revision_needed", "Read it first, and send its ETag in If-Match with the change.")
    return numbers


def refuse_stale() -> NoReturn:
    """Somebody was quicker."""
    refuse(412, "stale", "It was changed since you read it: read it again.")


def spare(response: Response) -> Response:
    """After each view: who has the newest state already is sent no more than that."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in SAFE and response.status_code == 200 and getattr(view, "revised", False):
        response.make_conditional(request)
    return response
