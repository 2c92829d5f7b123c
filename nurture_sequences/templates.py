"""Pure: from a mail as a marketer wrote it (Liquid) to the mail one lead gets.

Merge fields: `{{ lead.first_name }}`, or `{{ first_name }}` for short, and `{{ unsubscribe_url }}`. Fields that are
not known come out empty. Mail that does not show the unsubscribe link itself gets a line with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from liquid import Environment
from liquid.exceptions import LiquidError
from liquid.stringify import to_liquid_string
from markupsafe import escape

from funnel.conditions.reading import suggestion
from nurture_sequences.plain_text import text_of

UNSUBSCRIBE = {"en": "Unsubscribe", "fr": "Se désinscrire"}

Render: TypeAlias = Callable[[Mapping[str, Any]], str]


class Rendered(NamedTuple):
    subject: str
    text: str
    #: None: the mail is text only
    html: str | None


class TemplateError(ValueError):
    """The template cannot be read, or cannot be rendered; `part` is subject, text or html."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part = part


@dataclass(frozen=True, slots=True)
class EmailTemplate:
    subject: Render
    text: Render
    html: Render | None

    def render(self, lead: Mapping[str, Any], links: Mapping[str, str]) -> Rendered:
        """The mail for one lead. TemplateError when a limit is passed or a filter cannot do its work.

        `lead` is flat: its fields, and email, locale, ...; `links` holds `unsubscribe_url` for marketing mail.
        """
        fields = {**lead, **links, "lead": lead}
        url, locale = links.get("unsubscribe_url"), lead.get("locale")
        # A line break in a subject would begin another header.
        subject = " ".join(self.subject(fields).split())
        text, html = self.text(fields), self.html(fields) if self.html else None
        if url is None:
            return Rendered(subject, text, html)
        return Rendered(subject, _text_footer(text, url, locale), html and _html_footer(html, url, locale))


@lru_cache(maxsize=2000)
def compile_email(subject: str, text: str | None, html: str | None) -> EmailTemplate:
    """Ready to render; compiled once per process for the same words. TemplateError when Liquid cannot read it.

    Without a text, one is made from the html; a mail without html stays text only.
    """
    rendered_html = None if html is None else _compile("html", html, _HTML)
    return EmailTemplate(_compile("subject", subject, _TEXT), _compile_text(text, html), rendered_html)


def _compile_text(text: str | None, html: str | None) -> Render:
    if text is not None or html is None:
        return _compile("text", text or "", _TEXT)
    try:
        return _compile("text", text_of(html), _TEXT)
    except TemplateError as error:
        raise TemplateError("html", f"no text can be made of this html, write one beside it: {error}") from error


class _Limited(Environment):
    """Liquid for strangers' templates: bounded work, and no way out of the template."""

    loop_iteration_limit = 10_000
    output_stream_limit = 1_000_000
    context_depth_limit = 20
    local_namespace_limit = 1_000_000

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        for tag in ("include", "render"):
            del self.tags[tag]
        # Leads write their own names: nothing turns off the escaping of what they wrote.
        del self.filters["safe"]


_HTML = _Limited(autoescape=True)
_TEXT = _Limited(autoescape=False)

#: Liquid takes a time that grows with the square of the length of one tag
LONGEST_TAG = 1000
_TAG = re.compile(r"\{[{%][^}]*")

#: {{ field }} and {{ lead.field }}, which need no Liquid; the words Liquid has a meaning for stay with it
_FIELD = re.compile(r"(?<!\{)\{\{ *((?:[A-Za-z_]\w*\.)?[A-Za-z_]\w*) *\}\}", re.ASCII)
_LIQUID_WORDS = frozenset(
    [
        "true",
        "false",
        "nil",
        "null",
        "empty",
        "blank",
        "size",
        "first",
        "last",
        "and",
        "or",
        "not",
        "contains",
        "in",
        "if",
        "else",
    ]
)


def _compile(part: str, source: str, environment: Environment) -> Render:
    pieces = _FIELD.split(source)
    paths = [tuple(path.split(".")) for path in pieces[1::2]]
    plain = not any("{{" in piece or "{%" in piece for piece in pieces[::2])
    if plain and _LIQUID_WORDS.isdisjoint(word for path in paths for word in path):
        return _fields_only(pieces[::2], paths, environment.autoescape)
    return _liquid(part, source, environment)


def _fields_only(literals: list[str], paths: list[tuple[str, ...]], autoescape: bool) -> Render:
    """What Liquid would answer, at a fraction of its cost: most subjects and texts are like this."""
    first, rest = literals[0], list(zip(paths, literals[1:], strict=True))

    def render(fields: Mapping[str, Any]) -> str:
        found = [first]
        for path, literal in rest:
            value: Any = fields
            for word in path:
                value = value.get(word) if isinstance(value, Mapping) else None
            found.append(to_liquid_string(value, autoescape))
            found.append(literal)
        return "".join(found)

    return render if rest else lambda fields: first


def _liquid(part: str, source: str, environment: Environment) -> Render:
    if any(len(tag) > LONGEST_TAG for tag in _TAG.findall(source)):
        raise TemplateError(part, f"a Liquid tag has at most {LONGEST_TAG} characters")
    try:
        template = environment.from_string(source)
        unknown = template.analyze().filters.keys() - environment.filters.keys()
    except LiquidError as error:
        raise TemplateError(part, _said(error)) from error
    if unknown:
        raise TemplateError(part, f"there is no filter {min(unknown)}{suggestion(min(unknown), environment.filters)}")

    def render(fields: Mapping[str, Any]) -> str:
        try:
            return str(template.render(fields))
        except LiquidError as error:
            raise TemplateError(part, _said(error)) from error

    return render


def _said(error: LiquidError) -> str:
    place = error.context()
    return f"{error.message} (line {place[0]})" if place else str(error.message)


def _text_footer(text: str, url: str, locale: object) -> str:
    return text if url in text else f"{text.rstrip()}\n\n{_word(locale)} <{url}>\n"


def _html_footer(html: str, url: str, locale: object) -> str:
    address = str(escape(url))
    if address in html:
        return html
    line = f'<p style="font-size:12px;color:#666666"><a href="{address}">{_word(locale)}</a></p>'
    end = html.lower().rfind("</body>")
    return html + line if end < 0 else html[:end] + line + html[end:]


def _word(locale: object) -> str:
    """In the lead's language, where we have it."""
    return UNSUBSCRIBE.get(str(locale or "")[:2].lower(), UNSUBSCRIBE["en"])
