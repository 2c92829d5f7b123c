"""Where the engine keeps data of leads: what of it a person is shown, and how it is forgotten.

Sequences go on counting those who were erased. What an enrollment, a visit and a message keep is numbers, words of ours
and times; the address, and whatever a provider may have said about it, goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm.personal_data import Holding, People
from nurture_sequences import enrolling, settling

#: the reason of what ends with the person
ERASED = "erased"

_WAITING = text("SELECT id FROM messages WHERE lead_id = ANY (:leads) AND status IN ('queued', 'sending', 'unknown')")
_THEIRS = "SELECT id FROM messages WHERE lead_id = ANY (:leads)"
_STEP = "'$.** ? (@.id == $step).email.subject', jsonb_build_object('step', m.step)"
_SUBJECT = f"jsonb_path_query_first(v.document, {_STEP}) #>> '{{}}'"


def _end(session: Session, people: People, now: datetime) -> int:
    """Nothing waits for these leads any more, and no mail that waits is sent."""
    enrolling.end(session, people.leads, ERASED, now)
    waiting = session.scalars(_WAITING, {"leads": list(people.leads)}).all()
    settling.settle(session, [settling.Settlement(one, "skipped", ERASED) for one in waiting], now)
    return len(waiting)


HOLDINGS: Sequence[Holding] = (
    Holding(
        "enrollments",
        "sequences",
        """SELECT e.id, s.key AS sequence, v.number AS version, e.status, e.step, e.started_at, e.ended_at, e.reason
             FROM enrollments e JOIN sequences s ON s.id = e.sequence_id JOIN versions v ON v.id = e.version_id
            WHERE e.lead_id = ANY (:leads) ORDER BY e.id""",
        (_end,),
        keeps="which step of which sequence a number came to, and when: the counts of the sequence",
    ),
    Holding(
        "visits",
        "steps",
        """SELECT t.enrollment_id, t.step, t.entered_at, t.left_at, t.outcome
             FROM visits t JOIN enrollments e ON e.id = t.enrollment_id
            WHERE e.lead_id = ANY (:leads) ORDER BY t.entered_at, t.number""",
        (
            """UPDATE visits t SET outcome = split_part(outcome, ':', 1) FROM enrollments e
                WHERE e.id = t.enrollment_id AND e.lead_id = ANY (:leads) AND outcome LIKE '%:%'""",
        ),
        keeps="the same",
    ),
    Holding(
        "messages",
        "messages",
        f"""SELECT m.id, m.address, s.key AS sequence, m.step, m.purpose, {_SUBJECT} AS subject_as_written,
                   m.status, m.reason, m.provider, m.queued_at, m.settled_at, m.delivered_at, m.bounced_at,
                   m.complained_at, b.subject, b.text
              FROM messages m LEFT JOIN versions v ON v.id = m.version_id LEFT JOIN sequences s ON s.id = v.sequence_id
                   LEFT JOIN mailbox b ON b.message_id = m.id
             WHERE m.lead_id = ANY (:leads) ORDER BY m.queued_at""",
        (
            # Staging sends all mail to one address: then only the id tells whose it was.
            f"DELETE FROM mailbox WHERE message_id IN ({_THEIRS})",
            f"UPDATE message_events SET data = '{{}}' WHERE message_id IN ({_THEIRS})",
            """UPDATE messages SET address = 'erased ' || id, provider_id = NULL,
                      reason = CASE WHEN status = 'skipped' THEN reason END
                WHERE lead_id = ANY (:leads)""",
            # What a provider said when it refused a mail may name whom it knows.
            """UPDATE events SET data = data - 'why'
                WHERE lead_id = ANY (:leads) AND data ? 'why'
                  AND kind IN ('message_refused', 'message_unknown', 'bounced', 'soft_bounced')""",
        ),
        addresses="SELECT DISTINCT lead_id, address FROM messages WHERE lead_id = ANY (:leads)",
        everybody="SELECT DISTINCT lead_id, address FROM messages WHERE address NOT LIKE 'erased %'",
        busy="SELECT lead_id FROM messages WHERE lead_id = ANY (:leads) AND status = 'sending' AND send_by > now()",
        keeps="what became of a mail to a number, and when: the counts of the sequence",
    ),
    Holding(
        "message_events",
        "provider_events",
        f"SELECT message_id, kind, at, data FROM message_events WHERE message_id IN ({_THEIRS}) ORDER BY at",
        keeps="which events a provider told, and when; what they said is emptied with their messages",
    ),
)
