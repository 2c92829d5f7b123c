"""From what a marketer wrote to what one lead reads."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liquid import Environment

from nurture_sequences.plain_text import text_of
from nurture_sequences.templates import Rendered, TemplateError, compile_email

LENA = {"first_name": "Léna & co", "email": "lena@example.org", "locale": "en-GB", "vip": True, "langs": ["fr", "de"]}
URL = "https://funnel.example/u/abc?x=1&y=2"
LINKS = {"unsubscribe_url": URL}


def text(source: str, **fields: Any) -> str:
    """What a text with this source becomes, without the footer."""
    return compile_email("s", source, None).render({**LENA, **fields}, {}).text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("no fields", "no fields"),
        ("Hi {{ lead.first_name }}!", "Hi Léna & co!"),
        ("Hi {{first_name}}!", "Hi Léna & co!"),
        ("{{ lead.email }}{{ email }}", "lena@example.orglena@example.org"),
        ("[{{ nothing }}{{ lead.nothing }}{{ nothing.at_all }}]", "[]"),
        ("{{ vip }} {{ langs }}", "true frde"),
        ("{{ langs.size }} {{ langs.first }} {{ langs[1] }}", "2 fr de"),
        ("{{ nothing | default: 'you' }}", "you"),
        ("{% if vip %}yes{% else %}no{% endif %}", "yes"),
        ("{{ true }} {{ nil }} {{ empty }}", "true  "),
        ("{{- first_name -}} x", "Léna & cox"),
        ("{{ lead.first_name.upper }}{{ lead.__class__ }}{{ lead.items }}", ""),
    ],
)
def test_merge_fields_are_filled_in(source: str, expected: str) -> None:
    assert text(source) == expected


def test_what_a_lead_wrote_is_never_read_as_a_template() -> None:
    assert text("Hi {{ first_name }}", first_name="{{ email }}{% if x %}") == "Hi {{ email }}{% if x %}"


def test_html_is_escaped_and_text_and_subject_are_not() -> None:
    template = compile_email("{{ first_name }}", "{{ first_name }}", "<p title='{{ first_name }}'>{{ first_name }}</p>")

    rendered = template.render({"first_name": "<b>'Léna' & \"co\""}, {})

    assert rendered.subject == rendered.text == "<b>'Léna' & \"co\""
    assert rendered.html == (
        "<p title='&lt;b&gt;&#39;Léna&#39; &amp; &#34;co&#34;'>&lt;b&gt;&#39;Léna&#39; &amp; &#34;co&#34;</p>"
    )


def test_nothing_turns_off_the_escaping_of_what_a_lead_wrote() -> None:
    with pytest.raises(TemplateError, match="no filter safe"):
        compile_email("s", None, "<p>{{ first_name | safe }}</p>")


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\u2028"])
def test_a_subject_is_one_line(end: str) -> None:
    template = compile_email("Hi {{ first_name }}" + end, "x", None)

    subject = template.render({"first_name": f"Léna{end}Bcc: all@example.org"}, {}).subject

    assert subject == "Hi Léna Bcc: all@example.org"


def test_a_mail_without_html_stays_text_only() -> None:
    assert compile_email("s", "t", None).render(LENA, LINKS).html is None


def test_the_unsubscribe_link_is_added_where_it_is_missing() -> None:
    rendered = compile_email("s", "Hello", "<html><body><p>Hello</p></body></html>").render(LENA, LINKS)

    assert rendered.text == f"Hello\n\nUnsubscribe <{URL}>\n"
    assert rendered.html is not None
    assert rendered.html.endswith('?x=1&amp;y=2">Unsubscribe</a></p></body></html>')


def test_the_unsubscribe_link_speaks_the_lead_s_language() -> None:
    rendered = compile_email("s", "Bonjour", "<p>Bonjour</p>").render({"locale": "fr-FR"}, LINKS)

    assert f"Se désinscrire <{URL}>" in rendered.text
    assert ">Se désinscrire</a>" in (rendered.html or "")


def test_a_template_that_shows_the_link_itself_gets_no_second_one() -> None:
    template = compile_email("s", "Bye: {{ unsubscribe_url }}", '<a href="{{ unsubscribe_url }}">Bye</a>')

    rendered = template.render(LENA, LINKS)

    assert rendered.text == f"Bye: {URL}"
    assert rendered.html == '<a href="https://funnel.example/u/abc?x=1&amp;y=2">Bye</a>'


def test_a_link_that_only_some_leads_are_shown_is_added_for_the_others() -> None:
    template = compile_email("s", "{% if shown %}{{ unsubscribe_url }}{% endif %}", None)

    assert template.render({"shown": True}, LINKS).text == URL
    assert URL in template.render({"shown": False}, LINKS).text


def test_a_field_of_the_lead_cannot_take_the_place_of_a_link() -> None:
    assert URL in compile_email("s", "{{ unsubscribe_url }}", None).render({"unsubscribe_url": "evil"}, LINKS).text


def test_mail_without_links_gets_no_footer() -> None:
    assert compile_email("s", "Hello", "<p>Hello</p>").render(LENA, {}) == Rendered("s", "Hello", "<p>Hello</p>")


@pytest.mark.parametrize(
    ("subject", "body", "html", "part", "message"),
    [
        ("{{ x", "t", None, "subject", "expected '}}'"),
        ("s", "a\n{% if %}", None, "text", "(line 2)"),
        ("s", None, "{% nope %}", "html", "unexpected tag 'nope'"),
        ("s", "{{ x | upcas }}", None, "text", 'no filter upcas; did you mean "upcase"?'),
        ("s", "{% include 'other' %}", None, "text", "unexpected tag 'include'"),
        ("s", "{{ " + "(" * 2000 + " }}", None, "text", "at most 1000 characters"),
        ("s", "{% if a %}" * 1000, None, "text", "nesting limit"),
        ("s", None, "<style>{% if a %}</style>{% endif %}", "html", "no text can be made of this html"),
    ],
)
def test_what_cannot_be_read_is_refused_when_it_is_written(
    subject: str, body: str | None, html: str | None, part: str, message: str
) -> None:
    with pytest.raises(TemplateError) as error:
        compile_email(subject, body, html)

    assert error.value.part == part
    assert message in str(error.value)


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in (1..100000000) %}{% for b in (1..100000000) %}x{% endfor %}{% endfor %}",
        "{% assign a = 'aaaaaaaa' %}{% for i in (1..1000) %}{% assign a = a | append: a %}{% endfor %}{{ a }}",
        "{{ 1 | divided_by: 0 }}",
    ],
)
def test_work_without_end_is_stopped(source: str) -> None:
    template = compile_email("s", source, None)

    with pytest.raises(TemplateError) as error:
        template.render(LENA, {})

    assert error.value.part == "text"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "size", "b"]), inner, max_size=2),
    max_leaves=4,
)
outputs = st.sampled_from(
    ["{{ a }}", "{{lead.a}}", "{{ a.b }}", "{{ a.size }}", "{{  lead.b }}", "{{ lead }}", "{{ _a1 }}", "{{ a.true }}"]
)
sources = st.lists(outputs | st.text("ab<&{} %'\"\n", max_size=5), max_size=5).map("".join)


@settings(deadline=None)
@given(source=sources, a=values, b=values, autoescape=st.booleans())
def test_simple_templates_say_just_what_liquid_says(source: str, a: object, b: object, autoescape: bool) -> None:
    lead = {"a": a, "b": b}
    try:
        template = compile_email("s", None if autoescape else source, source if autoescape else None)
    except TemplateError:
        return  # refused by Liquid itself, or by our limits

    expected = Environment(autoescape=autoescape).from_string(source).render(**lead, lead=lead)

    rendered = template.render(lead, {})
    assert (rendered.html if autoescape else rendered.text) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
        ("<h1>Hi\n  {{ first_name }}</h1><div>a</div><div>b</div>", "Hi {{ first_name }}\n\na\n\nb"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<a href='https://x.example/?a=1&amp;b=2'>Read</a> on", "Read <https://x.example/?a=1&b=2> on"),
        ('<a href="{{ "x" }}">Read</a>', 'Read <{{ "x" }}>'),
        ("<a href='https://x.example'>https://x.example</a>", "https://x.example"),
        ("<a href='mailto:a@b.example'>a@b.example</a> <a href='#top'>up</a>", "a@b.example up"),
        ("<head><title>T</title></head><style>p { color: red }</style><!-- c --><p>x</p>", "x"),
        ("<img src=x alt='A chart'> &amp; &eacute;", "A chart & é"),
        ("{% if a < b and c > d %}<b>x</b>{% endif %}", "{% if a < b and c > d %}x{% endif %}"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
        ("a <b", "a <b"),
    ],
)
def test_a_text_is_made_from_html(html: str, expected: str) -> None:
    assert text_of(html) == expected


@settings(deadline=None)
@given(st.text("<>/abp='\"&#; \n!-{}%\ue0001\ue001", max_size=60))
def test_any_html_has_a_text(html: str) -> None:
    assert isinstance(text_of(html), str)


def test_the_words_of_a_mail_are_compiled_once() -> None:
    again = json.loads(json.dumps("Hi {{ first_name }}, once"))

    assert compile_email("s", "Hi {{ first_name }}, once", None) is compile_email("s", again, None)
