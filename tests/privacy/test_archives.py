"""Everything that is kept of one person, in one file that the person can read."""

import csv
import io
import json
import zipfile

from sqlalchemy import text

from tests.privacy.conftest import EMAIL


def opened(answer):
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_it_tells_everything_of_one_lead(service, somebody):
    packed = opened(service.api("GET", f"/leads/{somebody}/archive.zip"))
    told = json.loads(packed.read("archive.json"))

    assert told["subject"]["email"] == EMAIL
    assert told["subject"]["fields"] == {"first_name": "Lenarosa", "last_name": "Zuckerhut"}
    assert told["identifiers"] == {"lead_ids": [somebody], "addresses": [EMAIL]}
    assert told["controller"].keys() == {"service", "sender"}
    assert (told["mail_provider"], told["recipients"]) == ("mailbox", [])
    assert told["retention"]["months_after_the_last_contact"] == 36
    assert [(row["action"], row["wording"]) for row in told["consents"]] == [
        ("pending", "Send me news."),
        ("granted", "Send me news."),
    ]
    assert {row["outcome"] for row in told["form_submissions"]} == {"accepted", "spam"}
    assert told["sources"][0]["campaign"] == "spring"
    assert {row["to"] for row in told["stage_history"]} >= {"opportunity"}
    assert {row["name"] for row in told["score_explanations"]} >= {"Filled in a form", "Confirmed the address"}
    hello = next(row for row in told["messages"] if row["step"] == "hello")
    assert (hello["subject_as_written"], hello["status"]) == ("Hello {{ lead.first_name }}", "accepted")
    assert hello["subject"] == "Hello Lenarosa"
    assert "Your guide is here." in hello["text"]


def test_each_section_is_a_table_as_well(service, somebody):
    packed = opened(service.api("GET", f"/leads/{somebody}/archive.zip"))
    told = json.loads(packed.read("archive.json"))

    for section, rows in told.items():
        if isinstance(rows, list) and rows and isinstance(rows[0], dict):
            table = list(csv.reader(io.StringIO(packed.read(f"{section}.csv").decode("utf-8-sig"))))
            assert table[0] == list(rows[0]), section
            assert len(table) == len(rows) + 1, section
    assert "subject.csv" in packed.namelist()


def test_what_looks_like_a_formula_is_text_in_a_table(service, somebody):
    with service.context.database.transaction() as session:
        session.execute(text("UPDATE touches SET term = '=HYPERLINK(1)'"))
    packed = opened(service.api("GET", f"/leads/{somebody}/archive.zip"))

    assert "'=HYPERLINK(1)" in packed.read("sources.csv").decode("utf-8-sig")


def test_it_is_noted_who_took_it(service, somebody):
    service.api("GET", f"/leads/{somebody}/archive.zip")
    service.api("POST", "/privacy/archive", json={"email": EMAIL})
    service.api("POST", "/privacy/archive", json={"email": "omar@x.example"})

    entries = service.api("GET", "/audit").json["items"]
    assert [(entry["action"], entry["subject"]) for entry in entries if entry["action"].startswith("export")] == [
        ("export_address", "addresses"),
        ("export_lead", f"leads/{somebody}"),
        ("export_lead", f"leads/{somebody}"),
    ]
    assert EMAIL not in json.dumps(entries)


def test_an_address_that_no_lead_has_gets_what_there_is(service, somebody):
    with service.context.database.transaction() as session:
        session.execute(
            text(
                'INSERT INTO mailbox (message_id, "to", sender, subject, text, headers, at)'
                " VALUES (gen_random_uuid(), 'Omar@x.example', 'us', 'Hello', 'Hello', '{}', now())"
            )
        )

    told = json.loads(
        opened(service.api("POST", "/privacy/archive", json={"email": "omar@x.example"})).read("archive.json")
    )

    assert told["subject"] is None
    assert [row["subject"] for row in told["mailbox"]] == ["Hello"]


def test_a_stranger_has_no_archive(service, somebody):
    assert service.api("GET", "/leads/4711/archive.zip").status_code == 404
