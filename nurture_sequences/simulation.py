"""A lead, real or invented, walked through a draft or a version: what `simulate` needs is read, nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from funnel.conditions import Subject
from funnel.crm import consents, subjects, suppressions
from funnel.crm import leads as crm_leads
from funnel.models import Lead
from nurture_sequences import sequences, versions
from nurture_sequences.by_hand import UnknownLeadError
from nurture_sequences.definition import Program, compile_document
from nurture_sequences.simulate import Moment, forced, simulate


@dataclass(frozen=True)
class Sample:
    """An invented lead. It agreed to mail; without a stage it stands on the lowest one."""

    stage: str | None = None
    tags: Sequence[str] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    fit: float = 0.0
    engagement: float = 0.0
    zone: str | None = None


@dataclass(frozen=True)
class Asked:
    """What is simulated: the draft (None) or a version, for a lead or a sample, with some branches decided."""

    start: datetime
    number: int | None = None
    lead_id: int | None = None
    sample: Sample = field(default_factory=Sample)
    #: by branch: the arm it takes whatever the data say
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Simulated:
    moments: Sequence[Moment]
    #: the lead's; None counts as UTC
    zone: str | None


def run(session: Session, key: str, asked: Asked, fingerprint_key: bytes) -> Simulated:
    """What would happen, in order.

    Raises UnknownSequenceError, UnknownVersionError, UnpublishableError, UnknownLeadError, UnknownArmError.
    """
    document = versions.document(session, sequences.read(session, key), asked.number)
    return walked(session, document, asked, fingerprint_key)


def walked(session: Session, document: object, asked: Asked, fingerprint_key: bytes) -> Simulated:
    """The same for a document in hand. Raises UnpublishableError, UnknownLeadError, UnknownArmError."""
    if wrong := sequences.problems(session, document):
        raise sequences.UnpublishableError(wrong)
    program = forced(compile_document(document), asked.answers)
    if asked.lead_id is None:
        zone, invented = asked.sample.zone, _invented(session, asked)
        return Simulated(simulate(program, invented, asked.start, zone=zone), zone)
    lead = crm_leads.lead_by_id(session, asked.lead_id)
    if lead is None:
        raise UnknownLeadError
    subject = subjects.subjects(session, {lead.id: lead}, program.reads, program.event_kinds)[lead.id]
    refusal = _refusal(session, lead, program, fingerprint_key)
    return Simulated(simulate(program, subject, asked.start, zone=lead.zone, refusal=refusal), lead.zone)


def _invented(session: Session, asked: Asked) -> Subject:
    sample = asked.sample
    ladder, decay = subjects.ladder_and_decay(session)
    return Subject(
        stage=sample.stage or next(iter(ladder)),
        ladder=ladder,
        tags=frozenset(sample.tags),
        fields=sample.fields,
        fit=sample.fit,
        engagement=sample.engagement,
        engaged_at=asked.start,
        decay=decay,
    )


def _refusal(session: Session, lead: Lead, program: Program, key: bytes) -> str | None:
    """Why no mail of this sequence would leave for this lead, as things stand."""
    if lead.email in suppressions.suppressed(session, [lead.email], key):
        return "suppressed"
    return consents.may_mail(consents.mail_state(session, [lead.id])[lead.id], program.purpose)
