"""`Idempotency-Key`: a POST that is sent again is done once and answered as the first time.

As draft-ietf-httpapi-idempotency-key-header-07 says: the same request again gets the same answer; another request with
the key is refused (422), and so is one while the first is under way (409).
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from typing import NoReturn, TypeVar

import orjson
from flask import Response, g, has_request_context, make_response, request
from sqlalchemy.orm import Session

from funnel import auditing, sealing
from funnel.api.auth import caller, changes_anything
from funnel.api.errors import refuse
from funnel.crm import kept_answers
from funnel.crm.kept_answers import Claim, InFlightError, LostAnswerError, OtherRequestError
from funnel.db import AWAY
from funnel.doors import current, in_transaction

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
#: printable ASCII, with or without the quotes of a structured field
_KEY = re.compile(r'"?([ !#-~]{1,255})"?')
#: of an answer: what a client can need again
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")
#: bytes of an answer that is kept
LARGEST_KEPT = 256 * 1024

T = TypeVar("T")

log = logging.getLogger(__name__)


def begin() -> Response | None:
    """Before a view of the API: the kept answer of a repeat; null when the view has to do its work."""
    if (
        request.method != "POST"
        or HEADER not in request.headers
        or not changes_anything(request.endpoint or "", "POST")
    ):
        return None
    key, by, now = _key(), caller(), current().wall()
    digest, asked = hashlib.sha256(key.encode()).digest(), _asked()
    begun = _or_refused(lambda: in_transaction(lambda session: kept_answers.begin(session, by, digest, asked, now)))
    if isinstance(begun, bytes):
        return _told_again(_open(begun, key))
    g.claim, g.idempotency_key = begun, key
    return None


def witness(session: Session) -> None:
    """Before each commit of this request: the change and the note that it was done are one transaction."""
    claim: Claim | None = g.get("claim") if has_request_context() else None
    if claim is not None:
        _or_refused(lambda: kept_answers.note_done(session, claim, current().wall()))


def finish(response: Response) -> Response:
    """After the view: keep its answer; give the key back when nothing was done."""
    claim: Claim | None = g.pop("claim", None)
    if claim is None:
        return response
    auditing.expect_nothing()
    try:
        with current().database.transaction() as session:
            if response.status_code < 300:
                kept_answers.keep(session, claim, _sealed(response), current().wall())
            else:
                kept_answers.give_back(session, claim)
    except AWAY as error:  # what was done is done, and is told; only a repeat will hear that its answer is lost
        log.warning("an answer was not kept", extra={"error": type(error).__name__})
    return response


def _key() -> str:
    found = _KEY.fullmatch(request.headers[HEADER].strip())
    if found is None:
        refuse(400, "bad_request", f"{HEADER} must have 1 to 255 printable ASCII characters, without quotes inside.")
    return found[1]


def _asked() -> bytes:
    """What makes two requests the same: method, address and body, byte for byte."""
    address = f"{request.method} {request.full_path}\n".encode()
    return hashlib.sha256(address + request.get_data()).digest()


def _or_refused(work: Callable[[], T]) -> T:
    try:
        return work()
    except OtherRequestError:
        refuse(422, "key_reused", f"This {HEADER} came with another request before: make a new one for each write.")
    except InFlightError:
        refuse(409, "in_flight", f"The first request with this {HEADER} is still under way: try again in a moment.")
    except LostAnswerError:
        _refuse_lost()


def _sealed(response: Response) -> bytes | None:
    body = response.get_data()
    if len(body) > LARGEST_KEPT:
        return None
    kept = [(name, response.headers[name]) for name in _KEPT_HEADERS if name in response.headers]
    answer = orjson.dumps([response.status_code, kept]) + b"\n" + body
    return sealing.seal(current().settings.secret_keys, _purpose(g.idempotency_key), answer)


def _open(sealed: bytes, key: str) -> bytes:
    try:
        return sealing.unseal(current().settings.secret_keys, _purpose(key), sealed)
    except sealing.SealError:
        _refuse_lost()


def _refuse_lost() -> NoReturn:
    refuse(409, "answer_lost", "This was done already, but its answer is not kept: read what it made.")


def _told_again(answer: bytes) -> Response:
    head, _, body = answer.partition(b"\n")
    status, headers = orjson.loads(head)
    response = make_response(body, status)
    response.headers.update(headers)
    response.headers[REPLAYED] = "true"
    return response


def _purpose(key: str) -> str:
    """The caller's key is part of what the answer is sealed with, and is kept nowhere."""
    return f"kept answer {caller()} {key}"
