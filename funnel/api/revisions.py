"""What a change says of the state it means to replace."""

from __future__ import annotations

from flask import request


def if_match() -> set[int] | None:
    """The revisions a change may replace; None without the header. `*` names none: it would overwrite the unseen."""
    if "If-Match" not in request.headers:
        return None
    tags = request.if_match.as_set()  # an empty tag is None here
    return {int(tag) for tag in tags if tag and tag.isascii() and tag.isdigit() and len(tag) < 19}
