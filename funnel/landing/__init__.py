"""Door for visitors and recipients: forms, confirmation, unsubscribe. No login, no cookie."""

from __future__ import annotations

from flask import Blueprint

door = Blueprint("landing", __name__)
