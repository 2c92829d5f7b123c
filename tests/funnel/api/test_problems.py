"""Errors are problem details; each kind has a page, each answer an id that the log knows."""

import json
import logging

import pytest

from funnel import logs
from funnel.api.problem_types import PROBLEM_TYPES
from tests import problems


def test_a_problem_names_its_kind_and_the_kind_has_a_page(api, client):
    answer = api("POST", "/forms", json={"key": "Not A Key", "name": "x"})

    problems.check(answer)
    assert answer.json["type"] == "/api/docs/problems/invalid"
    page = client.get(answer.json["type"])
    assert page.status_code == 200
    assert PROBLEM_TYPES["invalid"].title in page.text
    assert client.get("/api/docs/problems/nothing").status_code == 404


def test_a_plain_http_error_is_of_no_kind_of_ours(api):
    answer = api("GET", "/forms/none")

    assert (answer.json["type"], answer.json["title"], answer.json["code"]) == ("about:blank", "Not Found", "not_found")


@pytest.mark.parametrize("given", ["a", "0192f0c1-7a3e.x:y~z_1", "x" * 64])
def test_a_caller_may_name_its_request(api, given):
    assert api("GET", "/leads", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize("given", ["", " ", "x" * 65, "a b", "é", 'a"b', "<script>"])
def test_a_name_that_is_not_sane_is_not_taken(api, given):
    told = api("GET", "/leads", headers={"X-Request-Id": given}).headers["X-Request-Id"]

    assert told != given
    assert len(told) == 16


def test_each_answer_of_each_door_has_an_id_of_its_own(client):
    told = [client.get(path).headers["X-Request-Id"] for path in ("/healthz", "/nothing", "/api/v1/leads", "/api/docs")]

    assert len(set(told)) == 4


def test_a_defect_is_a_problem_too_and_its_log_line_has_the_id(app, api, monkeypatch, context, capsys):
    def broken(*_, **__):
        raise RuntimeError("a defect")

    monkeypatch.setattr("funnel.crm.lead_list.page", broken)
    app.testing = False
    kept = logging.getLogger().handlers[:]
    try:
        logs.configure(context.settings)
        answer = api("GET", "/leads", headers={"X-Request-Id": "from-the-shop-7"})
    finally:
        logging.getLogger().handlers[:] = kept
        logging.captureWarnings(False)

    problems.check(answer)
    assert (answer.status_code, answer.json["code"]) == (500, "internal_server_error")
    assert "defect" not in answer.text
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["request_id"] for line in lines if "a defect" in line.get("exc_info", "")] == ["from-the-shop-7"]


def test_outside_a_request_no_line_names_one(context, capsys):
    kept = logging.getLogger().handlers[:]
    try:
        logs.configure(context.settings)
        logging.getLogger("x").warning("alone")
    finally:
        logging.getLogger().handlers[:] = kept
        logging.captureWarnings(False)

    assert "request_id" not in json.loads(capsys.readouterr().out)
