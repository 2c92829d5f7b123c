"""Exports over HTTP, on real commits: the download has a connection of its own."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from datetime import timedelta

import pytest
from pyarrow import parquet
from sqlalchemy import text

import wsgi
from funnel.api import patience
from funnel.crm import forms, tokens
from funnel.crm.facts import Fact, record
from funnel.exports import PRESETS
from funnel.models import Touch
from funnel.schemas.form import FormIn
from tests import factories
from tests.conftest import NOW

FORM = {
    "key": "guide",
    "name": "Guide",
    "fields": [
        {"key": "email", "label": "Email", "type": "email", "required": True},
        {"key": "first_name", "label": "First name", "type": "text"},
        {"key": "company", "label": "Company", "type": "text"},
    ],
    "consents": [],
}


@pytest.fixture
def export(committed):
    """Downloads from the whole application."""
    app = wsgi.compose(committed.settings, committed)
    with committed.database.transaction() as session:
        token = tokens.add(session, "reader", ["exports:read"], committed.wall())
    client = app.test_client()

    def download(path, whole=True, **query):
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.get(f"/api/v1/exports{path}", query_string=query, headers=headers)
        if whole:
            answer.get_data()
            answer.close()
        return answer

    return download


@pytest.fixture
def lena(committed):
    with committed.database.transaction() as session:
        forms.create_form(session, FormIn().load(FORM), NOW)
        lead = factories.lead(
            session,
            "lena@example.com",
            fields={"first_name": 'Léna "L."', "company": "=cmd|' /C calc'!A0", "phone": "+33 6 12", "n": 7},
            tags=["a", "b"],
            fit=3.456,
        )
        session.add(Touch(lead_id=lead.id, source="news", campaign="@summer", at=NOW))
        record(session, [Fact("tagged", lead.id, NOW, {"tag": "a:b"})])
        return lead.id


def rows(answer, delimiter=","):
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_csv_has_the_usual_columns_and_the_fields_of_forms(export, lena):
    answer = export("/leads.csv")
    told = rows(answer)

    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="leads-')
    assert answer.get_data().endswith(b"\r\n")
    assert answer.get_data().count(b"\n") == answer.get_data().count(b"\r\n") == 2
    assert told == [
        {
            "id": str(lena),
            "email": "lena@example.com",
            "stage": "subscriber",
            "score": "3.46",
            "fit": "3.46",
            "engagement": "0",
            "tags": "a, b",
            "zone": "",
            "locale": "",
            "created_at": "2026-03-02T10:00:00Z",
            "updated_at": "2026-03-02T10:00:00Z",
            "fields.company": "'=cmd|' /C calc'!A0",
            "fields.first_name": 'Léna "L."',
        }
    ]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+33 (0)6-12.34", "+33 (0)6-12.34"),
        ("-5", "-5"),
        ("+cmd", "'+cmd"),
        ("-2+3+cmd", "'-2+3+cmd"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\tx", "'\tx"),
        ("\r=x", "'\r=x"),
        ("\n=x", "'\n=x"),
        ("＝1", "'＝1"),
        ("a=b", "a=b"),
        ("", ""),
        ("two\r\nlines; and, more", "two\r\nlines; and, more"),
        ("\\.", "\\."),
        ("\\N", "\\N"),
    ],
)
def test_no_cell_is_a_formula_and_none_is_changed_otherwise(export, committed, value, cell):
    with committed.database.transaction() as session:
        factories.lead(session, fields={"x": value})

    assert [row["fields.x"] for row in rows(export("/leads.csv", columns="fields.x,id"))] == [cell]
    told = export("/leads.ndjson", columns="fields.x").get_data().decode()
    assert [json.loads(line)["fields.x"] for line in told.split("\n")[:-1]] == [value]


def test_excel_gets_its_mark_and_its_separator(export, lena):
    answer = export("/leads.csv", columns="email,may_mail,source,campaign", separator="semicolon", bom="true")

    assert answer.get_data().startswith(b"\xef\xbb\xbfemail;may_mail;source;campaign\r\n")
    assert rows(answer, ";") == [
        {"email": "lena@example.com", "may_mail": "true", "source": "news", "campaign": "'@summer"}
    ]


def test_ndjson_keeps_types_and_is_read_line_by_line(export, lena):
    answer = export("/leads.ndjson", columns="id,tags,fields,fields.n,created_at,may_mail,zone")
    lines = answer.get_data().decode().split("\n")

    assert answer.content_type == "application/x-ndjson"
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [
        {
            "id": lena,
            "tags": ["a", "b"],
            "fields": {"first_name": 'Léna "L."', "company": "=cmd|' /C calc'!A0", "phone": "+33 6 12", "n": 7},
            "fields.n": 7,
            "created_at": "2026-03-02T10:00:00+00:00",
            "may_mail": True,
            "zone": None,
        }
    ]


def test_parquet_has_types_and_is_read_by_others(export, lena):
    answer = export("/leads.parquet", columns="id,email,score,tags,fields,fields.n,created_at,may_mail,zone")
    table = parquet.read_table(io.BytesIO(answer.get_data()))

    row = table.to_pylist()[0]
    assert (row["id"], row["score"], row["tags"], row["may_mail"]) == (lena, 3.46, ["a", "b"], True)
    assert row["created_at"] == NOW
    assert json.loads(row["fields"])["n"] == 7
    assert (row["fields.n"], row["zone"]) == ("7", None)


def test_parquet_of_nothing_is_a_file_too(export):
    assert parquet.read_table(io.BytesIO(export("/events.parquet").get_data())).num_rows == 0


def test_parquet_without_its_package_says_which_one(export, monkeypatch):
    monkeypatch.setattr("funnel.exports.parquet.find_spec", lambda _: None)
    answer = export("/leads.parquet")

    assert answer.status_code == 501
    assert "pyarrow" in answer.json["detail"]
    assert "parquet" not in export("").json["items"][0]["formats"]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_has_headings_that_the_other_crm_knows(export, lena, preset):
    answer = export("/leads.csv", preset=preset)
    told = rows(answer)[0]

    assert f"leads-{preset}-" in answer.headers["Content-Disposition"]
    assert list(told) == [heading for heading, _ in PRESETS[preset]]
    assert "lena@example.com" in told.values()
    assert told["Funnel ID"] == str(lena)


def test_salesforce_gets_what_it_requires(export, lena):
    told = rows(export("/leads.csv", preset="salesforce"))[0]

    assert (told["LastName"], told["Phone"], told["HasOptedOutOfEmail"]) == ("[not provided]", "+33 6 12", "false")


def test_filters_are_those_of_the_list(export, lena, committed):
    with committed.database.transaction() as session:
        factories.lead(session, "omar@example.com", tags=["x:y", "100%"], at=NOW + timedelta(days=2))

    def told(**query):
        return [row["email"] for row in rows(export("/leads.csv", **query))]

    assert told(tag="x:y") == told(tag="100%") == ["omar@example.com"]
    assert told(search="léna") == ["lena@example.com"]
    assert told(email="Lena@Example.com") == ["lena@example.com"]
    assert told(stage="customer") == []
    assert told(since="2026-03-03T00:00:00Z") == ["omar@example.com"]
    assert told(until="2026-03-03T00:00:00Z") == ["lena@example.com"]


def test_every_table_that_is_listed_can_be_downloaded_in_every_format(export, lena):
    listed = export("").json["items"]

    assert {table["name"] for table in listed} >= {"leads", "submissions", "consents", "events", "messages"}
    for table in listed:
        for kind in table["formats"]:
            answer = export(f"/{table['name']}.{kind}", columns=",".join(table["columns"]))
            assert answer.status_code == 200, table
    assert [row["data"] for row in rows(export("/events.csv"))] == ['{"tag": "a:b"}']


@pytest.mark.parametrize(
    ("path", "query", "status", "field"),
    [
        ("/leads.csv", {"columns": "nothing"}, 422, "columns"),
        ("/leads.csv", {"columns": "id", "preset": "hubspot"}, 422, "columns"),
        ("/leads.csv", {"preset": "none"}, 422, "preset"),
        ("/leads.csv", {"separator": "|"}, 422, "separator"),
        ("/leads.csv", {"limit": "5"}, 422, "limit"),
        ("/leads.csv", {"since": "yesterday"}, 422, "since"),
        ("/events.csv", {"tag": "a"}, 422, "tag"),
        ("/events.csv", {"columns": "fields.x"}, 422, "columns"),
        ("/nothing.csv", {}, 404, None),
        ("/leads.xlsx", {}, 404, None),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(export, path, query, status, field):
    answer = export(path, **query)

    assert answer.status_code == status
    assert field is None or list(answer.json["errors"]) == [field]


def test_a_field_of_any_name_is_quoted(export, committed):
    with committed.database.transaction() as session:
        factories.lead(session, fields={"a b-c.d": "x"})

    assert rows(export("/leads.csv", columns="fields.a b-c.d"))[0]["fields.a b-c.d"] == "x"
    assert export("/leads.csv", columns="fields.a' || version() || '").status_code == 422


def test_it_is_noted_who_exported_what(export, lena, committed):
    export("/leads.csv", tag="a", preset="hubspot").get_data()
    with committed.database.transaction() as session:
        entry = session.execute(text("SELECT actor, action, subject, detail FROM audit WHERE action = 'export'")).one()

    assert entry.actor.startswith("token ")
    assert entry.subject == "leads"
    assert entry.detail == {"format": "csv", "filters": ["all_tags"], "preset": "hubspot"}


def test_there_is_room_for_some_at_a_time(export):
    taken = [patience.take() for _ in range(patience.SLOTS)]
    answer = export("/leads.csv")
    for slot in taken:
        slot.give_back()

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert all(export("/leads.csv").status_code == 200 for _ in range(patience.SLOTS + 1))


def test_whoever_stops_reading_frees_the_connection(export, committed):
    with committed.database.transaction() as session:
        session.execute(
            text("INSERT INTO events (at, kind, data) SELECT now(), 'x', '{}' FROM generate_series(1, 200000)")
        )
    answer = export("/events.csv", whole=False)
    assert until(lambda: running(committed) == 1)
    answer.close()

    assert until(lambda: running(committed) == 0)
    assert not [thread for thread in threading.enumerate() if thread.name == "export"]


def running(context):
    query = text("""
        SELECT count(*) FROM pg_stat_activity WHERE application_name = 'funnel export' AND datname = current_database()
    """)
    with context.database.transaction() as session:
        return session.execute(query).scalar()


def until(holds, seconds=10):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()
