"""Logs as lines of JSON (or text) on stdout; where they go from there is the operator's choice."""

from __future__ import annotations

import logging
import sys

from pythonjsonlogger.json import JsonFormatter

from funnel.config import Settings

FIELDS = "{levelname}{name}{process}{message}"
NAMES = {"levelname": "level", "name": "logger"}
#: these write secrets or every byte of the wire at DEBUG, and every connection at INFO
QUIET = ("python_http_client", "urllib3", "pika")


def configure(settings: Settings) -> None:
    """Called once by each process, before it logs. A library's own handlers are left as they are."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_formatter(settings.log_format))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _formatter(log_format: str) -> logging.Formatter:
    if log_format == "text":
        return logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    return JsonFormatter(FIELDS, style="{", timestamp="at", rename_fields=NAMES, json_ensure_ascii=False)
