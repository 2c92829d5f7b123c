"""Logs are lines that machines read, and hold no secret of a library."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from funnel import logs
from funnel.config import Settings


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)


def test_a_line_is_json_with_its_own_fields(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(replace(settings, log_format="json"))

    logging.getLogger("funnel.test").warning("held %s", "back", extra={"messages": 3})

    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["logger"], line["message"], line["messages"]) == (
        "WARNING",
        "funnel.test",
        "held back",
        3,
    )
    assert line["at"].endswith("+00:00")


def test_an_exception_stays_in_its_line(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(replace(settings, log_format="json"))

    try:
        raise ValueError("a poison row")
    except ValueError:
        logging.getLogger("funnel.test").exception("set aside")

    [line] = capsys.readouterr().out.splitlines()
    assert "ValueError: a poison row" in json.loads(line)["exc_info"]


@pytest.mark.parametrize("form", ["json", "text"])
def test_what_the_database_quotes_of_a_row_stays_out(
    settings: Settings, capsys: pytest.CaptureFixture[str], session: Session, form: str
) -> None:
    logs.configure(replace(settings, log_format=form))
    add = text(
        "INSERT INTO leads (email, stage_since, created_at, updated_at) "
        "VALUES ('lena@example.com', now(), now(), now())"
    )
    session.execute(add)

    try:
        try:
            session.execute(add)
        except IntegrityError as error:
            raise RuntimeError("the batch failed") from error
    except RuntimeError:
        logging.getLogger("funnel.test").exception("set aside")

    out = capsys.readouterr().out
    assert "lena@example.com" not in out
    assert "RuntimeError: the batch failed" in out
    assert "UniqueViolation: SQLSTATE 23505, constraint uq_leads_email" in out
    assert "test_logs.py" in out


def test_text_is_for_people(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(replace(settings, log_format="text"))

    logging.getLogger("funnel.test").info("ready")

    assert capsys.readouterr().out.endswith("INFO    funnel.test: ready\n")


def test_libraries_that_would_log_secrets_or_the_wire_are_quiet(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(settings)

    for name in ("python_http_client.client", "urllib3.connectionpool", "pika.adapters"):
        logging.getLogger(name).info("a secret")

    assert capsys.readouterr().out == ""
