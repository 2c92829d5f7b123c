"""The history of the invented people as rows: one statement a table, whatever their number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel import ids
from funnel.crm import ranks
from funnel.crm.subjects import ladder_and_decay
from funnel.decay import Decay
from funnel.models import Form
from funnel.scoring import Entry
from nurture_sequences import ledger
from nurture_sequences.demo.business import FORM, MAIL, PHONE, SEQUENCE, WORDINGS
from nurture_sequences.demo.people import Person
from nurture_sequences.demo.stories import Story

PAGE = "https://soleil-toit.example/guide"

Row = dict[str, Any]


@dataclass(frozen=True)
class Entered:
    """The sequence the people are in, as it is published."""

    sequence_id: int
    version_id: int


_LEADS = text("""
    INSERT INTO leads (email, fields, tags, stage, stage_since, stage_held_until, fit, engagement, engaged_at, zone,
                       locale, demo, created_at, updated_at)
    SELECT email, fields, ARRAY(SELECT jsonb_array_elements_text(tags)), stage, stage_since, stage_held_until, fit,
           engagement, engaged_at, zone, 'en', true, created_at, updated_at
      FROM json_to_recordset(:rows) AS w (email text, fields jsonb, tags jsonb, stage text, stage_since timestamptz,
           stage_held_until timestamptz, fit float8, engagement float8, engaged_at timestamptz, zone text,
           created_at timestamptz, updated_at timestamptz)
    RETURNING email, id
""")
_SUBMISSIONS = text("""
    INSERT INTO submissions (id, form_id, form_version, lead_id, values, outcome, at)
    SELECT id, form_id, form_version, lead_id, values, 'accepted', at
      FROM json_to_recordset(:rows) AS w (id uuid, form_id bigint, form_version bigint, lead_id bigint,
           values jsonb, at timestamptz)
""")
_CONSENTS = text("""
    INSERT INTO consents (lead_id, purpose, action, permits_mail, wording, channel, form_id, form_version,
                          submission_id, page, at)
    SELECT lead_id, purpose, action, permits_mail, wording, channel, form_id, form_version, submission_id, page, at
      FROM json_to_recordset(:rows) AS w (lead_id bigint, purpose text, action text, permits_mail boolean, wording text,
           channel text, form_id bigint, form_version bigint, submission_id uuid, page text, at timestamptz)
     ORDER BY at
""")
_TOUCHES = text("""
    INSERT INTO touches (lead_id, submission_id, source, medium, campaign, term, page, at)
    SELECT lead_id, submission_id, source, medium, campaign, term, page, at
      FROM json_to_recordset(:rows) AS w (lead_id bigint, submission_id uuid, source text, medium text,
           campaign text, term text, page text, at timestamptz)
    RETURNING submission_id, id
""")
_ENROLLMENTS = text("""
    INSERT INTO enrollments (sequence_id, version_id, lead_id, status, step, visit, entered_at, due_at, reason,
                             started_at, ended_at)
    SELECT sequence_id, version_id, lead_id, CASE WHEN ended_at IS NULL THEN 'active' ELSE 'ended' END, step, visit,
           entered_at, due_at, reason, started_at, ended_at
      FROM json_to_recordset(:rows) AS w (sequence_id bigint, version_id bigint, lead_id bigint, step text,
           visit bigint, entered_at timestamptz, due_at timestamptz, reason text, started_at timestamptz,
           ended_at timestamptz)
    RETURNING lead_id, id
""")
_VISITS = text("""
    INSERT INTO visits (enrollment_id, number, step, entered_at, left_at, outcome)
    SELECT * FROM json_to_recordset(:rows) AS w (enrollment_id bigint, number bigint, step text,
           entered_at timestamptz, left_at timestamptz, outcome text)
