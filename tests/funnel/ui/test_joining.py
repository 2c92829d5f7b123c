"""Joining by an invitation, and setting another password: who gets in, and what strangers learn."""

import re
import time
from dataclasses import replace

import pytest
from sqlalchemy import select

from funnel.crm import user_links, users
from funnel.models import UserLink
from funnel.ui import joining
from nurture_sequences.models import Message
from tests.funnel.ui.conftest import EMAIL, PASSWORD

NEW = "another horse battery"


@pytest.fixture
def omar(context):
    with context.database.transaction() as session:
        return users.invite(session, "omar@funnel.example", context.wall(), role="sales").id


@pytest.fixture
def link(context):
    """Makes the address of a link for a user."""

    def make(user_id):
        with context.database.transaction() as session:
            made = user_links.make(session, users.find(session, user_id), context.wall())
            return user_links.url("", context.settings.secret_keys, made.id)

    return make


@pytest.fixture
def mails(context):
    """As where mail leaves."""
    context.settings = replace(context.settings, mailer="smtp")


def queued(session):
    return session.scalars(select(Message.address)).all()


def test_who_was_invited_sets_name_and_password_and_signs_in(omar, link, browser, submit, context):
    address = link(omar)

    answer = submit(address, seen_on=address, name=" Omar K. ", password=NEW, again=NEW)

    assert (answer.status_code, answer.location) == (303, "/app/login?told=password")
    assert "Your password is set" in browser.get(answer.location).text
    assert submit("/app/login", email="omar@funnel.example", password=NEW).location == "/app/"
    assert browser.get("/api/v1/session").json["user"]["name"] == "Omar K."


def test_opening_a_link_changes_nothing_and_a_used_one_opens_nothing(omar, link, browser, submit):
    address = link(omar)
    for _ in range(3):
        assert browser.get(address).status_code == 200
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get(address).text)[1]
    submit(address, seen_on=address, name="Omar", password=NEW, again=NEW)

    assert browser.get(address).status_code == 410
    data = {"csrf": token, "name": "Eve", "password": PASSWORD, "again": PASSWORD}
    assert browser.post(address, data=data).status_code in (400, 410)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"password": NEW, "again": NEW + "x", "name": "Omar"}, "not the same"),
        ({"password": "short", "again": "short", "name": "Omar"}, "10 to 1024 characters"),
        ({"password": NEW, "again": NEW, "name": " "}, "give your name"),
        ({"password": "", "again": "", "name": "Omar"}, "10 to 1024 characters"),
    ],
)
def test_what_is_wrong_is_said_and_the_link_stays_good(omar, link, browser, submit, fields, told):
    address = link(omar)

    answer = submit(address, seen_on=address, **fields)

    assert answer.status_code == 422
    assert told in answer.text
    assert browser.get(address).status_code == 200


def test_a_reset_asks_for_no_name_and_ends_sessions(user, link, signed_in, app):
    address = link(user)
    other = app.test_client()
    page = other.get(address).text
    token = re.search(r'name="csrf" value="([^"]+)"', page)[1]

    assert 'name="name"' not in page
    other.post(address, data={"csrf": token, "password": NEW, "again": NEW})

    assert signed_in.get("/app/").location.startswith("/app/login")


def test_a_forged_address_is_nowhere(browser, context, omar):
    with context.database.transaction() as session:
        made = user_links.make(session, users.find(session, omar), context.wall()).id
    forged = user_links.url("", [b"x" * 32], made)

    assert browser.get(forged).status_code == 404
    assert browser.get("/app/join/x").status_code == 404


def test_a_post_without_our_token_sets_no_password(omar, link, browser):
    address = link(omar)
    browser.get(address)

    assert browser.post(address, data={"name": "Eve", "password": NEW, "again": NEW}).status_code == 400


class TestForgotten:
    """Strangers learn nothing: neither from the answer nor from how long it takes."""

    def ask(self, submit, email):
        begun = time.monotonic()
        answer = submit("/app/login/forgotten", seen_on="/app/login/forgotten", email=email)
        return answer, time.monotonic() - begun

    def test_the_answer_is_the_same_for_everybody(self, mails, user, submit, session):
        known, took = self.ask(submit, " MIA@funnel.example")
        unknown, as_long = self.ask(submit, "nobody@funnel.example")

        assert known.status_code == unknown.status_code == 200
        assert known.text == unknown.text
        assert min(took, as_long) >= joining.ASKING_TAKES
        assert queued(session) == [EMAIL]

    def test_who_was_invited_gets_the_invitation_again(self, mails, omar, submit, session):
        self.ask(submit, "omar@funnel.example")

        (link,) = session.scalars(select(UserLink)).all()
        assert link.kind == "invitation"

    def test_the_sixth_time_waits(self, mails, user, submit, session):
        answers = [self.ask(submit, EMAIL)[0].status_code for _ in range(6)]

        assert answers == [200] * 5 + [429]
        assert len(queued(session)) == 5

    def test_asking_does_not_lock_anybody_out(self, mails, user, submit):
        for _ in range(7):
            self.ask(submit, EMAIL)

        assert submit("/app/login", email=EMAIL, password=PASSWORD).status_code == 303

    def test_where_no_mail_leaves_the_page_says_so_and_nothing_is_made(self, user, browser, submit, session):
        assert "sends no mail" in browser.get("/app/login/forgotten").text
        assert session.scalars(select(UserLink)).all() == []
