"""The API on one page for people: plain HTML from the description itself, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template

METHODS = ("get", "post", "put", "patch", "delete")


def page(spec: Mapping[str, Any]) -> str:
    """Every operation of an OpenAPI description: address, scope, what it does."""
    operations = [
        {"method": method.upper(), "path": path} | described[method]
        for path, described in sorted(spec["paths"].items())
        for method in METHODS
        if method in described
    ]
    return render_template("ui/docs.html", operations=operations)
