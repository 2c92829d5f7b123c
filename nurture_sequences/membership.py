"""Who is in which sequence, as conditions ask it: in SQL for many leads at once, and loaded for a batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.conditions import registry
from funnel.conditions.nodes import SequenceTest

_OF_LEAD = """EXISTS (SELECT FROM enrollments JOIN sequences ON sequences.id = enrollments.sequence_id
 WHERE enrollments.lead_id = leads.id AND sequences.key = {key}"""
_THROUGH = "enrollments.status = 'ended' AND enrollments.reason IN ('finished', 'goal')"
SQL: dict[SequenceTest, str] = {
    "in": f"{_OF_LEAD} AND enrollments.status = 'active')",
    "was_in": f"{_OF_LEAD})",
    "completed": f"{_OF_LEAD} AND {_THROUGH})",
}
_LOAD = text(f"""
    SELECT enrollments.lead_id, sequences.key, bool_or(enrollments.status = 'active') AS inside,
           bool_or({_THROUGH}) AS completed
      FROM enrollments JOIN sequences ON sequences.id = enrollments.sequence_id
     WHERE enrollments.lead_id = ANY (:ids) GROUP BY enrollments.lead_id, sequences.key
""")


def load(session: Session, lead_ids: Collection[int]) -> Mapping[int, Mapping[str, frozenset[SequenceTest]]]:
    """What holds of each lead, per sequence key."""
    found: dict[int, dict[str, frozenset[SequenceTest]]] = defaultdict(dict)
    for row in session.execute(_LOAD, {"ids": list(lead_ids)}):
        holds: dict[SequenceTest, bool] = {"in": row.inside, "was_in": True, "completed": row.completed}
        found[row.lead_id][row.key] = frozenset(test for test, answer in holds.items() if answer)
    return found


def register() -> None:
    """Let conditions ask for sequences; whoever puts the service together calls this."""
    registry.register(registry.Sequences(SQL, load))
