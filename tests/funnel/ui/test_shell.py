"""Handing out the app: one page for every address, under a policy that lets only our own files run."""

import gzip
import re
from datetime import datetime, timedelta

import pytest

from funnel import uibuild
from funnel.ui import shell
from tests.funnel.ui.conftest import EMAIL

#: bytes of script, packed, that the first screen may cost
FIRST_LOAD = 200_000


@pytest.fixture
def page(signed_in):
    return signed_in.get("/app/")


def entry(page):
    """Names of the scripts and styles the page loads at once."""
    return re.findall(r'(?:src|href)="/app/assets/([^"]+\.(?:js|css))"', page.text)


@pytest.mark.parametrize("path", ["/app/", "/app/nowhere", "/app/no/where"])
def test_every_address_below_the_app_is_the_app(signed_in, path):
    answer = signed_in.get(path)

    assert answer.status_code == 200
    assert '<div id="root">' in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"


def test_only_our_own_files_run_and_nobody_frames_us(page):
    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))

    assert policy["script-src"] == policy["connect-src"] == policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_the_app_wants_a_signed_in_user_and_comes_back_to_where_one_was_going(browser):
    answer = browser.get("/app/leads/7?tab=story")

    assert (answer.status_code, answer.location) == (303, "/app/login?next=/app/leads/7?tab%3Dstory")


def test_assets_are_kept_for_a_year_and_packed_for_those_who_can_unpack(browser, page):
    script = next(name for name in entry(page) if name.endswith(".js"))
    plain = browser.get(f"/app/assets/{script}", buffered=True)
    packed = browser.get(f"/app/assets/{script}", headers={"Accept-Encoding": "gzip"}, buffered=True)

    assert plain.mimetype == packed.mimetype == "text/javascript"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    for answer in (plain, packed):
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("name", ["nothing.js", "../index.html", "%2e%2e/.digest", ".digest"])
def test_only_assets_are_assets(browser, name):
    assert browser.get(f"/app/assets/{name}").status_code in (303, 404)


def test_the_first_load_is_small(page):
    scripts = [uibuild.OUT / "assets" / name for name in entry(page) if name.endswith(".js")]

    assert scripts
    assert sum(len(gzip.compress(path.read_bytes())) for path in scripts) < FIRST_LOAD


def test_when_the_app_could_not_be_built_a_page_says_why(signed_in, tmp_path, monkeypatch):
    monkeypatch.setattr(shell, "OUT", tmp_path)
    monkeypatch.setattr(shell, "LOG", tmp_path / "build.log")
    (tmp_path / "build.log").write_text("npm could not <reach> anybody")

    answer = signed_in.get("/app/leads-to-be")

    assert answer.status_code == 503
    assert "The app could not be built" in answer.text
    assert "npm could not &lt;reach&gt; anybody" in answer.text
    assert signed_in.get("/healthz").status_code == signed_in.get("/api/v1/session").status_code == 200


def test_the_session_tells_the_user_the_token_and_the_engine(signed_in, context):
    told = signed_in.get("/api/v1/session").json

    assert (told["user"]["email"], told["user"]["role"]) == (EMAIL, "admin")
    assert abs(datetime.fromisoformat(told["now"]) - context.now()) < timedelta(seconds=5)
    assert (told["speed"], told["engine_silent"], told["rooms"]) == (1.0, True, {"mailbox": True})
    assert told["sending"] == {"state": "open", "reason": None, "until": None}
    refused = signed_in.put("/api/v1/sequences/x", json={}, headers={"X-CSRF-Token": "other"})
    taken = signed_in.put("/api/v1/sequences/x", json={}, headers={"X-CSRF-Token": told["csrf"]})
    assert (refused.status_code, taken.status_code) == (403, 201)


def test_the_bare_address_leads_to_the_app(signed_in):
    answer = signed_in.get("/")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/app/")
