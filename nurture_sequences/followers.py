"""What of sequences follows a lead that is merged into another, and comes back when they are parted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import facts
from funnel.crm.facts import Fact
from funnel.crm.followers import Follower, Moves
from nurture_sequences import enrolling

#: the reason of an enrollment whose lead was in the same sequence as the one it was merged into, for longer
MERGED = "merged"

# Of two in one sequence the one that began earlier goes on.
_YOUNGER = text("""
    SELECT younger.id, younger.lead_id FROM enrollments younger
      JOIN enrollments older ON older.sequence_id = younger.sequence_id AND older.status = 'active'
           AND older.lead_id IN (:lead, :into) AND (older.started_at, older.id) < (younger.started_at, younger.id)
     WHERE younger.status = 'active' AND younger.lead_id IN (:lead, :into)
     ORDER BY younger.id
""")
# A worker that read whose it was a moment ago passes it over: so it is due at once.
_MOVE = """
    UPDATE enrollments SET lead_id = :to,
           due_at = CASE WHEN status = 'active' AND held IS NULL THEN least(due_at, :now) ELSE due_at END
     WHERE lead_id = :from {} RETURNING id
"""
_MOVE_ALL, _MOVE_THESE = text(_MOVE.format("")), text(_MOVE.format("AND id = ANY (:ids)"))
# The step that was left by the merge is the one to go on with: its visit is not over.
_REVIVE = text("""
    WITH revived AS (
        UPDATE enrollments e SET status = 'active', reason = NULL, ended_at = NULL, due_at = :now
         WHERE id = ANY (:ids) AND status = 'ended' AND reason = :reason AND NOT EXISTS (
               SELECT FROM enrollments other WHERE other.lead_id = e.lead_id AND other.sequence_id = e.sequence_id
                                               AND other.status = 'active')
        RETURNING id, lead_id, sequence_id, visit
    ), left_behind AS (
        DELETE FROM visits USING revived WHERE enrollment_id = revived.id AND number = revived.visit
                                           AND outcome = :reason
    )
    SELECT revived.id, lead_id, sequences.key FROM revived JOIN sequences ON sequences.id = sequence_id ORDER BY id
""")


class Enrollments:
    table = "enrollments"

    def take(self, session: Session, lead_id: int, into_id: int, now: datetime) -> dict[str, Any]:
        """All of them; of two active ones in one sequence the younger ends first."""
        younger = session.execute(_YOUNGER, {"lead": lead_id, "into": into_id}).all()
        for row in younger:
            enrolling.end(session, [row.lead_id], MERGED, now, only=row.id)
        moved = session.scalars(_MOVE_ALL, {"from": lead_id, "to": into_id, "now": now}).all()
        session.info["hint"] = True
        return {"moved": list(moved), "ended": [row.id for row in younger]}

    def give_back(self, session: Session, lead_id: int, from_id: int, taken: Any, now: datetime) -> None:
        """Those that the merge ended go on, unless their lead entered the sequence again."""
        moved, ended = (taken["moved"], taken["ended"]) if taken else ([], [])
        session.execute(_MOVE_THESE, {"from": from_id, "to": lead_id, "now": now, "ids": moved})
        _revive(session, ended, now)
        session.info["hint"] = True


def _revive(session: Session, ids: Collection[int], now: datetime) -> None:
    revived = session.execute(_REVIVE, {"ids": list(ids), "reason": MERGED, "now": now}).all()
    facts.record(
        session, [Fact("enrolled", row.lead_id, now, {"sequence": row.key, "enrollment": row.id}) for row in revived]
    )


FOLLOWERS: Sequence[Follower] = (Enrollments(), Moves("messages"))
