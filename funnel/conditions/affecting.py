"""What a fact can change of the answers of conditions, by its kind: whoever keeps answers asks only these again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from funnel.conditions.needs import ROOMS

_CONSENTS = frozenset({"consents"})
_NOTHING: frozenset[str] = frozenset()
#: What facts of a kind change, in the words of `reads`. Of what is not listed here nothing is known, so it may change
#: anything. That an event of this kind has happened is no part of it: `event_kinds` tells who asks for that.
CHANGES: Mapping[str, frozenset[str]] = {
    "form_submitted": frozenset({"forms", "answers", "fields", "consents", "touches"}),
    "confirmed": _CONSENTS,
    "consent_withdrawn": _CONSENTS,
    "unsubscribed": _CONSENTS,
    "fields_changed": frozenset({"fields"}),
    "stage_changed": frozenset({"stage"}),
    "tagged": frozenset({"tags"}),
    "untagged": frozenset({"tags"}),
    "enrolled": frozenset({"sequences"}),
    "ended": frozenset({"sequences"}),
    "segment_joined": frozenset({"segments"}),
    "segment_left": frozenset({"segments"}),
    "message_accepted": _NOTHING,
    "message_skipped": _NOTHING,
    "message_refused": _NOTHING,
    "message_unknown": _NOTHING,
    "message_opened": _NOTHING,
    "message_clicked": _NOTHING,
    "converted": _NOTHING,
    "conversion_withdrawn": _NOTHING,
    "complained": _NOTHING,
    "bounced": _NOTHING,
    "soft_bounced": _NOTHING,
    "loop_stopped": _NOTHING,
    "assigned": _NOTHING,
    "note_added": _NOTHING,
    "note_changed": _NOTHING,
    "note_removed": _NOTHING,
    "task_added": _NOTHING,
    "task_changed": _NOTHING,
    "task_done": _NOTHING,
    "task_reopened": _NOTHING,
    "task_removed": _NOTHING,
    # Written under the number of a lead that is no more.
    "merged": _NOTHING,
    "erased": _NOTHING,
}


def changed_by(kind: str, data: Mapping[str, Any]) -> frozenset[str]:
    """What this fact can change, in the words of `reads`; "events" is among them only when that is anything.

    A lead that is new was in no answer before, so everything is asked of it. Whoever moved a stage by a rule looked at
    the lead as it stands since.
    """
    if kind == "stage_changed" and data.get("reason") == "rule":
        return _NOTHING
    return ROOMS if data.get("new") else CHANGES.get(kind, ROOMS)
