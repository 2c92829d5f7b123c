"""What can be done with many leads at once: tags, owners, stages. Other packages bring more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from funnel.crm import lead_edits, lead_stages, owners
from funnel.crm.bulk import Action, Doing, Done, RefusedError
from funnel.crm.lead_changes import Edit
from funnel.crm.lead_edits import Origin
from funnel.models import Stage


def _nothing(session: Session, params: Mapping[str, Any]) -> None:
    """There is nothing to check."""


def _tag(session: Session, lead_ids: Sequence[int], doing: Doing) -> Done:
    return _edit(session, lead_ids, Edit(add_tags=[doing.params["tag"]]), doing)


def _untag(session: Session, lead_ids: Sequence[int], doing: Doing) -> Done:
    return _edit(session, lead_ids, Edit(remove_tags=[doing.params["tag"]]), doing)


def _edit(session: Session, lead_ids: Sequence[int], edit: Edit, doing: Doing) -> Done:
    outcomes = lead_edits.edit(session, dict.fromkeys(lead_ids, edit), Origin(doing.by), doing.now)
    done = Done()
    for outcome in outcomes.values():
        if outcome.result == "updated":
            done.changed += 1
        elif outcome.result == "unchanged":
            done.unchanged += 1
        else:
            done.refused.update(f"too many {part}" for part in outcome.errors or {})
    return done


def _check_owners(session: Session, params: Mapping[str, Any]) -> None:
    try:
        owners.check(session, params["owners"])
    except owners.NoOwnerError as error:
        raise RefusedError("owners", f"Not there, or may not sign in: user {error.ids[0]}.") from None


def _assign(session: Session, lead_ids: Sequence[int], doing: Doing) -> Done:
    """To one, to several in turn, or to nobody."""
    people = doing.params["owners"]
    given: dict[int, int | None] = dict.fromkeys(lead_ids)
    given |= owners.in_turn(lead_ids, people, doing.before) if people else {}
    how = owners.IN_TURN if len(people) > 1 else owners.BY_HAND
    changed = len(owners.assign(session, given, how, doing.now, doing.by))
    return Done(changed, len(lead_ids) - changed)


def _check_stage(session: Session, params: Mapping[str, Any]) -> None:
    if session.get(Stage, params["stage"]) is None:
        raise RefusedError("stage", "There is no such stage.")


def _stage(session: Session, lead_ids: Sequence[int], doing: Doing) -> Done:
    """As moved by hand, one by one: rules leave each there for a while."""
    for lead_id in lead_ids:
        lead_stages.move(session, lead_id, doing.params["stage"], doing.now, doing.by)
    return Done(len(lead_ids))


ACTIONS: Mapping[str, Action] = {
    "tag": Action(_nothing, _tag),
    "untag": Action(_nothing, _untag),
    "assign": Action(_check_owners, _assign),
    "stage": Action(_check_stage, _stage),
}
