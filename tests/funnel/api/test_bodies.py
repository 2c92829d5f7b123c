"""Whatever is sent, the answer is a clear 4xx in one shape, and nothing is written."""

from io import BytesIO

import orjson
import pytest
from sqlalchemy import func, select

from funnel.models import Form
from tests import problems

GOOD = {"key": "trial", "name": "Trial", "fields": [{"key": "city", "label": "City", "type": "text"}]}
JSON = "application/json"


def raw(**changes):
    return orjson.dumps(GOOD | changes)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "field"),
    [
        (b"", JSON, 400, None),
        (b"{", JSON, 400, None),
        (b"\xff\xfe", JSON, 400, None),
        (b"NaN", JSON, 400, None),
        (b'{"key": "a", "name": Infinity}', JSON, 400, None),
        (b"[" * 20_000, JSON, 400, None),
        (b'{"a":' * 5_000, JSON, 400, None),
        (b'{"key":' + b"[" * 900 + b"]" * 900 + b"}", JSON, 422, "body"),
        (b'{"a":' * 900 + b"1" + b"}" * 900, JSON, 422, "body"),
        (b"9" * 10_000, JSON, 400, None),
        (b"null", JSON, 422, "body"),
        (b"[]", JSON, 422, "body"),
        (b'"text"', JSON, 422, "body"),
        (b"7", JSON, 422, "body"),
        (b"{}", JSON, 422, "key"),
        (raw(), "text/plain", 415, None),
        (raw(), "application/x-www-form-urlencoded", 415, None),
        (raw(), "multipart/form-data", 415, None),
        (raw(), "", 415, None),
        (raw(surprise=1), JSON, 422, "surprise"),
        (raw(name="a\x00b"), JSON, 422, "name"),
        (raw(fields=[{"key": "city", "label": "\x00"}]), JSON, 422, "fields.0.label"),
        (raw(**{"a\x00": 1}), JSON, 422, "body"),
        (b'{"key": "a", "name": "\\ud800"}', JSON, 422, "body"),
        (b'{"key": "a", "name": "\\udc00\\ud800"}', JSON, 422, "body"),
        (raw(key="Not A Key"), JSON, 422, "key"),
        (raw(key=None), JSON, 422, "key"),
        (raw(key=["a"]), JSON, 422, "key"),
        (raw(name=12345678901234567890), JSON, 422, "name"),
        (raw(fields="city"), JSON, 422, "fields"),
        (raw(fields=[{"key": f"f{n}", "label": "x"} for n in range(101)]), JSON, 422, "fields"),
        (raw(fields=[{"key": "a", "label": "A", "type": "teleport"}]), JSON, 422, "fields.0.type"),
        (raw(name="x" * 70_000), JSON, 413, None),
        (raw(fields=[{"key": f"f{n}", "label": "x"} for n in range(10_000)]), JSON, 413, None),
    ],
)
def test_a_bad_body_gets_a_clear_answer_and_leaves_nothing(api, session, body, content_type, status, field):
    answer = api("POST", "/forms", data=body, content_type=content_type)

    assert answer.status_code == status, answer.json
    problems.check(answer)
    assert field is None or field in answer.json["errors"], answer.json
    assert session.scalar(select(func.count()).select_from(Form)) == 0


def test_a_body_of_no_told_length_is_limited_too(api, session):
    body = raw() + b" " * 70_000
    streamed = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}

    answer = api("POST", "/forms", input_stream=BytesIO(body), content_type=JSON, environ_overrides=streamed)

    assert (answer.status_code, answer.json["code"]) == (413, "request_entity_too_large")
    assert session.scalar(select(func.count()).select_from(Form)) == 0


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/leads", 405, "method_not_allowed"),
        ("GET", "/forms/none", 404, "not_found"),
        ("GET", "/forms/%00", 422, "invalid"),
        ("GET", "/forms/%FF", 404, "not_found"),
        ("GET", f"/leads/{2**63}", 404, "not_found"),
        ("PUT", f"/leads/{2**63}/stage", 404, "not_found"),
        ("GET", f"/leads/{'9' * 5000}", 404, "not_found"),
    ],
)
def test_addresses_that_lead_nowhere_answer_in_the_same_shape(api, method, path, status, code):
    answer = api(method, path)

    assert (answer.status_code, answer.json["code"]) == (status, code)
    problems.check(answer)


def test_pages_outside_the_api_do_not_answer_in_json(client):
    assert not client.get("/nothing").is_json


def test_a_lost_database_is_told_in_json(api, monkeypatch):
    from sqlalchemy.exc import OperationalError

    from funnel.crm import lead_list

    def away(*_, **__):
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    monkeypatch.setattr(lead_list, "page", away)
    answer = api("GET", "/leads")

    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")
    assert answer.headers["Retry-After"] == "5"
