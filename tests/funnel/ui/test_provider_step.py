"""Signing in at an identity provider: who gets in, and that no answer but a good one opens anything."""

import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

import funnel.provider
from funnel.config import Provider
from funnel.crm import users
from funnel.models import AuditEntry, User
from tests import people
from tests.fakes.oidc import CLIENT, LENA, SECRET, OidcProvider

BACK = "/app/login/back"
EMAIL = LENA["email"]


@pytest.fixture
def provider(context):
    with OidcProvider(f"http://127.0.0.1:8000{BACK}") as provider:
        settings = Provider(provider.issuer, CLIENT, SECRET, frozenset({"welcome.example"}), "Company login")
        context.settings = replace(context.settings, provider=settings)
        yield provider


@pytest.fixture
def lena(context):
    with context.database.transaction() as session:
        people.user(session, at=context.wall())
        return users.invite(session, EMAIL, context.wall(), role="sales").id


@pytest.fixture
def come(browser, provider):
    """Off to the provider and back; `bend` changes the address one comes back by."""

    def come(bend=lambda address: address, wanted=None):
        sent = browser.get("/app/login/provider", query_string={"next": wanted} if wanted else {})
        assert sent.status_code == 303, sent.text
        back = urlsplit(bend(provider.authorize(sent.location)))
        return browser.get(f"{back.path}?{back.query}")

    return come


def who(browser):
    answer = browser.get("/api/v1/session")
    return answer.json["user"]["email"] if answer.status_code == 200 else None


def test_who_was_invited_gets_in_and_has_joined(lena, come, browser, session, provider):
    answer = come(wanted="/app/leads?tag=x")

    assert (answer.status_code, answer.location) == (303, "/app/leads?tag=x")
    assert who(browser) == EMAIL
    user = session.get(User, lena)
    assert (user.state, user.role, user.issuer, user.subject) == ("active", "sales", provider.issuer, "lena-17")
    assert provider.refused == []


def test_the_button_is_there_only_where_there_is_a_provider(browser, context, provider):
    assert "Sign in with Company login" in browser.get("/app/login").text
    context.settings = replace(context.settings, provider=None)
    assert "Sign in with Company" not in browser.get("/app/login").text
    assert browser.get("/app/login/provider").status_code == 404


def test_the_next_time_the_subject_counts_and_the_address_does_not(lena, come, browser, provider):
    come()
    browser.delete_cookie("funnel")
    provider.person |= {"email": "lena.married@company.example", "email_verified": False}

    assert come().status_code == 303
    assert who(browser) == EMAIL


def test_somebody_else_with_a_known_address_does_not_get_in(lena, come, browser, provider):
    come()
    browser.delete_cookie("funnel")
    provider.person["sub"] = "another-18"

    assert come().status_code == 403
    assert who(browser) is None


@pytest.mark.parametrize("verified", [False, None, "no", 1])
def test_an_address_that_is_not_verified_proves_nothing(lena, come, browser, provider, verified):
    provider.person["email_verified"] = verified

    answer = come()

    assert answer.status_code == 403
    assert "does not vouch" in answer.text
    assert who(browser) is None


def test_strangers_stay_out_and_the_log_tells_of_it(come, browser, provider, session):
    answer = come()

    assert answer.status_code == 403
    assert "not among the people" in answer.text
    assert who(browser) is None
    assert session.query(AuditEntry).filter_by(action="sign_in_failed").one().detail == {"way": "provider"}


def test_people_of_a_named_domain_come_in_as_viewers(come, browser, provider, session):
    provider.person["email"] = "Jan@Welcome.example"

    assert come().status_code == 303
    user = users.by_email(session, "jan@welcome.example")
    assert (user.role, user.name, user.state, user.password_hash) == ("viewer", "Lena Lind", "active", None)


@pytest.mark.parametrize(
    "email", ["jan@welcome.example.evil.example", "jan@sub.welcome.example", "jan@xwelcome.example"]
)
def test_a_domain_is_meant_exactly(come, provider, email):
    provider.person["email"] = email

    assert come().status_code == 403


def test_who_was_removed_stays_out_even_of_a_named_domain(come, browser, provider, context):
    provider.person["email"] = "jan@welcome.example"
    come()
    with context.database.transaction() as session:
        people.user(session, at=context.wall())
        users.remove(session, users.by_email(session, "jan@welcome.example"), context.wall())
    assert who(browser) is None

    assert come().status_code == 403
    provider.person["sub"] = "a-new-subject"
    assert come().status_code == 403


def test_the_address_may_come_from_the_user_info(lena, come, browser, provider):
    provider.userinfo = dict(provider.person)
    del provider.person["email"], provider.person["email_verified"]

    assert come().status_code == 303
    assert who(browser) == EMAIL


def test_user_info_of_somebody_else_is_refused(lena, come, browser, provider):
    provider.userinfo = provider.person | {"sub": "somebody-else"}
    del provider.person["email"]

    assert come().status_code == 403
    assert who(browser) is None


def without(claim):
    return lambda header, claims: claims.pop(claim)


def with_claims(**changed):
    return lambda header, claims: claims.update(changed)


