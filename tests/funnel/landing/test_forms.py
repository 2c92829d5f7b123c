from uuid import uuid4

import pytest
from sqlalchemy import event

from funnel.crm import forms
from funnel.landing import known_forms
from funnel.schemas.form import FormIn
from tests.funnel.landing.conftest import FORM

JANE = {"email": "Jane@Example.com", "first_name": "Jane", "newsletter": "on"}
JSON = {"Accept": "application/json"}


def test_a_post_becomes_a_lead_with_its_submission_consent_touch_and_fact(client, make_form, rows):
    make_form()

    answer = client.post("/f/demo", data=JANE | {"seats": "3"})

    assert (answer.status_code, answer.location) == (303, "/f/demo/thanks")
    assert rows("SELECT email, fields, stage FROM leads") == [
        ("jane@example.com", {"first_name": "Jane", "seats": 3}, "subscriber")
    ]
    assert rows("SELECT outcome, values->>'email' FROM submissions") == [("accepted", "jane@example.com")]
    assert rows("SELECT purpose, action, wording, form_version, ip FROM consents") == [
        ("newsletter", "granted", "Send me the newsletter.", 1, "127.0.0.0/24")
    ]
    [(kind, data)] = rows("SELECT kind, data FROM events JOIN pending_facts ON event_id = id")
    [(submission, touch)] = rows("SELECT submission_id, id FROM touches")
    assert kind == "form_submitted"
    assert data == {
        "form": "demo", "submission": str(submission), "touch": touch, "new": True, "double_opt_in": False
    }  # fmt: skip


@pytest.mark.parametrize(
    "send",
    [{"data": JANE}, {"json": JANE | {"newsletter": True}}, {"data": JANE, "content_type": "multipart/form-data"}],
)
def test_the_three_content_types_say_the_same(client, make_form, rows, send):
    make_form()

    client.post("/f/demo", **send)

    assert rows("SELECT email, purpose FROM leads JOIN consents ON lead_id = leads.id") == [
        ("jane@example.com", "newsletter")
    ]


def test_programs_get_json(client, make_form):
    make_form()

    kept = client.post("/f/demo", json=JANE)
    refused = client.post("/f/demo", data={"email": "jane"}, headers=JSON)

    assert (kept.status_code, kept.json) == (
        201,
        {"status": "accepted", "redirect": "http://127.0.0.1:8000/f/demo/thanks"},
    )
    assert (refused.status_code, refused.json) == (
        422,
        {"errors": {"email": ["Enter an email address like name@example.com."]}},
    )


def test_a_second_post_with_the_same_id_changes_nothing_and_gets_the_same_answer(client, make_form, counts, rows):
    make_form()
    same = JANE | {"submission_id": str(uuid4())}
    first = client.post("/f/demo", data=same)
    before, [lead] = counts(), rows("SELECT * FROM leads")

    again = client.post("/f/demo", data=same | {"first_name": "Joan", "email": "JANE@example.com"})

    assert (again.status_code, again.location) == (first.status_code, first.location)
    assert counts() == before
    assert rows("SELECT * FROM leads") == [lead]


@pytest.mark.parametrize(
    "named",
    [
        {"data": {"submission_id": "0b9f7a4e-3f0a-4c35-8d56-3d3f9a8f7b11"}},
        {"headers": {"Idempotency-Key": "0b9f7a4e-3f0a-4c35-8d56-3d3f9a8f7b11"}},
        {"headers": {"Idempotency-Key": "order 66"}},
    ],
)
def test_an_id_that_comes_again_with_another_address_or_form_loses_nobody(client, make_form, rows, named):
    make_form()
    make_form(key="other")
    jane, joan = ({"email": email} | named.get("data", {}) for email in ("jane@example.com", "joan@example.com"))

    for _ in range(2):
        for key, data in (("demo", jane), ("demo", joan), ("other", jane), ("other", joan)):
            assert client.post(f"/f/{key}", data=data, headers=named.get("headers")).status_code == 303

    assert rows(
        "SELECT f.key, l.email FROM submissions s JOIN forms f ON f.id = form_id JOIN leads l ON l.id = lead_id"
        " ORDER BY 1, 2"
    ) == [
        ("demo", "jane@example.com"),
        ("demo", "joan@example.com"),
        ("other", "jane@example.com"),
        ("other", "joan@example.com"),
    ]


