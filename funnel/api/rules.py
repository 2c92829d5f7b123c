"""The rules of score and stages: read, checked, tried, published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from funnel.api.auth import caller, requires
from funnel.api.blueprint import Blueprint
from funnel.api.errors import refuse
from funnel.api.revisions import Revised, needed, refuse_stale, revised, with_revision
from funnel.conditions import Problem
from funnel.crm import rules
from funnel.crm.rules import Kind
from funnel.crm.what_if import Asked, Found, what_if
from funnel.doors import current, engine_now, in_transaction
from funnel.models import RulesVersion
from funnel.schemas.rules import CheckedRulesOut, RulesIn, RulesOut, RulesVersionsOut, WhatIfIn, WhatIfOut

#: versions listed
MOST = 100
RULES = "/rules/<any(scoring, ladder):kind>"
BASIS = (
    "The facts since then, replayed as if these rules had always counted, beside the same by the rules that count now. "
    "Conditions were asked of the leads as they are now. Once published, points of facts count from then on."
)

blueprint = Blueprint("rules", __name__, description="What gives points, and what moves stages.", body_limit=256 * 1024)


@blueprint.route(RULES)
@revised
@requires("rules:read")
@blueprint.response(200, RulesOut)
def read_rules(kind: Kind) -> Revised[RulesVersion]:
    """The rules that count. The ETag is what a change must name in If-Match."""
    return _told(in_transaction(lambda session: rules.newest(session, kind)))


@blueprint.route(RULES, methods=["PUT"])
@revised
@requires("rules:write")
@blueprint.arguments(RulesIn)
@blueprint.response(200, RulesOut)
def publish_rules(document: dict[str, Any], kind: Kind) -> Revised[RulesVersion]:
    """Publish these as a new version, which counts at once. 422 with the problems when there are any."""
    numbers, now, by = needed(), engine_now(), caller()
    with _refusals(), current().database.transaction() as session:
        before = rules.newest(session, kind).number
        return _told(rules.publish(session, kind, document, before if before in numbers else 0, now, by))


@blueprint.route(f"{RULES}/check", methods=["POST"])
@requires("rules:read")
@blueprint.arguments(RulesIn)
@blueprint.response(200, CheckedRulesOut)
def check_rules(document: dict[str, Any], kind: Kind) -> dict[str, Any]:
    """What is wrong in these rules, and what to know of them, without publishing them."""
    problems = in_transaction(lambda session: rules.problems(session, kind, document))
    return {"problems": problems, "warnings": [] if problems else rules.warnings(kind, document)}


@blueprint.route(f"{RULES}/versions")
@requires("rules:read")
@blueprint.response(200, RulesVersionsOut)
def list_rules(kind: Kind) -> dict[str, Any]:
    """What was published, newest first, the last hundred."""
    return {"items": in_transaction(lambda session: rules.versions(session, kind, limit=MOST))}


@blueprint.route("/rules/what-if", methods=["POST"])
@requires("rules:read")
@blueprint.arguments(WhatIfIn)
@blueprint.response(200, WhatIfOut)
def try_rules(asked: dict[str, Any]) -> dict[str, Any]:
    """Who would have another score or stage by other rules. Nothing is written."""
    now = engine_now()
    tried = Asked(asked.get("scoring"), asked.get("ladder"), asked["days"], asked["leads"])
    with _refusals():
        return _found(in_transaction(lambda session: what_if(session, tried, now)))


def _told(version: RulesVersion) -> Revised[RulesVersion]:
    return with_revision(version, version.number)


def _found(found: Found) -> dict[str, Any]:
    moves = [{"from": before, "to": to, "leads": number} for (before, to), number in found.moves.most_common()]
    return vars(found) | {"basis": BASIS, "moves": moves}


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except rules.StaleRulesError:
        refuse_stale()
    except rules.UnpublishableRulesError as error:
        refuse(422, "has_problems", "Mend the rules first.", by_path(error.problems))


def by_path(problems: Iterable[Problem]) -> dict[str, list[str]]:
    """Messages in the shape of the API's errors."""
    errors: dict[str, list[str]] = {}
    for problem in problems:
        errors.setdefault(problem.path or "body", []).append(problem.message)
    return errors
