"""Pure: the text part of a mail, made from its html once per template, with the Liquid inside left as it is."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

#: Liquid hides from the parser of html as characters of the private use area: it may hold quotes and angle brackets.
_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_HIDDEN = re.compile("\ue000([0-9]+)\ue001")
_LOOKS_HIDDEN = re.compile("[\ue000\ue001]")

_SILENT = frozenset({"head", "style", "script", "title", "template"})
_APART = frozenset({"p", "h1", "h2", "h3", "table", "ul", "ol", "blockquote", "hr"})
_LINES = frozenset(
    [
        "address",
        "article",
        "aside",
        "body",
        "br",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "footer",
        "form",
        "h4",
        "h5",
        "h6",
        "header",
        "li",
        "main",
        "tr",
    ]
)


def text_of(html: str) -> str:
    """The words of this html, with the addresses of its links; one blank line at most between two lines."""
    liquid: list[str] = []

    def hide(match: re.Match[str]) -> str:
        liquid.append(match[0])
        return f"\ue000{len(liquid) - 1}\ue001"

    reader = _Reader()
    reader.feed(_LIQUID.sub(hide, _LOOKS_HIDDEN.sub("", html)))
    # What is left is a tag without an end. Closing the parser would look for that end again at every "<" of it.
    reader.handle_data(unescape(reader.rawdata))
    return _HIDDEN.sub(lambda match: liquid[int(match[1])], reader.text())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._silent = 0
        #: where the link under way leads, and where its words begin
        self._link: tuple[str, int] | None = None

    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self._parts).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _SILENT:
            self._silent += 1
        elif tag in _LINES or tag in _APART:
            self._parts.append(_break(tag) + ("- " if tag == "li" else ""))
        elif tag in ("td", "th"):
            self._parts.append(" ")
        elif tag == "img":
            self.handle_data(given.get("alt") or "")
        elif tag == "a":
            self._link = (given.get("href") or "", len(self._parts))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _LINES or tag in _APART:
            self._parts.append(_break(tag))
        elif tag == "a" and self._link:
            (href, start), self._link = self._link, None
            words = "".join(self._parts[start:]).strip()
            address = href.removeprefix("mailto:")
            if address and not address.startswith("#") and address != words:
                # RFC 3986, appendix C: angle brackets mark where an address in running text ends.
                self._parts.append(f" <{address}>")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(re.sub(r"\s+", " ", data))


def _break(tag: str) -> str:
    return "\n\n" if tag in _APART else "\n"