def test_an_idempotency_key_of_any_kind_names_the_submission(client, make_form, counts):
    make_form()

    for key in ("order 66", "order 66", "0b9f7a4e-3f0a-4c35-8d56-3d3f9a8f7b11", "0b9f7a4e-3f0a-4c35-8d56-3d3f9a8f7b11"):
        assert client.post("/f/demo", json=JANE, headers={"Idempotency-Key": key}).status_code == 201

    assert counts()["submissions"] == 2


def test_what_is_known_of_a_lead_is_not_overwritten_by_a_visitor(client, make_form, rows):
    make_form()
    client.post("/f/demo", data=JANE | {"tz": "Europe/Paris"})

    client.post("/f/demo", data=JANE | {"first_name": "Mallory", "seats": "9", "tz": "Asia/Tokyo"})

    assert rows("SELECT fields, zone FROM leads") == [({"first_name": "Jane", "seats": 9}, "Europe/Paris")]


def test_where_a_visitor_came_from_is_kept_without_personal_data(client, make_form, rows):
    make_form()

    client.post(
        "/f/demo?gclid=abc",
        data=JANE | {"utm_source": "ad", "referrer": "https://jane:pw@news.example/a?mail=jane@example.com#top"},
        headers={
            "Referer": "https://shop.example/offer?name=Jane&utm_campaign=may&utm_source=page",
            "Origin": "https://shop.example",
        },
    )

    assert rows("SELECT source, campaign, click_ids, page, referrer FROM touches") == [
        (
            "ad",
            "may",
            {"gclid": "abc"},
            "https://shop.example/offer?utm_campaign=may&utm_source=page",
            "https://news.example/a",
        )
    ]


def test_a_zone_that_does_not_exist_is_left_out(client, make_form, rows):
    make_form()

    client.post("/f/demo", data=JANE | {"tz": "../../etc/passwd", "locale": "fr-FR"})

    assert rows("SELECT zone, locale FROM leads") == [(None, "fr-FR")]


def test_double_opt_in_leaves_consent_pending_but_never_takes_back_a_granted_one(client, make_form, rows):
    make_form(double_opt_in=True)
    make_form(key="single")
    client.post("/f/demo", data=JANE)
    assert rows("SELECT action FROM consents") == [("pending",)]
    client.post("/f/single", data=JANE)

    client.post("/f/demo", data=JANE)

    assert rows("SELECT action FROM consents ORDER BY id") == [("pending",), ("granted",)]
    assert rows("SELECT data->'double_opt_in' FROM events ORDER BY id") == [(True,), (False,), (False,)]


@pytest.mark.parametrize(
    ("consent", "permits"),
    [
        ({"purpose": "newsletter"}, True),
        ({"purpose": "email_marketing"}, True),
        ({"purpose": "terms", "required": True}, False),
        ({"purpose": "privacy_policy"}, False),
        ({"purpose": "phone"}, False),
        ({"purpose": "offers", "permits_mail": False}, False),
        ({"purpose": "terms", "permits_mail": True}, True),
    ],
)
@pytest.mark.parametrize("double_opt_in", [True, False])
def test_a_yes_permits_mail_when_its_form_says_so_or_else_its_name(
    client, make_form, rows, consent, permits, double_opt_in
):
    make_form(consents=[{"wording": "Yes."} | consent], double_opt_in=double_opt_in)

    client.post("/f/demo", data={"email": "jane@example.com", consent["purpose"]: "on"})

    assert rows("SELECT purpose, permits_mail FROM consents") == [(consent["purpose"], permits)]


