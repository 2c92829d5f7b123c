"""Reading what a stranger posts: three content types, and a clear refusal of everything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID, uuid4, uuid5

import orjson
from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

#: names in one post
MOST = 300
#: the space of names that ids of submissions are made in
_NAMESPACE = UUID("5f0d3c0e-4c0a-4f5e-9d57-2b6b6f7a1c11")


def read() -> dict[str, Any]:
    """The posted names with their values; a list where a name came more than once.

    Raises 400, 413 or 415 for what is no form post: nothing of it is kept.
    """
    reader = _READERS.get(request.mimetype)
    if reader is None:
        raise UnsupportedMediaType
    posted = reader(_body())
    if len(posted) > MOST:
        raise RequestEntityTooLarge
    if any("\0" in text for text in _texts(posted)):
        raise BadRequest  # PostgreSQL keeps no NUL
    return posted


def text_of(posted: dict[str, Any], name: str) -> str | None:
    """The one text that came under this name, or null."""
    value = posted.get(name)
    return value.strip() or None if isinstance(value, str) else None


def submission_id(posted: dict[str, Any], form: int, email: str) -> UUID:
    """The id a repeat is recognised by: made of the caller's own, the form and the address; without one, a new id.

    Both the `submission_id` field of pages and the `Idempotency-Key` header of programs name it. Their own id once more
    with another form or address (from a page that a browser kept, from a script with a constant) is no repeat.
    """
    own = text_of(posted, "submission_id") or request.headers.get("Idempotency-Key", "").strip()
    return uuid5(_NAMESPACE, f"{form} {email} {own}") if own else uuid4()


def _body() -> bytes:
    body = request.get_data()
    # Werkzeug refuses what says that it is too long; what does not say (chunks), it cuts at the limit without a word.
    if request.content_length is None and (most := request.max_content_length) is not None and len(body) >= most:
        raise RequestEntityTooLarge
    return body


def _urlencoded(body: bytes) -> dict[str, Any]:
    if body.count(b"&") > MOST:
        raise RequestEntityTooLarge
    try:
        return _gathered(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise BadRequest from None


def _multipart(body: bytes) -> dict[str, Any]:
    try:
        body.decode()
    except UnicodeDecodeError:
        raise BadRequest from None
    if body and not request.form and not request.files:
        raise BadRequest  # no boundary, or parts that break off
    return _gathered(request.form.items(multi=True))


def _json(body: bytes) -> dict[str, Any]:
    try:
        posted = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest from None
    if not isinstance(posted, dict):
        raise BadRequest
    return posted


_READERS = {
    "application/x-www-form-urlencoded": _urlencoded,
    "multipart/form-data": _multipart,
    "application/json": _json,
}


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    posted: dict[str, Any] = {}
    for name, value in pairs:
        if name not in posted:
            posted[name] = value
        elif isinstance(posted[name], list):
            posted[name].append(value)
        else:
            posted[name] = [posted[name], value]
    return posted


def _texts(posted: dict[str, Any]) -> Iterable[str]:
    for value in posted.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (one for one in value if isinstance(one, str))
