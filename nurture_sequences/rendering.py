"""A claimed mail becomes an email: the version's words, the lead's values, the links and headers of the law."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from funnel import links
from funnel.context import Context
from funnel.crm import user_links
from nurture_sequences import service_mail
from nurture_sequences.definition import Program
from nurture_sequences.mailers import Email
from nurture_sequences.templates import compile_email


def render(context: Context, mail: Any, lead: Any, program: Program | None, now: datetime) -> Email:
    """The email of this message row, ready to leave at `now` (engine time)."""
    return _service(context, mail, lead, now) if program is None else _marketing(context, mail, lead, program, now)


def _marketing(context: Context, mail: Any, lead: Any, program: Program, now: datetime) -> Email:
    words = program.steps[mail.step].email
    if words is None or words.subject is None:
        raise LookupError(f"the step {mail.step!r} carries no words to send")
    template = compile_email(words.subject, words.text, words.html)
    unsubscribe = _unsubscribe_url(context, lead.id, mail.id)
    rendered = template.render(merge_fields(lead), {"unsubscribe_url": unsubscribe})
    # RFC 8058: one HTTPS address that a POST alone makes good, and the line that says so.
    headers = {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return _email(context, mail, rendered.subject, rendered.text, rendered.html, headers, program.key, now)


def _service(context: Context, mail: Any, lead: Any, now: datetime) -> Email:
    subject, body = _service_words(context, mail.occasion, lead)
    # RFC 3834: a machine answered, so that no machine answers back.
    return _email(context, mail, subject, body, None, {"Auto-Submitted": "auto-generated"}, None, now)


def _service_words(context: Context, occasion: str, lead: Any) -> tuple[str, str]:
    keys, public_url = context.settings.secret_keys, context.settings.public_url
    match occasion.split(":"):
        case [service_mail.CONFIRM, submission]:
            token = links.confirm_token(keys, UUID(submission))
            return service_mail.confirmation(lead.locale, f"{public_url}/c/{token}")
        case [kind, language, link] if kind in service_mail.LINKS:
            return service_mail.link_mail(kind, language, user_links.url(public_url, keys, UUID(link)))
    raise ValueError(f"no service mail is written for the occasion {occasion!r}")


def merge_fields(lead: Any) -> dict[str, Any]:
    """What a template may say of a lead."""
    return {**(lead.fields or {}), "email": lead.email, "stage": lead.stage, "locale": lead.locale}


def _unsubscribe_url(context: Context, lead_id: int, message_id: UUID) -> str:
    token = links.unsubscribe_token(context.settings.secret_keys, lead_id, message_id)
    return f"{context.settings.public_url}/u/{token}"


def _email(
    context: Context,
    mail: Any,
    subject: str,
    body: str,
    html: str | None,
    headers: Mapping[str, str],
    category: str | None,
    now: datetime,
) -> Email:
    to, redirect = mail.address, context.settings.mail_redirect_to
    if redirect:
        headers = {**headers, "X-Original-To": to}
    return Email(mail.id, redirect or to, context.settings.mail_from, subject, body, html, headers, category, now)