""")
_MESSAGES = text("""
    INSERT INTO messages (id, occasion, address, lead_id, enrollment_id, version_id, step, purpose, status, due_at,
                          attempts, provider, queued_at, settled_at)
    SELECT id, occasion, address, lead_id, enrollment_id, version_id, step, 'marketing', 'accepted', at, 1, 'demo',
           at, at
      FROM json_to_recordset(:rows) AS w (id uuid, occasion text, address text, lead_id bigint,
           enrollment_id bigint, version_id bigint, step text, at timestamptz)
""")
# Without a row in pending_facts: what happened long ago is told, and nothing follows from it now.
_EVENTS = text("""
    INSERT INTO events (kind, lead_id, at, data)
    SELECT kind, lead_id, at, data
      FROM json_to_recordset(:rows) AS w (kind text, lead_id bigint, at timestamptz, data jsonb) ORDER BY at
    RETURNING lead_id, kind, at, id
""")


def write(session: Session, form: Form, entered: Entered, told: Sequence[tuple[Person, Story]]) -> None:
    """Leads, submissions, consents, touches, enrollments, visits, messages and facts, in the caller's transaction."""
    lead_ids = _ids(session, _LEADS, [_lead(person, story) for person, story in told])
    known = [_Known(lead_ids[person.email], person, story, form) for person, story in told]
    _execute(session, _SUBMISSIONS, [row for one in known for row in one.submissions()])
    _execute(session, _CONSENTS, [row for one in known for row in one.consents()])
    touch_ids = _ids(session, _TOUCHES, [row for one in known for row in one.touches()])
    enrollment_ids = _ids(session, _ENROLLMENTS, [one.enrollment(entered) for one in known])
    for one in known:
        one.enrollment_id = enrollment_ids[one.lead_id]
    _execute(session, _VISITS, [row for one in known for row in one.visits()])
    _execute(session, _MESSAGES, [row for one in known for row in one.messages(entered)])
    events = _execute(session, _EVENTS, [row for one in known for row in one.facts(touch_ids)])
    event_ids = {(row.lead_id, row.kind, row.at): row.id for row in events}
    ledger.append(session, {one.lead_id: one.entries(event_ids) for one in known})
    _, decay = ladder_and_decay(session)
    ranks.keep(session, [one.rank(decay) for one in known])


def _execute(session: Session, statement: Any, rows: Sequence[Row]) -> Any:
    return session.execute(statement, {"rows": orjson.dumps(rows).decode()})


def _ids(session: Session, statement: Any, rows: Sequence[Row]) -> dict[Any, int]:
    return dict(_execute(session, statement, rows).all())


def _lead(person: Person, story: Story) -> Row:
    moved = [one.at for one in story.stages]
    return {
        "email": person.email,
        "fields": person.fields,
        "tags": sorted(tag for _, tag in story.tags),
        "stage": story.stage,
        "stage_since": max(moved, default=person.filled[0]),
        "stage_held_until": story.stage_held_until,
        **story.score._asdict(),
        "zone": person.zone,
        "created_at": person.filled[0],
        "updated_at": max([*person.filled, *moved]),
    }


