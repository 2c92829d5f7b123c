"""Forms: made, changed, found by key."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from funnel.crm.errors import StaleError, TakenError
from funnel.models import Form


def create_form(session: Session, form: Mapping[str, Any], now: datetime) -> Form:
    """Keep a form as `FormIn` loaded it. Raises TakenError when its key is in use."""
    columns = _columns(form) | {"key": form["key"], "created_at": now, "updated_at": now}
    statement = insert(Form).values(columns).on_conflict_do_nothing(index_elements=["key"]).returning(Form)
    made = session.scalars(statement).one_or_none()
    if made is None:
        raise TakenError(f"There is already a form with the key {form['key']}.")
    return made


def update_form(
    session: Session, key: str, form: Mapping[str, Any], now: datetime, versions: Collection[int] | None = None
) -> Form | None:
    """Give the form a new definition and the next version; null when there is no such form.

    `versions` are those the change may replace, null any. Raises StaleError when the form has another by now.

    The key stays: it is in the addresses that other sites post to. The same definition again makes no new version.
    """
    kept = session.scalars(select(Form).where(Form.key == key).with_for_update(key_share=True)).one_or_none()
    if kept is not None and versions is not None and kept.version not in versions:
        raise StaleError
    if kept is None or _columns(form) == {"name": kept.name, "definition": kept.definition}:
        return kept
    for column, value in _columns(form).items():
        setattr(kept, column, value)
    kept.version += 1
    kept.updated_at = now
    session.flush()
    return kept


def form_by_key(session: Session, key: str) -> Form | None:
    """The form that this key names, as it is now; the key may be anything a stranger wrote into an address."""
    if "\0" in key:
        return None  # PostgreSQL takes no text with a NUL in it
    return session.scalars(select(Form).where(Form.key == key)).one_or_none()


def forms(session: Session, *, after: str = "", limit: int = 100) -> Sequence[Form]:
    """A page of forms in the order of their keys, beginning behind the key `after`."""
    return session.scalars(select(Form).where(Form.key > after).order_by(Form.key).limit(limit)).all()


def _columns(form: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": form["name"], "definition": {k: v for k, v in form.items() if k not in ("key", "name")}}
