"""What sequences add to the things that can be done with many leads: entering one, taken out of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from funnel.crm.bulk import Action, Doing, Done, RefusedError
from nurture_sequences import enrolling, sequences
from nurture_sequences.by_hand import BY_HAND
from nurture_sequences.enrolling import Entry

#: what each lead adds to the time over which first steps come due: a crowd does not arrive at once
SPREAD = timedelta(milliseconds=20)
NOT_AGAIN, NOT_LIVE, NOT_IN = "in it, or may not enter again yet", "takes nobody in", "not in it"


def _check(session: Session, params: Mapping[str, Any]) -> None:
    try:
        sequences.read(session, params["sequence"])
    except sequences.UnknownSequenceError:
        raise RefusedError("sequence", "There is no such sequence.") from None


def _check_live(session: Session, params: Mapping[str, Any]) -> None:
    _check(session, params)
    if not [one for one in enrolling.live_sequences(session) if one.key == params["sequence"]]:
        raise RefusedError("sequence", "The sequence takes nobody in: it was never published.")


def _enroll(session: Session, lead_ids: Sequence[int], doing: Doing) -> Done:
    live = [one for one in enrolling.live_sequences(session) if one.key == doing.params["sequence"]]
    if not live:
        return _refused(NOT_LIVE, len(lead_ids))
    entries = [Entry(lead_id, live[0].sequence_id) for lead_id in lead_ids]
    entered = len(enrolling.enroll(session, live, entries, doing.now, SPREAD * len(entries)))
    done = _refused(NOT_AGAIN, len(lead_ids) - entered)
    done.changed = entered
    return done


def _take_out(session: Session, lead_ids: Sequence[int], doing: Doing) -> Done:
    sequence = sequences.read(session, doing.params["sequence"])
    ended = enrolling.end(session, lead_ids, BY_HAND, doing.now, sequence_id=sequence.id)
    done = _refused(NOT_IN, len(lead_ids) - ended)
    done.changed = ended
    return done


def _refused(reason: str, number: int) -> Done:
    done = Done()
    done.refused[reason] += number
    return done


ACTIONS: Mapping[str, Action] = {
    "enroll": Action(_check_live, _enroll, "sequences:write"),
    "take_out": Action(_check, _take_out, "sequences:write"),
}
