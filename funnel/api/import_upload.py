"""Taking a large file in: part by part into the database, never whole in memory, never through a file on the disk."""

from __future__ import annotations

from typing import NoReturn
from uuid import UUID

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from funnel.api.errors import refuse
from funnel.crm import files, imports
from funnel.doors import current
from funnel.importing import Guess, Sniffer

_CSV = {"text/csv", "application/octet-stream", "text/plain", "application/csv", "application/vnd.ms-excel"}
#: how files begin that people take for tables, and what to do about each
_NO_TEXT = {
    b"PK\x03\x04": "This is a workbook or an archive: save the sheet as CSV (UTF-8) and send that.",
    b"\xd0\xcf\x11\xe0": "This is an old Excel workbook: save the sheet as CSV and send that.",
    b"%PDF": "This is a PDF: export the people as CSV.",
    b"\x1f\x8b": "This is compressed: send the file inside.",
}


def received(name: str) -> tuple[UUID, Guess]:
    """The file of this request, kept under this name; and which encoding it seems to be in.

    Each part is a transaction of its own, so that a slow sender holds no connection. What was not sent to its end
    goes with the housekeeping. Ends the request with 413, 415 or 422.
    """
    if request.mimetype not in _CSV:
        refuse(415, "unsupported_media_type", "Send the file itself as the body, with the content type text/csv.")
    limit = current().settings.import_max_bytes
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge(f"A file may have {limit // 1024 // 1024} MB here.")
    request.max_content_length = limit + 1
    database, wall = current().database, current().wall()
    with database.transaction() as session:
        file_id = files.create(session, name, "text/csv", wall, keep=imports.KEEP).id
    sniffer, number, size = Sniffer(), 0, 0
    while part := _part():
        size += len(part)
        if size > limit:
            raise RequestEntityTooLarge(f"A file may have {limit // 1024 // 1024} MB here.")
        if number == 0:
            _check_start(part)
        sniffer.feed(part)
        with database.transaction() as session:
            files.append(session, file_id, number, part)
        number += 1
    if size == 0:
        _refuse("The file is empty.")
    with database.transaction() as session:
        files.complete(session, file_id, size)
    return file_id, sniffer.guess()


def _part() -> bytes:
    """The next bytes of the body, as many as a part has unless it ends there."""
    found = bytearray()
    while len(found) < files.PART and (piece := request.stream.read(files.PART - len(found))):
        found += piece
    return bytes(found)


def _check_start(part: bytes) -> None:
    for start, advice in _NO_TEXT.items():
        if part.startswith(start):
            _refuse(advice)


def _refuse(message: str) -> NoReturn:
    refuse(422, "invalid", "The request is not valid.", {"body": [message]})
