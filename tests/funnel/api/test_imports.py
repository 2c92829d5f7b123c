"""Imports over the API, from the file to its rejects; the jobs are worked on by the test itself."""

import io
from dataclasses import replace

import pytest
from sqlalchemy import text

from funnel import import_work, jobs
from funnel.crm import jobs as asked_jobs
from funnel.models import Import

FILE = "Email;Prénom;Tags;Désinscrit\nann@example.com;Ann;vip;\nbob@example.com;Bob;;oui\nnobody;=1+1;;\n"
CSV = {"Content-Type": "text/csv"}
CONSENT = {
    "state": "consented",
    "purpose": "email_marketing",
    "wording": "Je veux la lettre",
    "at": "2025-01-02T00:00:00Z",
    "proof": "le formulaire de la boutique",
}


@pytest.fixture
def sent(api):
    def send(file=FILE, query="?name=gens.csv", **headers):
        data = file.encode() if isinstance(file, str) else file
        return api("POST", f"/imports{query}", data=data, headers=CSV | headers)

    return send


@pytest.fixture
def worked(context):
    """Works on the job of an import until it is over."""

    def work(one):
        jobs.work(context, import_work.kinds(context.settings), one["job"]["id"], lambda: True)

    return work


def changed(api, one, **changes):
    return api("PATCH", f"/imports/{one['id']}", json=changes, headers={"If-Match": f'"{one["revision"]}"'})


def test_a_file_is_sent_and_everything_about_it_is_guessed(sent):
    answer = sent()

    one = answer.json
    assert (answer.status_code, answer.headers["ETag"]) == (201, f'"{one["revision"]}"')
    assert (one["name"], one["size"], one["kept"], one["run_at"]) == ("gens.csv", len(FILE.encode()), True, None)
    assert one["reading"] == {
        "encoding": "utf-8",
        "separator": ";",
        "header": True,
        "day_first": True,
        "confidence": 0.95,
    }
    assert one["names"] == ["Email", "Prénom", "Tags", "Désinscrit"]
    assert one["columns"] == ["email", "fields.first_name", "tags", "opt_out"]
    assert one["rows"][0] == ["ann@example.com", "Ann", "vip", ""]
    assert (one["policy"], one["consent"], one["may_enter"]) == ("fill", {"state": "unknown"}, False)


def test_from_the_file_over_the_dry_run_to_the_report_and_the_rejects(api, sent, worked):
    one = sent().json
    one = changed(api, one, consent=CONSENT, tags=["fair"], policy="overwrite").json

    checking = api("POST", f"/imports/{one['id']}/check")
    assert (checking.status_code, checking.json["job"]["status"]) == (202, "waiting")
    worked(checking.json)
    checked = api("GET", f"/imports/{one['id']}").json
    assert checked["checked"] == {
        "rows": 3,
        "new": 2,
        "updated": 0,
        "unchanged": 0,
        "refusing": 1,
        "refused": 1,
        "reasons": {"email": 1},
    }
    worked(api("POST", f"/imports/{one['id']}/run").json)

    done = api("GET", f"/imports/{one['id']}").json
    assert (done["job"]["status"], done["result"]["new"], done["result"]["may_mail"]) == ("done", 2, 1)
    assert done["result"]["may_not"] == {"unsubscribed": 1}
    assert done["consent"]["proof"] == "le formulaire de la boutique"
    assert done["consent"]["by"].startswith("token ")
    refusals = api("GET", f"/imports/{one['id']}/refusals").json
    assert refusals == {"items": [{"line": 4, "reason": "email", "column": "Email", "first_line": None}]}
    rejects = api("GET", f"/imports/{one['id']}/rejects.csv")
    assert rejects.headers["Content-Disposition"] == f'attachment; filename="import-{one["id"]}-rejects.csv"'
    assert rejects.get_data(as_text=True).lstrip("\ufeff").splitlines() == [
        "Email;Prénom;Tags;Désinscrit;Import line;Import error",
        "nobody;'=1+1;;;4;Email: This is not an email address.",
    ]
    assert [item["id"] for item in api("GET", "/imports").json["items"]] == [one["id"]]