SPOILT = {
    "wrong nonce": with_claims(nonce="another"),
    "no nonce": without("nonce"),
    "wrong aud": with_claims(aud="another client"),
    "aud among others without azp": with_claims(aud=[CLIENT, "another client"]),
    "azp of another": with_claims(aud=[CLIENT, "another"], azp="another"),
    "no aud": without("aud"),
    "expired": with_claims(exp=int(time.time()) - 3600),
    "no expiry": without("exp"),
    "not yet": with_claims(nbf=int(time.time()) + 3600),
    "other issuer": with_claims(iss="https://evil.example"),
    "no issuer": without("iss"),
    "no subject": without("sub"),
    "at_hash of another token": with_claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "unknown key": lambda header, claims: header.update(kid="second"),
    "unknown algorithm": lambda header, claims: header.update(alg="XX"),
    "critical header": lambda header, claims: header.update(crit=["b64"], b64=False),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_a_token_that_is_not_good_opens_nothing(lena, come, browser, provider, spoil):
    provider.spoil = spoil

    answer = come()

    assert answer.status_code == 403
    assert "Please start again" in answer.text
    assert who(browser) is None


@pytest.mark.parametrize(
    ("algorithm", "sign"),
    [
        ("none", lambda provider: lambda header, signed: b""),
        ("None", lambda provider: lambda header, signed: b""),
        ("RS256", lambda provider: lambda header, signed: b""),
        ("RS256", lambda provider: provider.with_other_key),
        ("HS256", lambda provider: provider.with_client_secret),
    ],
    ids=["none", "None", "no signature", "another key", "the client's secret"],
)
def test_a_token_nobody_proved_opens_nothing(lena, come, browser, provider, algorithm, sign):
    provider.spoil, provider.sign = (lambda header, claims: header.update(alg=algorithm)), sign(provider)

    assert come().status_code == 403
    assert who(browser) is None


@pytest.mark.parametrize(
    "bend",
    [
        lambda address: address.replace("state=", "state=x"),
        lambda address: address.replace("code=", "code=x"),
        lambda address: address.replace("iss=http", "iss=https"),
        lambda address: address.partition("&iss=")[0],
        lambda address: address + "&error=access_denied",
        lambda address: address.partition("?")[0],
    ],
    ids=["another state", "another code", "another issuer", "no issuer", "refused", "nothing"],
)
def test_another_answer_than_the_one_to_this_question_opens_nothing(lena, come, browser, bend):
    assert come(bend).status_code in (403, 502)
    assert who(browser) is None


def test_an_answer_works_once_and_only_in_the_browser_that_asked(lena, browser, provider, app):
    sent = browser.get("/app/login/provider")
    back = urlsplit(provider.authorize(sent.location))
    elsewhere = app.test_client()

    assert elsewhere.get(f"{back.path}?{back.query}").status_code == 403
    assert browser.get(f"{back.path}?{back.query}").status_code == 303
    browser.delete_cookie("funnel")
    assert browser.get(f"{back.path}?{back.query}").status_code == 403


def test_each_question_is_another(browser, provider):
    asked = [parse_qs(urlsplit(browser.get("/app/login/provider").location).query) for _ in range(2)]

    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]


@pytest.mark.parametrize(
    ("path", "instead"),
    [
        ("/tenant/.well-known/openid-configuration", (500, b"{}")),
        ("/tenant/.well-known/openid-configuration", (200, b"<html>")),
        ("/tenant/.well-known/openid-configuration", (200, b"[]")),
        ("/tenant/.well-known/openid-configuration", (302, b"")),
        ("/tenant/token", (500, b"{}")),
        ("/tenant/token", (200, b"nothing")),
        ("/tenant/keys", (404, b"{}")),
        ("/tenant/keys", (200, b'{"keys": [{"kty": "RSA"}]}')),
        ("/tenant/keys", (200, b'{"keys": "x"}')),
    ],
)
def test_a_provider_that_does_not_answer_sensibly_is_told_so(lena, browser, provider, path, instead):
    sent = browser.get("/app/login/provider")
    back = urlsplit(provider.authorize(sent.location))
    provider.instead[path] = instead

    answer = browser.get(f"{back.path}?{back.query}")

    assert answer.status_code == 502
    assert "does not answer" in answer.text
    assert who(browser) is None


def test_a_provider_that_is_silent_is_given_up(browser, provider, monkeypatch):
    monkeypatch.setattr(funnel.provider, "TIMEOUT", 0.2)
    provider.delay = 2.0
    begun = time.monotonic()

    assert browser.get("/app/login/provider").status_code == 502
    assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
    ],
)
def test_a_provider_that_names_unsafe_places_is_not_followed(browser, provider, metadata):
    provider.metadata = metadata

    assert browser.get("/app/login/provider").status_code == 502


def test_a_second_factor_of_ours_is_not_asked_of_the_provider(lena, come, browser, context):
    with context.database.transaction() as session:
        session.execute(User.__table__.update().values(factor=b"x", factor_at=context.wall()))

    assert come().location == "/app/"
    assert who(browser) == EMAIL
