"""Forms on other people's websites, in a real browser on another origin, whatever these pages do to what is on them."""

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from funnel import uibuild
from funnel.crm import forms
from funnel.schemas.form import FormIn
from tests.browser import Tab, chromium
from tests.funnel.landing.conftest import FORM
from tests.servers import programs

EVERY_TYPE = FORM | {
    "fields": [
        *FORM["fields"],
        {"key": "mobile", "label": "Phone", "type": "phone"},
        {"key": "starts", "label": "Start", "type": "date"},
        {"key": "topics", "label": "Topics", "type": "multi-choice", "choices": ["Mail", "Forms"], "required": True},
        {"key": "age", "label": "I am of age", "type": "checkbox", "required": True},
        {"key": "offer", "label": "Offer", "type": "hidden"},
    ],
}
#: nothing inline, no eval, no assigning of markup
STRICT = (
    "default-src 'none'; script-src {service}; connect-src {service}; frame-src {service}; style-src 'self'; "
    "base-uri 'none'; form-action 'self' {service}; require-trusted-types-for 'script'"
)
HOSTILE = """
* { font-family: fantasy !important; color: #ff0 !important; background: #ff0 !important; position: static !important }
html { font-size: 40px } input, label, button { display: none !important } div { text-transform: uppercase !important }
"""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>
{head}</head><body><main><h1>A shop</h1>{body}</main></body></html>"""
EMBED = """<div data-funnel-form="demo"{attributes}><a href="{service}/f/demo">Open the form</a></div>
<script async src="{service}/embed/v1.js"></script>"""


class Shop:
    """Somebody's website. `pages` are by path: kind, content."""

    def __init__(self, service):
        self.policy, self.pages = STRICT.format(service=service), {"/hostile.css": ("text/css", HOSTILE)}
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                kind, content = shop.pages.get(self.path.partition("?")[0], ("text/html", "<title>Not here</title>"))
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Security-Policy", shop.policy)
                self.end_headers()
                self.wfile.write(content.encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self, path, body, head=""):
        self.pages[path] = ("text/html", PAGE.format(head=head, body=body))


@pytest.fixture
def service(committed, now, tmp_path):
    environ = programs.environment(tmp_path, DATABASE_URL=committed.settings.database_url)
    server, url = programs.web(environ, tmp_path / "web.log")
    yield url
    server.kill()


@pytest.fixture
def shop(service, committed, now):
    shop = Shop(service)
    keep(committed, now, origins=[shop.url])
    shop.page("/", EMBED.format(service=service, attributes=""), '<link rel="stylesheet" href="/hostile.css">')
    shop.page("/framed", EMBED.format(service=service, attributes=' data-mode="iframe" data-title="Ask for a demo"'))
    yield shop
    shop.server.shutdown()
    shop.server.server_close()


@pytest.fixture
def visit(shop, service, tmp_path):
    """Opens a tab of a visitor; at the end there was nothing to complain about."""
    with chromium() as browser:
        tabs = []

        def open_tab(**options):
            tabs.append(Tab(browser, [service, shop.url], tmp_path, **options))
            return tabs[-1]

        yield open_tab
        for tab in tabs:
            tab.close()


def keep(committed, now, **changed):
    with committed.database.transaction() as session:
        forms.create_form(session, FormIn().load(EVERY_TYPE | changed), now)


def fill_in(form, email="jane@example.com"):
    form.get_by_label("Work email").fill(email)
    form.get_by_label("Forms").check()
    form.get_by_label("I am of age").check()
    form.get_by_label("Send me the newsletter.").check()


def kept(committed):
    with committed.database.transaction() as session:
        return session.execute(
            text(
                "SELECT s.values, s.outcome, t.campaign, t.page, l.zone FROM submissions s "
                "LEFT JOIN leads l ON l.id = s.lead_id LEFT JOIN touches t ON t.submission_id = s.id ORDER BY s.at"
            )
        ).all()


def test_inline_in_a_hostile_page_with_a_strict_policy(visit, shop, committed):
    tab = visit()
    page, asked = tab.page, []
    page.on("request", lambda request: asked.append(request.method))
    page.goto(f"{shop.url}/?utm_campaign=spring&offer=roof")
    fill_in(page)
    assert page.get_by_label("Work email").evaluate("e => getComputedStyle(e).fontFamily") == "system-ui, sans-serif"
    assert page.get_by_role("button").evaluate("e => getComputedStyle(e).textTransform") == "none"
    assert page.get_by_role("button").evaluate("e => getComputedStyle(e).fontSize") == "16px"
    tab.page.screenshot(path=tab.pictures / "embed-hostile.png", full_page=True)
    page.evaluate("addEventListener('funnel:submitted', event => document.title = `sent ${event.detail.form}`)")

    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_text("We received your answer.")).to_be_visible()
    assert page.title() == "sent demo"
    assert "OPTIONS" not in asked
    [row] = kept(committed)
    assert (row.values["email"], row.values["topics"], row.values["offer"]) == ("jane@example.com", ["Forms"], "roof")
    assert (row.outcome, row.campaign, row.page.startswith(shop.url)) == ("accepted", "spring", True)
    assert row.zone


