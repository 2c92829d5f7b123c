"""What visitors and recipients do that must not be lost: done at once, or late, when the database was away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from funnel.context import Context
from funnel.crm import consents, erasing, held, leads, submissions
from funnel.crm.consents import Proof
from funnel.crm.errors import RepeatedError
from funnel.crm.leads import Capture, lead_known_as
from funnel.crm.suppressions import fingerprint
from funnel.db import once_more
from funnel.spool import Kind


@dataclass(frozen=True)
class Withdrawal:
    """Somebody leaves. `ticked` are the names that came with a post that means only some; None means all mail."""

    lead_id: int
    message_id: UUID
    ticked: Sequence[str] | None
    proof: Proof


@dataclass(frozen=True)
class Confirmation:
    """The owner of an address says yes to what a submission asked."""

    submission_id: UUID
    proof: Proof


def _capture(context: Context, told: Capture, now: datetime, late: bool) -> None:
    if late:
        if _erased_since(context, told, now):
            return
        told = once_more(context.database.transaction, lambda session: _still_agreed(session, told, now))
    try:
        once_more(context.database.statement, lambda connection: leads.capture(connection, told, now))
    except RepeatedError:
        if not late:
            raise


def _still_agreed(session: Session, told: Capture, now: datetime) -> Capture:
    """Without what the person has decided about since: the ledger's last row is what counts."""
    decided = consents.decided_since(session, told.email, now)
    return replace(told, agreed={key: wording for key, wording in told.agreed.items() if key not in decided})


def _erased_since(context: Context, told: Capture, now: datetime) -> bool:
    """Whoever asked to be forgotten after posting this is not brought back by it."""
    mark = fingerprint(told.email, context.settings.fingerprint_key)
    return once_more(context.database.transaction, lambda session: erasing.erased_since(session, mark, now))


def _hold(context: Context, told: Capture, now: datetime, late: bool) -> None:
    if late and _erased_since(context, told, now):
        return
    kept = once_more(context.database.transaction, lambda session: held.keep(session, told, now))
    if not kept and not late:
        raise RepeatedError


def _withdraw(context: Context, told: Withdrawal, now: datetime, late: bool) -> bool | None:
    """False when nothing was ticked that the lead was ever asked about; None when there is no such lead."""

    def work(session: Session) -> bool | None:
        lead = lead_known_as(session, told.lead_id)
        if lead is None:
            return None
        purposes = None
        if told.ticked is not None:
            asked = consents.wordings(session, lead.id)
            purposes = [purpose for purpose in asked if purpose in told.ticked]
        if late and (decided := consents.decided_since(session, lead.email, now)):
            given = consents.mail_state(session, [lead.id])[lead.id] if purposes is None else purposes
            purposes = [purpose for purpose in given if purpose not in decided]
        if purposes != []:
            consents.withdraw(session, lead.id, purposes, now, proof=told.proof, message_id=told.message_id)
        return purposes != []

    return once_more(context.database.transaction, work)


def _confirm(context: Context, told: Confirmation, now: datetime, late: bool) -> bool:
    """False when the submission is unknown."""

    def work(session: Session) -> bool:
        return submissions.confirm(session, told.submission_id, now, proof=told.proof)

    return once_more(context.database.transaction, work)


def _read_withdrawal(told: dict[str, Any]) -> Withdrawal:
    return Withdrawal(told["lead_id"], UUID(told["message_id"]), told["ticked"], Proof(**told["proof"]))


def _read_confirmation(told: dict[str, Any]) -> Confirmation:
    return Confirmation(UUID(told["submission_id"]), Proof(**told["proof"]))


def _address(told: Capture) -> str:
    return told.email


KINDS = {
    "submission": Kind(held.read, _capture, address=_address),
    "spam": Kind(held.read, _hold, address=_address),
    "withdrawal": Kind(_read_withdrawal, _withdraw),
    "confirmation": Kind(_read_confirmation, _confirm),
}