class _Known:
    """One of the people with the ids the database gave."""

    def __init__(self, lead_id: int, person: Person, story: Story, form: Form) -> None:
        self.lead_id, self.person, self.story, self.form = lead_id, person, story, form
        self.enrollment_id = 0
        self.filled = [(ids.time_ordered(at), at) for at in person.filled]
        self.sent = [(ids.time_ordered(at), step, visit, at) for step, visit, at in story.mails]

    def submissions(self) -> Iterable[Row]:
        values = self.person.fields | {"email": self.person.email}
        for key, at in self.filled:
            yield self._of_form() | {"id": key, "values": values, "at": at}

    def consents(self) -> Iterable[Row]:
        purposes = (MAIL, PHONE) if self.person.may_be_called else (MAIL,)
        for key, at in self.filled:
            for purpose in purposes:
                given = {"purpose": purpose, "action": "granted", "permits_mail": purpose == MAIL}
                words = {"wording": WORDINGS[purpose], "channel": "form", "page": PAGE}
                yield self._of_form() | given | words | {"submission_id": key, "at": at}
        if gone := self.person.unsubscribed_at:
            taken = {"purpose": MAIL, "action": "withdrawn", "permits_mail": True, "channel": "one-click", "at": gone}
            yield {"lead_id": self.lead_id} | taken

    def touches(self) -> Iterable[Row]:
        touch = self.person.touch
        told = {"source": touch.source, "medium": touch.medium, "campaign": touch.campaign, "term": touch.term}
        for key, at in self.filled:
            yield told | {"lead_id": self.lead_id, "submission_id": key, "page": PAGE, "at": at}

    def enrollment(self, entered: Entered) -> Row:
        reason, ended_at = self.story.ended or (None, None)
        standing = self.story.standing
        return vars(entered) | {
            "lead_id": self.lead_id,
            "step": standing.step,
            "visit": standing.visit,
            "entered_at": standing.entered_at,
            "due_at": "infinity" if reason else self.story.due_at,
            "reason": reason,
            "started_at": self.filled[0][1],
            "ended_at": ended_at,
        }

    def visits(self) -> Iterable[Row]:
        return ({"enrollment_id": self.enrollment_id} | left._asdict() for left in self.story.visits)

    def messages(self, entered: Entered) -> Iterable[Row]:
        for key, step, visit, at in self.sent:
            yield {
                "id": key,
                "occasion": f"visit:{self.enrollment_id}:{visit}",
                "address": self.person.email,
                "lead_id": self.lead_id,
                "enrollment_id": self.enrollment_id,
                "version_id": entered.version_id,
                "step": step,
                "at": at,
            }

    def facts(self, touch_ids: dict[UUID, int]) -> Iterable[Row]:
        sequence = {"sequence": SEQUENCE, "enrollment": self.enrollment_id}
        for key, at in self.filled:
            new, touch = at == self.filled[0][1], touch_ids[key]
            about = {"form": FORM, "submission": key, "touch": touch, "new": new, "double_opt_in": False}
            yield self._fact("form_submitted", at, about)
        yield self._fact("enrolled", self.filled[0][1], sequence)
        for mail, step, _, at in self.sent:
            yield self._fact("message_accepted", at, {"message": mail, "step": step, "why": None})
        for moved in self.story.stages:
            yield self._fact("stage_changed", moved.at, {"from": moved.before, "to": moved.after, **moved.why})
        for at, tag in self.story.tags:
            yield self._fact("tagged", at, {"tag": tag, "sequence": SEQUENCE})
        if gone := self.person.unsubscribed_at:
            yield self._fact("unsubscribed", gone, {"purposes": [MAIL], "channel": "one-click"})
        if self.story.ended:
            reason, at = self.story.ended
            yield self._fact("ended", at, sequence | {"reason": reason})

    def entries(self, event_ids: Mapping[tuple[int, str, datetime], int]) -> Sequence[Entry]:
        """The ledger, with the ids that the facts got."""
        facts = self.story.facts
        keys = [(self.lead_id, facts[entry.event_id].kind, facts[entry.event_id].at) for entry in self.story.entries]
        return [entry._replace(event_id=event_ids[key]) for key, entry in zip(keys, self.story.entries, strict=True)]

    def rank(self, decay: Decay) -> ranks.Rank:
        """Where it stands in the orders of the list."""
        fit, engagement, engaged_at = self.story.score
        mark = decay.mark(engagement, engaged_at) if engaged_at else 0.0
        did = [*self.person.filled, self.person.unsubscribed_at]
        return {"lead_id": self.lead_id, "fit": fit, "mark": mark, "active_at": max(at for at in did if at)}

    def _of_form(self) -> Row:
        return {"lead_id": self.lead_id, "form_id": self.form.id, "form_version": self.form.version}

    def _fact(self, kind: str, at: datetime, data: Row) -> Row:
        return {"kind": kind, "lead_id": self.lead_id, "at": at, "data": data}