def test_problems_are_told_in_a_summary_and_beside_each_field_by_keyboard_alone(visit, shop, service, committed):
    shop.page("/plain", EMBED.format(service=service, attributes=""))
    tab = visit()
    page = tab.page
    page.goto(f"{shop.url}/plain")
    page.get_by_label("Work email").fill("jane@localhost")
    tab.look("embed-empty")
    page.get_by_role("button", name="Send").press("Enter")

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Work email")).to_have_accessible_description(
        "Enter an email address like name@example.com."
    )
    tab.look("embed-problems")
    page.get_by_role("link", name="Work email").press("Enter")
    expect(page.get_by_label("Work email")).to_be_focused()
    assert kept(committed) == []

    page.keyboard.press("Control+A")
    page.keyboard.type("jane@example.com")
    page.get_by_label("Forms").press("Space")
    page.get_by_label("I am of age").press("Space")
    page.get_by_role("button", name="Send").press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    tab.look("embed-sent")
    assert len(kept(committed)) == 1


def test_a_double_click_on_a_slow_line_is_one_submission(visit, shop, committed):
    tab, held = visit(), []
    page = tab.page
    page.goto(shop.url)
    page.route("**/f/demo", lambda route: held.append(route))  # noqa: PLW0108 - it wants a function of Python
    fill_in(page)

    page.get_by_role("button", name="Send").dblclick()
    page.wait_for_timeout(100)
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    assert len(held) == 1
    held[0].abort()
    expect(page.get_by_role("alert")).to_contain_text("There is no connection.")
    page.unroute("**/f/demo")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("status")).to_be_focused()
    assert len(kept(committed)) == 1
    tab.complaints[:] = [one for one in tab.complaints if "net::ERR_FAILED" not in one]  # our own doing


def test_a_form_with_a_page_of_thanks_leads_there_and_back_again(visit, shop, service, committed, now):
    keep(committed, now, key="away", origins=[shop.url], thanks_url=f"{shop.url}/thanks")
    shop.page("/away", EMBED.format(service=service, attributes="").replace('"demo"', '"away"'))
    page = visit().page
    page.goto(f"{shop.url}/away")
    fill_in(page)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(f"{shop.url}/thanks")

    page.go_back()
    fill_in(page, "omar@example.com")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(f"{shop.url}/thanks")

    assert [row.values["email"] for row in kept(committed)] == ["jane@example.com", "omar@example.com"]


def test_in_a_frame_that_is_as_high_as_the_form(visit, shop, committed):
    tab = visit()
    page = tab.page
    page.goto(f"{shop.url}/framed?utm_campaign=spring")
    form = page.frame_locator("iframe")
    form.get_by_label("Work email").fill("jane@localhost")
    expect(page.locator("iframe")).to_have_attribute("title", "Ask for a demo")
    height = page.locator("iframe").evaluate("e => [e.clientHeight, e.style.height]")
    assert height[0] > 500, height
    tab.look("embed-frame")
    form.get_by_label("Forms").check()
    form.get_by_label("I am of age").check()
    page.evaluate("addEventListener('funnel:submitted', event => document.title = `sent ${event.detail.form}`)")
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_role("alert")).to_be_focused()
    assert page.title() == "A shop"

    form.get_by_label("Work email").fill("jane@example.com")
    form.get_by_role("button", name="Send").click()

    expect(form.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(page).to_have_title("sent demo")
    [row] = kept(committed)
    assert (row.values["email"], row.campaign, row.page.startswith(shop.url)) == ("jane@example.com", "spring", True)


def test_a_frame_whose_form_has_a_page_of_thanks_takes_the_whole_page_there(visit, shop, service, committed, now):
    keep(committed, now, key="away", origins=[shop.url], thanks_url=f"{shop.url}/thanks")
    shop.page("/away", EMBED.format(service=service, attributes=' data-mode="iframe"').replace('"demo"', '"away"'))
    page = visit().page
    page.goto(f"{shop.url}/away")
    fill_in(page.frame_locator("iframe"))
    page.frame_locator("iframe").get_by_role("button", name="Send").click()

    page.wait_for_url(f"{shop.url}/thanks")


def test_without_a_script_the_link_leads_to_the_form(visit, shop, service, committed):
    page = visit(scripts=False).page
    page.goto(f"{shop.url}/framed")
    page.get_by_role("link", name="Open the form").click()
    fill_in(page)
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert [row.outcome for row in kept(committed)] == ["accepted"]


def test_on_a_website_that_the_form_does_not_list_the_link_stays_and_the_console_says_why(
    visit, shop, service, committed
):
    with committed.database.transaction() as session:
        session.execute(text("UPDATE forms SET definition = jsonb_set(definition, '{origins}', '[]'), version = 2"))
    shop.page("/plain", EMBED.format(service=service, attributes=""))
    tab = visit()
    said = f"Does it list {shop.url}?"
    with tab.page.expect_console_message(lambda message: said in message.text):
        tab.page.goto(f"{shop.url}/plain")

    expect(tab.page.get_by_role("link", name="Open the form")).to_be_visible()
    tab.complaints.clear()  # a refused request is in the console, as it should be


def test_the_script_is_small():
    built = uibuild.EMBED_BUILT / "v1.js"

    assert built.stat().st_size <= 5000
    assert len(gzip.compress(built.read_bytes())) <= 2500
