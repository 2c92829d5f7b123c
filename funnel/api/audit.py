"""The audit log, to be read. Nobody writes it but what happens."""

from __future__ import annotations

from typing import Any

from funnel.api.auth import requires
from funnel.api.blueprint import Blueprint
from funnel.crm import audit
from funnel.crm.keyset import Page
from funnel.doors import in_transaction
from funnel.models import AuditEntry
from funnel.schemas.audit import AuditPageOut, AuditQuery

blueprint = Blueprint("audit", __name__, description="Who saw, exported and changed what.")


@blueprint.route("/audit")
@requires("audit:read")
@blueprint.arguments(AuditQuery, location="query")
@blueprint.response(200, AuditPageOut)
def read_audit(query: dict[str, Any]) -> Page[AuditEntry]:
    """What was done, newest first: who, what, to what, when."""
    after, limit = query.pop("cursor", None), query.pop("limit")
    return in_transaction(lambda session: audit.page(session, audit.Filters(**query), after=after, limit=limit))
