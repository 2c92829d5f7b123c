"""What the script is told of a form, and the stamp that tells programs from people."""

from dataclasses import replace
from datetime import timedelta

import pytest

from funnel import links
from funnel.app import create_app
from tests.playing import MovedContext

ORIGIN = {"Origin": "https://shop.example"}


@pytest.fixture
def clock(context, settings):
    return MovedContext(replace(settings, form_seconds=2), context.database, context.clock)


@pytest.fixture
def client(clock):
    return create_app(clock.settings, context=clock).test_client()


@pytest.fixture
def post(client, make_form):
    make_form()

    def send(stamp=None, **values):
        data = {"email": "jane@example.com", **values} | ({"stamp": stamp} if stamp is not None else {})
        return client.post("/f/demo", data=data, headers=ORIGIN | {"Accept": "application/json"})

    return send


@pytest.fixture
def told(client, make_form):
    """The definition as the script gets it."""

    def get(**headers):
        return client.get("/f/demo/definition", headers=ORIGIN | headers)

    return get


def outcomes(rows):
    return rows("SELECT outcome, reason FROM submissions ORDER BY id")


def test_the_script_is_told_what_to_draw_in_the_visitors_language(told, make_form):
    make_form()

    answer = told(**{"Accept-Language": "fr"})

    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert [one["key"] for one in answer.json["questions"]] == [
        "email",
        "first_name",
        "size",
        "seats",
        "newsletter",
        "phone",
    ]
    assert answer.json["words"]["send"] == "Envoyer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_other_websites_are_told_nothing(told, make_form):
    make_form()

    assert told(Origin="https://elsewhere.example").status_code == 403


def test_the_scripts_are_kept_for_an_hour_and_load_anywhere(client):
    for name in ("v1.js", "frame.js"):
        with client.get(f"/embed/{name}") as answer:
            assert answer.mimetype == "text/javascript"
            assert "max-age=3600" in answer.headers["Cache-Control"]
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get("/embed/v2.js").status_code == 404


def test_who_takes_the_time_to_type_is_let_in(post, told, clock, rows):
    stamp = told().json["stamp"]
    clock.at += timedelta(seconds=3)

    assert post(stamp).status_code == 201
    assert outcomes(rows) == [("accepted", None)]


def test_who_posts_faster_than_anybody_types_is_set_aside_and_told_nothing(post, told, rows):
    slow = post()
    fast = post(told().json["stamp"], email="omar@example.com")

    assert (fast.status_code, fast.json) == (slow.status_code, slow.json)
    assert sorted(outcomes(rows)) == [("accepted", None), ("spam", "too fast")]
    assert rows("SELECT email FROM leads") == [("jane@example.com",)]


@pytest.mark.parametrize("stamp", ["", "x", "é", "A" * 400, "AAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_an_invented_stamp_is_set_aside(post, rows, stamp):
    post(stamp)

    assert outcomes(rows) == ([("accepted", None)] if stamp == "" else [("spam", "forged stamp")])


def test_a_stamp_of_another_form_is_set_aside(post, told, client, make_form, clock, rows):
    make_form(key="other")
    stamp = client.get("/f/other/definition", headers=ORIGIN).json["stamp"]
    clock.at += timedelta(seconds=3)

    post(stamp)

    assert outcomes(rows) == [("spam", "forged stamp")]


def test_a_stamp_made_for_another_purpose_is_forged(post, clock, rows):
    post(links.sign(clock.settings.secret_keys, "unsubscribe", bytes(13)))

    assert outcomes(rows) == [("spam", "forged stamp")]


def test_a_page_left_open_for_days_is_no_crime(post, told, clock, rows):
    stamp = told().json["stamp"]
    clock.at += timedelta(days=9)

    post(stamp)

    assert outcomes(rows) == [("accepted", None)]


def test_a_plain_form_without_a_stamp_is_let_in(post, rows):
    post()

    assert outcomes(rows) == [("accepted", None)]


def test_who_puts_a_refused_filling_right_at_once_is_let_in(post, client, rows):
    refused = post(email="jane@localhost")
    page = client.post("/f/demo", data={"email": "jane@localhost"}, headers=ORIGIN)

    assert (refused.status_code, page.status_code) == (422, 422)
    assert b'name="stamp"' not in page.data
    assert b'name="stamp"' in client.get("/f/demo").data
