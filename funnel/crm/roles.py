"""What each role may do: the one table that people's rights are read from. `docs/operate/people.md` explains it.

Whoever adds a noun to `tokens.SCOPES` adds its row here; until then it is the admin's alone.
"""

from __future__ import annotations

from funnel.crm import tokens

ADMIN, MARKETER, SALES, VIEWER = ROLES = ("admin", "marketer", "sales", "viewer")

READ, WRITE, NOTHING = "read", "write", ""
#: by noun, what the marketer, the salesperson and the viewer may; writing includes reading. An admin may everything.
RIGHTS = {
    "account": (WRITE, WRITE, WRITE),
    "audit": (NOTHING, NOTHING, NOTHING),
    "exports": (READ, NOTHING, NOTHING),
    "conversions": (WRITE, WRITE, READ),
    "forms": (WRITE, READ, READ),
    "imports": (WRITE, READ, NOTHING),
    "goals": (WRITE, READ, READ),
    "installation": (READ, READ, READ),
    "jobs": (WRITE, WRITE, READ),
    "leads": (WRITE, WRITE, READ),
    "mailbox": (READ, READ, READ),
    "metrics": (NOTHING, NOTHING, NOTHING),
    "privacy": (READ, NOTHING, NOTHING),
    "rules": (WRITE, READ, READ),
    "segments": (WRITE, READ, READ),
    "sequences": (WRITE, READ, READ),
    "tokens": (NOTHING, NOTHING, NOTHING),
    "users": (READ, READ, READ),
    "webhooks": (NOTHING, NOTHING, NOTHING),
}


def scopes(role: str) -> list[str]:
    """What somebody of this role may do, for `tokens.allows`."""
    if role == ADMIN:
        return ["all"]
    column = (MARKETER, SALES, VIEWER).index(role)
    rights = {noun: row[column] for noun, row in RIGHTS.items()}
    return [_scope(noun, right) for noun, right in rights.items() if right != NOTHING]


def _scope(noun: str, right: str) -> str:
    """`metrics` is a scope without a right of its own."""
    return noun if noun in tokens.SCOPES else f"{noun}:{right}"
