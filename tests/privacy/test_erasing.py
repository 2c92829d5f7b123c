"""Erasure keeps its word: nothing that tells of a person is left, and what is left still counts."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from funnel.crm import jobs, suppressions
from funnel.crm.erasure_file import ErasureFile
from funnel.models import Erasure
from nurture_sequences import counts
from tests.privacy.conftest import EMAIL, POST, TRACES, found_in, traces_in


def counted(service):
    with service.context.database.transaction() as session:
        sequence, version = session.execute(text("SELECT sequence_id, id FROM versions")).one()
        told = counts.of_version(session, sequence, version, 1)
        return {step.step: (step.entered, step.sent, step.refused) for step in told.steps}


def test_after_an_erasure_neither_a_dump_nor_a_file_tells_of_the_person(service, somebody):
    assert len(found_in(service.dump())) >= 10

    answer = service.erase(somebody)

    assert answer.status_code == 200, answer.json
    assert found_in(service.dump()) == []
    assert traces_in(service.context.settings.home) == []


def test_the_person_was_in_every_table_that_says_how_it_forgets(service, somebody):
    """Else the test above would prove little."""
    told = service.api("POST", "/privacy/look-up", json={"email": EMAIL.upper()}).json
    rows = service.erase(somebody).json["rows"]

    assert told["lead_id"] == somebody
    assert told["rows"].keys() >= {
        "consents",
        "form_submissions",
        "sources",
        "mailbox",
        "messages",
        "provider_events",
        "score_explanations",
        "sequences",
        "stage_history",
        "steps",
    }
    assert rows.keys() >= {
        "consents",
        "enrollments",
        "leads",
        "lead_clocks",
        "messages",
        "score_entries",
        "submissions",
        "touches",
    }


def test_the_story_stays_without_the_person(service, somebody):
    before = service.rows("SELECT id, kind FROM events WHERE lead_id = :lead ORDER BY id", lead=somebody)

    service.erase(somebody)

    after = service.rows("SELECT id, kind, data FROM events WHERE lead_id = :lead ORDER BY id", lead=somebody)
    assert [row[:2] for row in after[: len(before)]] == before
    assert [(kind, data) for _, kind, data in after][-1] == ("erased", {"reason": "asked"})
    assert service.rows("SELECT * FROM pending_facts WHERE lead_id = :lead", lead=somebody) == []


def test_reports_count_as_before(service, somebody):
    before = counted(service)
    assert before["hello"] == (1, 1, 0)

    service.erase(somebody)

    assert counted(service) == before


def test_mail_that_waits_is_never_sent_and_nobody_is_left_in_a_sequence(service, somebody):
    service.erase(somebody)
    service.play.after(days=30)

    assert service.rows("SELECT status, reason FROM messages WHERE occasion = 'test'") == [("skipped", "erased")]
    assert service.rows("SELECT DISTINCT status FROM enrollments") == [("ended",)]
    assert service.one("SELECT count(*) FROM mailbox") == 0


def test_the_address_is_not_mailed_again_unless_the_order_says_so(service, somebody):
    key = service.context.settings.fingerprint_key
    service.erase(somebody)

    with service.context.database.transaction() as session:
        assert suppressions.suppressed(session, [EMAIL], key) == {EMAIL}


def test_with_suppress_false_the_address_may_come_back(service, somebody):
    with service.context.database.transaction() as session:
        session.execute(text("DELETE FROM suppressions"))
    service.erase(somebody, suppress=False, reason="mistake")

    assert service.rows("SELECT reason FROM suppressions") == []


def test_a_file_that_names_the_person_goes_and_its_job_fails(service, somebody):
    service.erase(somebody)

    assert service.rows("SELECT name FROM files") == [("a.csv",)]
    assert service.rows("SELECT status, reason FROM jobs") == [("failed", "erased")]


def test_the_erasure_is_listed_audited_and_written_outside_the_database(service, somebody):
    service.erase(somebody)

    [listed] = service.api("GET", "/privacy/erasures").json["items"]
    assert (listed["lead_id"], listed["reason"], listed["suppressed"]) == (somebody, "asked", True)
    [entry] = service.api("GET", f"/audit?subject=leads/{somebody}&action=erase_lead").json["items"]
    assert entry["detail"] == {"keys": ["confirm", "reason"]}
    installation = service.one("SELECT id FROM installation")
    [line] = ErasureFile(service.context.settings.home).lines(installation)
    assert (line.lead_id, str(line.id)) == (somebody, listed["id"])
    assert (service.context.settings.home / "erasures").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("body", [{}, {"confirm": 0}, {"reason": "because"}, {"confirm": None}])
def test_without_the_number_once_more_or_a_reason_nothing_happens(service, somebody, body):
    asked = {"confirm": somebody, "reason": "asked"} | body if body else {}

    assert service.api("POST", f"/leads/{somebody}/erase", json=asked).status_code == 422
    assert service.one("SELECT count(*) FROM leads") == 1


def test_a_second_time_there_is_nobody(service, somebody):
    service.erase(somebody)

    assert service.erase(somebody).status_code == 404
    assert service.api("GET", f"/leads/{somebody}").status_code == 404


def test_while_a_mail_is_on_the_wire_the_answer_is_to_wait(service, somebody):
    with service.context.database.transaction() as session:
        session.execute(
            text(
                "UPDATE messages SET status = 'sending', claim = :claim, held = NULL,"
                " send_by = now() + interval '30 s' WHERE occasion = 'test'"
            ),
            {"claim": uuid4()},
        )

    answer = service.erase(somebody)

    assert (answer.status_code, answer.json["code"]) == (409, "on_the_wire")
    assert service.one("SELECT count(*) FROM leads") == 1
    assert service.one("SELECT count(*) FROM files") == 2

    service.rows("SELECT 1")
    with service.context.database.transaction() as session:
        session.execute(text("UPDATE messages SET send_by = now() - interval '1 s' WHERE occasion = 'test'"))
    assert service.erase(somebody).status_code == 200


def test_an_address_that_no_lead_has_is_found_shown_and_erased(service, somebody):
    service.erase(somebody, suppress=False)
    assert service.client.post("/f/guide", json=POST | {"hp_company": ""}).status_code == 201
    with service.context.database.transaction() as session:
        session.execute(text("UPDATE submissions SET lead_id = NULL, outcome = 'spam', reason = 'honeypot'"))
        session.execute(text("DELETE FROM consents"))
        session.execute(text("DELETE FROM touches"))
        session.execute(text("DELETE FROM leads"))

    told = service.api("POST", "/privacy/look-up", json={"email": EMAIL}).json
    answer = service.api("POST", "/privacy/erase", json={"email": EMAIL, "confirm": EMAIL, "reason": "asked"})

    assert (told["lead_id"], told["rows"]["form_submissions"]) == (None, 1)
    assert answer.json["rows"] == {"submissions": 1}
    assert [line for line in found_in(service.dump()) if "copy" not in line] == []


def test_who_posts_a_form_at_the_same_time_is_a_new_lead_or_none(service, somebody):
    """Many rounds of an erasure against a post of the same person: never half of either."""
    for round_ in range(10):
        [lead_id] = service.rows("SELECT id FROM leads")[0]
        start, answers = threading.Barrier(2), []

        def post(start=start, answers=answers):
            start.wait()
            answers.append(service.app.test_client().post("/f/guide", json=POST).status_code)

        other = threading.Thread(target=post)
        other.start()
        start.wait()
        assert service.erase(lead_id, suppress=False).status_code == 200
        other.join()

        assert answers == [201]
        left = service.rows("SELECT id FROM leads")
        orphans = service.rows("SELECT lead_id FROM submissions WHERE lead_id NOT IN (SELECT id FROM leads)")
        assert orphans == []
        assert lead_id not in [row[0] for row in left]
        if not left:
            assert found_in(service.dump("--data-only")) == [], round_
            assert service.client.post("/f/guide", json=POST).status_code == 201


def test_the_engine_at_work_on_a_person_meets_its_erasure(service, somebody):
    """A claim holds the lead's lock: the erasure waits for it, and the mail that was queued goes or does not go."""
    with service.context.database.transaction() as session:
        session.execute(text("UPDATE messages SET held = NULL, due_at = now() WHERE occasion = 'test'"))
    stop = threading.Event()

    def work():
        while not stop.is_set():
            service.play.pulse.turn()

    engine = threading.Thread(target=work)
    engine.start()
    try:
        answer = service.erase(somebody)
        while answer.status_code == 409:
            answer = service.erase(somebody)
    finally:
        stop.set()
        engine.join()
    service.play.turn()

    assert answer.status_code == 200
    assert [line for line in found_in(service.dump()) if "sequences" not in line] == []


def test_nothing_of_the_test_is_true_by_accident(service, somebody):
    """Each trace is there before, in the dump as in the mails."""
    dump = service.dump().lower()

    assert all(dump.count(trace) > 5 for trace in TRACES)
    with service.context.database.transaction() as session:
        assert session.scalars(select(Erasure)).all() == []
        assert jobs.page(session).items[0].status in ("waiting", "failed")
    assert service.one("SELECT max(at) - min(at) FROM events") >= timedelta(days=1)
