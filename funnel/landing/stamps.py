"""When a form was handed out, signed into its page: who posts faster than anybody types, or invents a stamp, is a
program."""

from __future__ import annotations

from funnel import links
from funnel.doors import current

_ID, _SECONDS = 8, 5


def stamp(form_id: int) -> str:
    """For a form handed out now."""
    context = current()
    seconds = int(context.wall().timestamp())
    payload = form_id.to_bytes(_ID) + seconds.to_bytes(_SECONDS)
    return links.sign(context.settings.secret_keys, "form", payload)


def suspicion(form_id: int, written: str | None) -> str | None:
    """Why a post with this stamp is suspicious: `forged stamp` or `too fast`; null when it is not.

    A plain form on somebody's website has none, and people leave pages open for days: neither says anything.
    """
    if written is None:
        return None
    context = current()
    payload = links.read(context.settings.secret_keys, "form", written)
    if payload is None or len(payload) != _ID + _SECONDS or int.from_bytes(payload[:_ID]) != form_id:
        return "forged stamp"
    age = context.wall().timestamp() - int.from_bytes(payload[_ID:])
    return "too fast" if age < context.settings.form_seconds else None
