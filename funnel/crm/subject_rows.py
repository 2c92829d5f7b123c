"""What conditions read of leads beyond their own rows, room by room: one query each, for a batch of leads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.conditions import Occurred
from funnel.conditions.nodes import Touch
from funnel.conditions.sql_values import PARTS, network

_FORMS = text("""
    SELECT s.lead_id, f.key, max(s.at) AS at FROM submissions s JOIN forms f ON f.id = s.form_id
     WHERE s.lead_id = ANY (:ids) AND s.outcome = 'accepted' GROUP BY s.lead_id, f.key
""")
_ANSWERS = text("""
    SELECT DISTINCT ON (s.lead_id, s.form_id) s.lead_id, f.key, s.values FROM submissions s
      JOIN forms f ON f.id = s.form_id
     WHERE s.lead_id = ANY (:ids) AND s.outcome = 'accepted' ORDER BY s.lead_id, s.form_id, s.at DESC, s.id DESC
""")
_EVENTS = text("""
    SELECT lead_id, kind, at, data FROM events WHERE lead_id = ANY (:ids) AND kind = ANY (:kinds) ORDER BY at
""")
_TOUCHES = text(f"""
    SELECT asked.id AS lead_id, told.* FROM unnest(CAST(:ids AS bigint[])) AS asked (id) CROSS JOIN LATERAL (
        (SELECT 'first' AS touch, {", ".join(PARTS)}, {network()} AS network FROM touches
          WHERE lead_id = asked.id ORDER BY at, id LIMIT 1)
         UNION ALL
        (SELECT 'last', {", ".join(PARTS)}, {network()} FROM touches
          WHERE lead_id = asked.id ORDER BY at DESC, id DESC LIMIT 1)) AS told
""")
_SEGMENTS = text("""
    SELECT m.lead_id, s.key FROM segment_members m JOIN segments s ON s.id = m.segment_id WHERE m.lead_id = ANY (:ids)
""")


def forms(session: Session, ids: Collection[int]) -> Mapping[int, dict[str, datetime]]:
    """When each form was last submitted and accepted."""
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    for row in session.execute(_FORMS, {"ids": list(ids)}):
        found[row.lead_id][row.key] = row.at
    return found


def answers(session: Session, ids: Collection[int]) -> Mapping[int, dict[str, Mapping[str, Any]]]:
    """What the last accepted submission of each form said."""
    found: dict[int, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for row in session.execute(_ANSWERS, {"ids": list(ids)}):
        found[row.lead_id][row.key] = row.values
    return found


def events(session: Session, ids: Collection[int], kinds: Collection[str]) -> Mapping[int, dict[str, list[Occurred]]]:
    """The events of these kinds."""
    found: dict[int, dict[str, list[Occurred]]] = defaultdict(lambda: defaultdict(list))
    for row in session.execute(_EVENTS, {"ids": list(ids), "kinds": list(kinds)}):
        found[row.lead_id][row.kind].append(Occurred(row.at, row.data))
    return found


def touches(session: Session, ids: Collection[int]) -> Mapping[int, dict[Touch, dict[str, str]]]:
    """The parameters and the network of the first and the last touch."""
    found: dict[int, dict[Touch, dict[str, str]]] = defaultdict(dict)
    for row in session.execute(_TOUCHES, {"ids": list(ids)}).mappings():
        told = {part: row[part] for part in (*PARTS, "network") if row[part] is not None}
        found[row["lead_id"]][row["touch"]] = told
    return found


def segments(session: Session, ids: Collection[int]) -> Mapping[int, set[str]]:
    """The keys of the segments each is a member of."""
    found: dict[int, set[str]] = defaultdict(set)
    for row in session.execute(_SEGMENTS, {"ids": list(ids)}):
        found[row.lead_id].add(row.key)
    return found
