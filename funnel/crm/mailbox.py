"""Reading the local mailbox, where mail goes until a provider is set."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from funnel import addresses
from funnel.crm.keyset import Page, Place, cut
from funnel.models import MailboxMail


def page(session: Session, *, to: str | None = None, after: Place | None = None, limit: int = 100) -> Page[MailboxMail]:
    """The mails to an address (in any case), newest first; `after` leads to older ones."""
    mails = select(MailboxMail)
    if to:
        mails = mails.where(func.lower(MailboxMail.to) == addresses.asked_for(to))
    if after:
        mails = mails.where(MailboxMail.id < after.id)
    return cut(
        session.scalars(mails.order_by(MailboxMail.id.desc()).limit(limit + 1)).all(),
        limit,
        lambda row: Place(row.at, row.id),
    )


def find(session: Session, mail_id: int) -> MailboxMail | None:
    return session.get(MailboxMail, mail_id)