def test_refused_rows_that_were_mended_come_back_without_their_reasons(sent):
    one = sent("Email,Import line,Import error\nann@example.com,4,x\n").json

    assert one["columns"] == ["email", "ignore", "ignore"]


def test_another_reading_guesses_the_columns_anew(api, sent):
    one = sent("Email;Prénom\nann@example.com;Hélène\n".encode("cp1252")).json
    assert one["reading"]["encoding"] == "cp1252"

    answer = changed(api, one, reading={"separator": ",", "header": False})

    assert answer.json["columns"] == ["fields.column_1"]
    assert answer.json["reading"]["confidence"] == 1.0


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"columns": ["email"]}, "columns"),
        ({"columns": ["email", "email", "tags", "ignore"]}, "columns.1"),
        ({"columns": ["email", "fields.", "tags", "ignore"]}, "columns.1"),
        ({"policy": "merge"}, "policy"),
        ({"reading": {"encoding": "klingon"}}, "reading.encoding"),
        ({"consent": {"state": "consented", "purpose": "news"}}, "consent.proof"),
        ({"consent": {"state": "customers"}}, "consent.proof"),
        ({"consent": CONSENT | {"at": "2199-01-01T00:00:00Z"}}, "consent.at"),
        ({"consent": CONSENT | {"proof": "  "}}, "consent.proof"),
        ({"tags": ["a,b"]}, "tags.0"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_what_cannot_be_is_refused_by_its_path_and_changes_nothing(api, sent, changes, path):
    one = sent().json

    answer = changed(api, one, **changes)

    assert answer.status_code == 422
    assert path in answer.json["errors"]
    assert api("GET", f"/imports/{one['id']}").json == one


def test_a_change_names_what_it_replaces(api, sent):
    one = sent().json

    assert api("PATCH", f"/imports/{one['id']}", json={"policy": "new"}).status_code == 428
    changed(api, one, policy="new")
    assert changed(api, one, policy="fill").status_code == 412


def test_without_addresses_nothing_is_started(api, sent):
    one = changed(api, sent().json, columns=["ignore", "fields.first_name", "tags", "opt_out"]).json

    answer = api("POST", f"/imports/{one['id']}/run")

    assert (answer.status_code, answer.json["errors"]) == (422, {"columns": ["One column must be `email`."]})


def test_an_import_under_way_is_left_alone_and_can_be_cancelled(api, sent):
    one = sent().json
    assert api("POST", f"/imports/{one['id']}/cancel").status_code == 409
    api("POST", f"/imports/{one['id']}/run")

    assert changed(api, one, policy="new").json["code"] == "busy"
    assert api("POST", f"/imports/{one['id']}/check").json["code"] == "busy"
    assert api("POST", f"/imports/{one['id']}/cancel").json["job"]["status"] == "cancelled"
    assert changed(api, one, policy="new").status_code == 200


def test_an_import_is_run_once(api, sent, worked):
    one = api("POST", f"/imports/{sent().json['id']}/run").json
    worked(one)

    for path in ("check", "run"):
        assert api("POST", f"/imports/{one['id']}/{path}").json["code"] == "over"
    assert changed(api, one, policy="new").json["code"] == "over"


def test_a_run_that_failed_before_it_wrote_can_be_mended_and_run(api, sent, worked, context):
    one = changed(api, sent(FILE.encode() + b"\xff\xfe;x\n").json, reading={"encoding": "utf-8"}).json
    worked(api("POST", f"/imports/{one['id']}/run").json)
    failed = api("GET", f"/imports/{one['id']}").json
    assert (failed["job"]["status"], failed["job"]["reason"]) == ("failed", "encoding in line 5")

    mended = changed(api, failed, reading={"encoding": "cp1252"}).json
    worked(api("POST", f"/imports/{mended['id']}/run").json)

    assert api("GET", f"/imports/{one['id']}").json["result"]["refused"] == 2


@pytest.mark.parametrize(
    ("file", "status", "says"),
    [
        (b"", 422, "empty"),
        (b"PK\x03\x04rest", 422, "workbook"),
        (b"%PDF-1.7", 422, "PDF"),
    ],
)
def test_what_is_no_table_of_text_is_refused_with_what_to_do(sent, file, status, says):
    answer = sent(file)

    assert answer.status_code == status
    assert says in answer.json["errors"]["body"][0]


def test_only_a_file_is_taken(api):
    answer = api("POST", "/imports", json={"a": 1})

    assert answer.status_code == 415


@pytest.mark.parametrize("told", [True, False])
def test_a_file_too_large_is_refused_whether_or_not_it_says_how_long_it_is(api, app, context, told, token):
    context.settings = replace(context.settings, import_max_bytes=2 * 1024 * 1024)
    body = b"email\n" + b"ann@example.com\n" * 200_000
    length = {"CONTENT_LENGTH": str(len(body))} if told else {}
    environ = {"wsgi.input_terminated": True, "HTTP_AUTHORIZATION": token("all")["Authorization"]} | length
    answer = app.test_client().post(
        "/api/v1/imports",
        input_stream=io.BytesIO(body),
        content_type="text/csv",
        environ_overrides=environ,
    )

    assert answer.status_code == 413
    assert "2 MB" in answer.json["detail"]


def test_a_file_is_kept_in_parts_and_never_whole_in_memory(sent, session):
    sent(b"email\n" + b"ann@example.com\n" * 200_000)

    assert session.execute(text("SELECT count(*), max(length(data)) FROM file_parts")).one() == (4, 1024 * 1024)


def test_lists_cost_the_same_however_many_there_are(api, sent, queries):
    for _ in range(3):
        api("POST", f"/imports/{sent().json['id']}/check")
    queries.clear()
    api("GET", "/imports")
    few = len(queries)
    for _ in range(5):
        api("POST", f"/imports/{sent().json['id']}/check")
    queries.clear()

    assert len(api("GET", "/imports").json["items"]) == 8
    assert len(queries) == few


def test_when_the_file_is_gone_what_became_of_it_is_still_told(api, sent, worked, session):
    one = api("POST", f"/imports/{sent().json['id']}/run").json
    worked(one)
    session.execute(text("DELETE FROM files"))
    session.commit()

    assert api("GET", f"/imports/{one['id']}").json["kept"] is False
    assert api("GET", f"/imports/{one['id']}/rejects.csv").status_code == 410
    assert api("GET", f"/imports/{one['id']}/refusals").json["items"][0]["line"] == 4


def test_a_token_needs_its_scope(client, token, sent):
    one = sent().json["id"]

    assert client.get(f"/api/v1/imports/{one}", headers=token("imports:read")).status_code == 200
    for method, path in (("POST", ""), ("PATCH", f"/{one}"), ("POST", f"/{one}/run"), ("POST", f"/{one}/check")):
        answer = client.open(f"/api/v1/imports{path}", method=method, headers=token("imports:read", "leads:write"))
        assert answer.status_code == 403


def test_who_runs_an_import_is_in_the_audit_log(api, sent, session):
    one = sent().json["id"]
    api("POST", f"/imports/{one}/run")

    told = session.execute(text("SELECT action, subject FROM audit ORDER BY id")).all()
    assert ("run_import", f"imports/{one}") in [tuple(row) for row in told]
    assert any(row.action == "create_import" for row in told)


def test_there_is_none_of_another_number(api):
    for method, path in (("GET", "/imports/9"), ("POST", "/imports/9/run"), ("GET", "/imports/9/rejects.csv")):
        assert api(method, path).status_code == 404


def test_an_import_whose_job_was_forgotten_is_still_told(api, sent, worked, session):
    one = api("POST", f"/imports/{sent().json['id']}/run").json
    worked(one)
    session.execute(text("UPDATE jobs SET ended_at = ended_at - interval '100 days'"))
    asked_jobs.forget_old(session, session.get_one(Import, one["id"]).updated_at)
    session.commit()
    session.expire_all()

    told = api("GET", f"/imports/{one['id']}").json
    assert (told["job"], told["result"]["new"]) == (None, 2)
