"""The demo's landing page, asked as a WSGI application."""

import re

import pytest
from werkzeug.test import Client

from nurture_sequences.demo import business
from nurture_sequences.demo.site import Site


@pytest.fixture
def site():
    return Client(Site("http://127.0.0.1:8000"))


def test_the_page_asks_what_the_form_asks(site, settings):
    asked = business.form(settings)
    names = [field["key"] for field in asked["fields"]] + [consent["purpose"] for consent in asked["consents"]]

    page = site.get("/").text

    assert re.findall(r'<(?:input|select) id="\w+" name="(\w+)"', page) == [*names, "hp_note"]
    assert all(consent["wording"] in page for consent in asked["consents"])
    assert all(f"<option>{roof}</option>" in page for roof in business.ROOFS)
    assert 'action="http://127.0.0.1:8000/f/guide"' in page


def test_without_a_script_the_page_hands_on_what_brought_the_visitor(site):
    page = site.get("/?utm_source=fair&gclid=%22%3E%3Cb%3E&secret=1").text

    assert '<input type="hidden" name="utm_source" value="fair">' in page
    assert '<input type="hidden" name="gclid" value="&quot;&gt;&lt;b&gt;">' in page
    assert "secret" not in page


@pytest.mark.parametrize("path", ["/", "/thanks", "/page.css", "/page.js", "/roof.svg"])
def test_nothing_on_the_site_runs_inline_or_comes_from_elsewhere(site, path):
    answer = site.get(path)

    assert answer.status_code == 200
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert " style=" not in answer.text
    assert "onclick" not in answer.text
    assert set(re.findall(r'(?:src|href)="(?!http)([^"]+)"', answer.text)) <= {
        "/",
        "/page.css",
        "/page.js",
        "/roof.svg",
    }


@pytest.mark.parametrize("path", ["/page.html", "/sequence.yaml", "/../seed.py", "/nowhere"])
def test_files_that_are_no_page_are_not_served(site, path):
    assert site.get(path).status_code == 404


def test_where_the_service_has_a_name_the_landing_page_stands_beside_it(settings):
    from dataclasses import replace

    named = replace(settings, public_url="https://funnel.example.com", demo_port=9001)

    assert business.site_address(named) == "http://funnel.example.com:9001"
    assert business.form(named)["origins"] == ["http://funnel.example.com:9001"]
