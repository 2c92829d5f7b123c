"""A write that is sent twice is done once, whatever is lost on the way: on real commits."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

import wsgi
from funnel.api import idempotency
from funnel.crm import forms, kept_answers, tokens
from funnel.models import AuditEntry, Form, KeptAnswer
from tests import problems

FORM = {"key": "trial", "name": "Trial"}
ONCE = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


@pytest.fixture
def app(committed):
    app = wsgi.compose(committed.settings, committed)
    app.testing = True
    return app


@pytest.fixture
def token(committed):
    def make(*scopes):
        with committed.database.transaction() as session:
            return {"Authorization": f"Bearer {tokens.add(session, 'test', scopes, committed.wall())}"}

    return make


@pytest.fixture
def count(committed):
    def rows(table):
        with committed.database.transaction() as session:
            return session.scalar(select(func.count()).select_from(table))

    return rows


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(api, count):
    first = api("POST", "/forms", json=FORM, headers=ONCE)
    again = api("POST", "/forms", json=FORM, headers=ONCE)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert (again.headers["ETag"], again.headers["Content-Type"]) == (first.headers["ETag"], "application/json")
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count(Form) == 1


def test_a_key_with_the_quotes_of_a_structured_field_is_the_same_key(api):
    api("POST", "/forms", json=FORM, headers={"Idempotency-Key": '"abc"'})

    assert api("POST", "/forms", json=FORM, headers={"Idempotency-Key": "abc"}).headers["Idempotency-Replayed"]


@pytest.mark.parametrize("path", ["/forms", "/tokens"])
def test_another_request_with_the_key_is_refused(api, count, path):
    api("POST", "/forms", json=FORM, headers=ONCE)

    other = api("POST", path, json=FORM | {"name": "Other"}, headers=ONCE)

    problems.check(other)
    assert (other.status_code, other.json["code"]) == (422, "key_reused")
    assert count(Form) == 1


def test_two_callers_may_choose_the_same_key(api, client, token):
    api("POST", "/forms", json=FORM, headers=ONCE)

    other = client.post("/api/v1/forms", json=FORM | {"key": "other"}, headers=ONCE | token("forms:write"))

    assert other.status_code == 201


def test_what_failed_may_be_sent_again_better(api, count):
    wrong = api("POST", "/forms", json=FORM | {"key": "Not A Key"}, headers=ONCE)
    right = api("POST", "/forms", json=FORM, headers=ONCE)

    assert (wrong.status_code, right.status_code) == (422, 201)
    assert count(KeptAnswer) == 1


def test_only_what_was_done_is_in_the_audit_log(api, committed):
    api("POST", "/forms", json=FORM | {"key": "Not A Key"}, headers=ONCE)
    api("POST", "/forms", json=FORM, headers=ONCE)
    api("POST", "/forms", json=FORM, headers=ONCE)

    with committed.database.transaction() as session:
        assert session.scalars(select(AuditEntry.action)).all() == ["create_form"]


@pytest.mark.parametrize("key", ["", '"', "é", "x" * 256, 'a"b', "a\tb"])
def test_what_is_no_key_is_refused(api, count, key):
    answer = api("POST", "/forms", json=FORM, headers={"Idempotency-Key": key})

    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
    assert count(Form) == 0


def test_reading_takes_no_key(api, count):
    api("POST", "/rules/scoring/check", json={}, headers=ONCE)
    api("GET", "/forms", headers=ONCE)

    assert count(KeptAnswer) == 0


def test_while_the_first_is_under_way_a_repeat_is_told_so(app, api, committed, count, monkeypatch):
    inside, go_on, create = threading.Event(), threading.Event(), forms.create_form

    def slowly(*args):
        inside.set()
        go_on.wait(20)
        return create(*args)

    monkeypatch.setattr(forms, "create_form", slowly)
    first = []
    thread = threading.Thread(target=lambda: first.append(api("POST", "/forms", json=FORM, headers=ONCE)))
    thread.start()
    assert inside.wait(20)
    repeat = api("POST", "/forms", json=FORM, headers=ONCE)
    go_on.set()
    thread.join(20)

    assert (repeat.status_code, repeat.json["code"]) == (409, "in_flight")
    assert first[0].status_code == 201
    assert api("POST", "/forms", json=FORM, headers=ONCE).data == first[0].data
    assert count(Form) == 1


def test_of_ten_at_once_one_is_done(api, count):
    answers, start = [], threading.Barrier(10)

    def send():
        start.wait(20)
        answers.append(api("POST", "/forms", json=FORM, headers=ONCE).status_code)

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(answers) == 10
    assert set(answers) <= {201, 409}
    assert 201 in answers
    assert count(Form) == 1


def test_a_process_that_dies_after_the_commit_leaves_a_write_that_is_not_done_again(api, count, monkeypatch):
    with monkeypatch.context() as dying:
        dying.setattr(kept_answers, "keep", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            api("POST", "/forms", json=FORM, headers=ONCE)

    again = api("POST", "/forms", json=FORM, headers=ONCE)

    problems.check(again)
    assert (again.status_code, again.json["code"]) == (409, "answer_lost")
    assert count(Form) == 1


def test_a_process_that_dies_before_the_commit_is_followed_by_a_repeat_after_a_while(
    api, committed, count, monkeypatch
):
    with monkeypatch.context() as dying:
        dying.setattr(forms, "create_form", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            api("POST", "/forms", json=FORM, headers=ONCE)
    at_once = api("POST", "/forms", json=FORM, headers=ONCE)
    with committed.database.transaction() as session:
        session.execute(text("UPDATE kept_answers SET began_at = began_at - interval '3 minutes'"))
    later = api("POST", "/forms", json=FORM, headers=ONCE)

    assert (at_once.status_code, later.status_code) == (409, 201)
    assert count(Form) == 1


def test_an_attempt_whose_place_was_taken_writes_nothing(api, committed, count, monkeypatch):
    create = forms.create_form

    def and_be_late(session, *args):
        made = create(session, *args)
        with committed.database.transaction() as other:
            other.execute(text("UPDATE kept_answers SET claim = :other"), {"other": uuid4()})
        return made

    monkeypatch.setattr(forms, "create_form", and_be_late)
    answer = api("POST", "/forms", json=FORM, headers=ONCE)

    assert (answer.status_code, answer.json["code"]) == (409, "in_flight")
    assert count(Form) == 0


def test_the_database_holds_no_secret_of_an_answer(api, committed):
    made = api("POST", "/tokens", json={"name": "shop", "scopes": ["all"]}, headers=ONCE).json["token"]

    with committed.database.transaction() as session:
        row = session.scalars(select(KeptAnswer)).one()
    assert made.encode() not in row.answer
    assert ONCE["Idempotency-Key"].encode() not in row.key
    again = api("POST", "/tokens", json={"name": "shop", "scopes": ["all"]}, headers=ONCE)
    assert again.json["token"] == made


def test_a_large_answer_is_not_kept_and_a_repeat_is_told(api, count, monkeypatch):
    monkeypatch.setattr(idempotency, "LARGEST_KEPT", 10)
    assert api("POST", "/forms", json=FORM, headers=ONCE).status_code == 201

    assert api("POST", "/forms", json=FORM, headers=ONCE).json["code"] == "answer_lost"
    assert count(Form) == 1


def test_after_a_day_the_key_is_free_and_housekeeping_forgets_it(api, committed, count):
    api("POST", "/forms", json=FORM, headers=ONCE)
    with committed.database.transaction() as session:
        session.execute(text("UPDATE kept_answers SET began_at = began_at - interval '25 hours'"))
    assert api("POST", "/forms", json=FORM | {"key": "second"}, headers=ONCE).status_code == 201
    with committed.database.transaction() as session:
        kept_answers.forget_old(session, committed.wall() + timedelta(hours=23))
        assert session.scalar(select(func.count()).select_from(KeptAnswer)) == 1
        kept_answers.forget_old(session, committed.wall() + timedelta(hours=25))
        assert session.scalar(select(func.count()).select_from(KeptAnswer)) == 0
