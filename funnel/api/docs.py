"""The API on one page for people: plain HTML from the description itself, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template
from werkzeug.exceptions import NotFound

from funnel.api.problem_types import PROBLEM_TYPES
from funnel.crm.tokens import SCOPES

METHODS = ("get", "post", "put", "patch", "delete")


def page(spec: Mapping[str, Any]) -> str:
    """Every operation of an OpenAPI description: address, scope, what it does."""
    operations = [
        {"method": method.upper(), "path": path} | described[method]
        for path, described in sorted(spec["paths"].items())
        for method in METHODS
        if method in described
    ]
    return render_template("ui/docs.html", operations=operations, problem_types=PROBLEM_TYPES, scopes=SCOPES)


def problem_page(code: str) -> str:
    """What one kind of error means, and what a caller does about it: where the `type` of a problem leads."""
    if code not in PROBLEM_TYPES:
        raise NotFound("There is no such kind of error.")
    return render_template("ui/problem_type.html", code=code, kind=PROBLEM_TYPES[code])