def test_a_bot_gets_the_same_answer_and_makes_no_lead(client, make_form, counts, rows):
    make_form()

    answer = client.post("/f/demo", data=JANE | {"hp_note": "buy pills"})

    assert (answer.status_code, answer.location) == (303, "/f/demo/thanks")
    assert rows("SELECT outcome, lead_id FROM submissions") == [("spam", None)]
    assert counts()["leads"] == counts()["events"] == 0


def test_a_required_consent_must_be_given(client, make_form):
    make_form(consents=[{"purpose": "terms", "wording": "I accept.", "required": True}])

    answer = client.post("/f/demo", json={"email": "jane@example.com", "terms": False})

    assert answer.json == {"errors": {"terms": ["Please tick this box to go on."]}}


def test_the_hosted_page_keeps_what_was_typed_and_says_what_is_wrong(client, make_form):
    make_form()

    page = client.post("/f/demo", data=JANE | {"seats": "<many>"}, headers={"Accept-Language": "fr"})

    assert page.status_code == 422
    assert '<html lang="fr">' in page.text
    assert 'value="Jane@Example.com"' in page.text
    assert 'value="&lt;many&gt;" inputmode="decimal" aria-invalid="true" aria-describedby="e-seats"' in page.text
    assert '<p class="error" id="e-seats">Indiquez un nombre.</p>' in page.text
    assert '<a href="#f-seats">Seats: Indiquez un nombre.</a>' in page.text
    assert 'name="newsletter" value="on" checked' in page.text


def test_the_hosted_page_sets_no_cookie_and_carries_where_the_visitor_came_from(client, make_form):
    make_form(thanks_url="https://shop.example/thanks")

    page = client.get("/f/demo?utm_source=ad&evil=1")

    assert "Set-Cookie" not in page.headers
    assert '<input type="hidden" name="utm_source" value="ad">' in page.text
    assert "evil" not in page.text
    assert "form-action 'self' https://shop.example;" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("origin", ["https://shop.example", "http://localhost"])
def test_a_listed_origin_and_our_own_may_post_and_read_the_answer(client, make_form, origin):
    make_form()

    answer = client.post("/f/demo", json=JANE, headers={"Origin": origin})
    preflight = client.options("/f/demo", headers={"Origin": origin})

    assert answer.status_code == 201
    assert preflight.status_code == 204
    for response in (answer, preflight):
        assert response.headers["Access-Control-Allow-Origin"] == origin
        assert response.headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in response.headers
    assert preflight.headers["Access-Control-Allow-Headers"] == "content-type, idempotency-key"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Referer": "https://evil.example/page"}],
)
def test_any_other_website_is_refused_before_anything_is_written(client, make_form, counts, headers):
    make_form()

    answer = client.post("/f/demo", data=JANE, headers=headers)

    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert set(counts().values()) == {0}


def test_a_star_lets_every_website_in(client, make_form):
    make_form(origins=["*"])

    assert client.post("/f/demo", data=JANE, headers={"Origin": "null"}).status_code == 303


def test_a_changed_form_is_seen_after_a_moment(client, context, make_form, now, monkeypatch):
    make_form()
    assert client.get("/f/demo").status_code == 200
    with context.database.transaction() as session:
        forms.update_form(session, "demo", FormIn().load(FORM | {"name": "Ask again"}), now)

    monkeypatch.setattr(known_forms, "KEPT_SECONDS", 0)

    assert "Ask again" in client.get("/f/demo").text


def test_a_post_takes_one_statement(client, context, make_form):
    make_form()
    client.post("/f/demo", data=JANE)
    statements = []
    event.listen(context.database.bind, "before_cursor_execute", lambda *args: statements.append(args[2]))

    client.post("/f/demo", data=JANE)

    told = [sql for sql in statements if "SAVEPOINT" not in sql]
    assert len(told) == 1, told


def test_a_thanks_page_with_a_name_beyond_ascii_is_named_as_browsers_name_it(client, make_form):
    make_form(thanks_url="https://bücher.example/thanks")

    page = client.get("/f/demo")

    assert "form-action 'self' https://xn--bcher-kva.example;" in page.headers["Content-Security-Policy"]
