import pytest
from marshmallow import ValidationError

from funnel.crm import forms
from funnel.schemas.form import FormIn, FormOut

LEAST = {"key": "demo", "name": "Demo"}
EMAIL = {"key": "email", "label": "Email", "type": "email", "required": True, "choices": []}


def load(**changed):
    return FormIn().load(LEAST | changed)


def test_a_form_without_an_email_field_gets_one():
    form = load(fields=[{"key": "first_name", "label": "First name"}])

    assert [field["key"] for field in form["fields"]] == ["email", "first_name"]
    assert form["fields"][0] == EMAIL


def test_the_email_field_is_always_required():
    form = load(fields=[{"key": "email", "label": "Your email", "type": "email", "required": False}])

    assert form["fields"] == [EMAIL | {"label": "Your email"}]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://Shop.example", "https://shop.example"),
        ("https://shop.example:443/", "https://shop.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:80", "http://[::1]"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("*", "*"),
    ],
)
def test_origins_are_kept_as_browsers_send_them(written, kept):
    assert load(origins=[written])["origins"] == [kept]


@pytest.mark.parametrize("url", ["", "/thanks?a=1", "https://shop.example/thanks", "http://127.0.0.1:8080/t"])
def test_thanks_may_be_elsewhere_or_here(url):
    assert load(thanks_url=url)["thanks_url"] == url


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("key", "Démo"),
        ("key", "a/b"),
        ("key", "demo\n"),
        ("name", " "),
        ("name", "a\0b"),
        ("name", "a\ud800"),
        ("thanks_url", "//evil.example"),
        ("thanks_url", "/\\evil.example"),
        ("thanks_url", "javascript:alert(1)"),
        ("thanks_url", "https://shop.example/\r\nSet-Cookie: a=b"),
        ("thanks_url", "https://shop@evil.example"),
        ("thanks_url", "http://[::"),
        ("origins", ["shop.example"]),
        ("origins", ["https://shop.example/page"]),
        ("origins", ["https://*.example"]),
        ("origins", ["null"]),
        ("origins", ["http://shop.example:99999"]),
        ("origins", ["https://" + "a" * 300]),
        ("fields", [{"key": "utm_source", "label": "Source"}]),
        ("fields", [{"key": "mail", "label": "Mail", "type": "email"}]),
        ("fields", [{"key": "email", "label": "Mail", "type": "text"}]),
        ("fields", [{"key": "size", "label": "Size", "type": "choice"}]),
        ("fields", [{"key": "a", "label": "A"}, {"key": "a", "label": "B"}]),
        ("fields", [{"key": "a", "label": "A", "type": "password"}]),
        ("fields", [{"key": f"f{n}", "label": "F"} for n in range(101)]),
        ("consents", [{"purpose": "email", "wording": "Yes."}]),
        ("consents", [{"purpose": "hp_note", "wording": "Yes."}]),
        ("consents", [{"purpose": "newsletter", "wording": ""}]),
        ("locale", "de"),
        ("colour", "red"),
    ],
)
def test_what_a_form_cannot_be_is_named(part, value):
    with pytest.raises(ValidationError) as refused:
        load(**{part: value})

    assert list(refused.value.messages) == [part]


def test_a_form_reads_back_as_it_was_written(session, now):
    written = load(thanks_url="/thanks", consents=[{"purpose": "newsletter", "wording": "Yes.", "required": True}])

    read = FormOut().dump(forms.create_form(session, written, now))

    assert written.items() <= read.items()
    assert read["version"] == 1


def test_null_is_what_was_left_out():
    consent = {"purpose": "news", "wording": "Send news.", "required": None}

    form = load(thanks_url=None, origins=None, double_opt_in=None, locale=None, fields=None, consents=[consent])

    assert form == load(consents=[{"purpose": "news", "wording": "Send news."}])


def test_null_is_no_key():
    with pytest.raises(ValidationError):
        load(key=None)


@pytest.mark.parametrize("url", ["https://shop.example;sandbox/", "https://shop.example,x/", "https:///thanks"])
def test_a_host_of_thanks_is_a_host(url):
    with pytest.raises(ValidationError):
        load(thanks_url=url)
