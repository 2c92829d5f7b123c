"""Logs as lines of JSON (or text) on stdout; where they go from there is the operator's choice."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from types import TracebackType
from typing import TypeAlias

import psycopg2
from pythonjsonlogger.json import JsonFormatter
from sqlalchemy.exc import DBAPIError

from funnel.config import Settings

FIELDS = "{levelname}{name}{process}{message}"
NAMES = {"levelname": "level", "name": "logger"}
#: these write secrets or every byte of the wire at DEBUG, and every connection at INFO
QUIET = ("python_http_client", "urllib3", "pika")
#: the request that this thread answers, so that each line it writes can be found by what its caller was told
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

#: what `logging` hands a formatter
Caught: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]  # nothing was raised
)


def configure(settings: Settings) -> None:
    """Called once by each process, before it logs. A library's own handlers are left as they are."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_formatter(settings.log_format))
    handler.addFilter(_name_the_request)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _name_the_request(record: logging.LogRecord) -> bool:
    if (told := request_id.get()) is not None:
        record.request_id = told
    return True


def _formatter(log_format: str) -> logging.Formatter:
    if log_format == "text":
        return _Text("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    return _Json(FIELDS, style="{", timestamp="at", rename_fields=NAMES, json_ensure_ascii=False)


class _Discreet(logging.Formatter):
    """PostgreSQL's messages quote what was written: `Key (email)=(...) already exists`. Logs hold no address and no
    name, so of its errors they tell the kind, the SQLSTATE and the constraint."""

    def formatException(self, ei: Caught) -> str:  # noqa: N802 - logging's name
        return "".join(_told(ei[1])).rstrip("\n") if ei[1] is not None else ""


class _Text(_Discreet):
    pass


class _Json(_Discreet, JsonFormatter):
    pass


def _told(error: BaseException) -> Iterator[str]:
    """The traceback as Python prints it, oldest cause first, with discreet messages."""
    if error.__cause__ is not None:
        yield from _told(error.__cause__)
        yield "\nThe above exception was the direct cause of the following exception:\n\n"
    elif error.__context__ is not None and not error.__suppress_context__:
        yield from _told(error.__context__)
        yield "\nDuring handling of the above exception, another exception occurred:\n\n"
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}: {_message(error)}\n"


def _message(error: BaseException) -> str:
    if isinstance(error, DBAPIError):
        return _message(error.orig) if error.orig is not None else "a database error"
    if isinstance(error, psycopg2.Error):
        return f"SQLSTATE {error.pgcode}, constraint {error.diag.constraint_name}"
    return str(error)
