"""Pure: from a mail as a marketer wrote it (Liquid) to the mail one lead gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


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
    def render(self, lead: Mapping[str, Any], links: Mapping[str, str]) -> Rendered:
        """The mail for one lead. TemplateError when a limit is passed or a filter cannot do its work.

        `lead` holds its fields and email, locale, ...; `links` holds unsubscribe_url for marketing mail.
        """
        raise NotImplementedError


def compile_email(subject: str, text: str | None, html: str | None) -> EmailTemplate:
    """Ready to render; compiled once per process for the same words. TemplateError when Liquid cannot read it."""
    raise NotImplementedError
