"""What does not keep a sequence from being published, and still lets nobody in or sends no mail.

A sequence whose leads never said yes to mail runs through all its steps and skips every mail. That is right, and it
looks broken to whoever was not told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from funnel.conditions import Problem
from funnel.models import Form
from funnel.purposes import of_mail
from nurture_sequences.definition import DocumentError, Program, compile_document


def advice(session: Session, document: object) -> list[Problem]:
    """What to tell whoever writes or publishes this document; nothing while it has problems."""
    try:
        program = compile_document(document)
    except DocumentError:
        return []
    named = {trigger.value for trigger in program.triggers if trigger.kind == "form"}
    rows = session.execute(select(Form.key, Form.definition["consents"]).where(Form.key.in_(named)))
    purposes = {key: of_mail(consents) for key, consents in rows}
    listed = isinstance(document, dict) and "any" in (document.get("enter") or {})
    return list(_about_forms(program, purposes, "enter/any/{}/form" if listed else "enter/form"))


def _about_forms(program: Program, purposes: Mapping[str, Collection[str]], place: str) -> Iterator[Problem]:
    mails = any(step.kind == "email" for step in program.steps.values())
    for number, trigger in enumerate(program.triggers):
        if trigger.kind != "form":
            continue
        path = place.format(number)
        if trigger.value not in purposes:
            yield Problem(path, f'there is no form "{trigger.value}", so nobody enters by it')
        elif mails and not _may_lead_to_mail(purposes[trigger.value], program.purpose):
            wanted = f"the purpose {program.purpose}" if program.purpose else "mail"
            yield Problem(
                path,
                f'the form "{trigger.value}" asks for no consent to {wanted}: who enters by it alone gets no mail, '
                'and the timeline says "no consent"',
            )


def _may_lead_to_mail(purposes: Collection[str], wanted: str | None) -> bool:
    return wanted in purposes if wanted else bool(purposes)
