"""Calls of every operation that the description names, as it says they may be and as it says they may not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

CHECKS: Sequence[Callable[..., Any]] = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
)


@dataclass
class Found:
    """What was called, how it was answered, and what the description does not allow."""

    calls: int = 0
    statuses: dict[str, set[int]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


def call_everything(
    url: str, headers: Mapping[str, str], known: Mapping[str, Sequence[Any]], *, examples: int, number: int = 0
) -> Found:
    """Call each operation `examples` times with data that fits the description, and as often with data that does not.

    Every other call that fits names something that exists (`known`, by parameter). `number` chooses the data.
    """
    found = Found()
    described = schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json")
    for result in described.get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _call(operation, mode, headers, _turns(known), found, examples, number)
    return found


def _call(
    operation: Any,
    mode: GenerationMode,
    headers: Mapping[str, str],
    turns: Iterator[Mapping[str, Any]],
    found: Found,
    examples: int,
    number: int,
) -> None:
    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            _name_what_exists(case, next(turns))
        response = case.call(headers=dict(headers))
        found.calls += 1
        found.statuses.setdefault(operation.label, set()).add(response.status_code)
        try:
            case.validate_response(response, headers=dict(headers), checks=list(CHECKS))
        except FailureGroup as group:
            for failure in group.exceptions:
                found.failures.setdefault(f"{operation.label}: {failure.title}", f"{failure}\n{case.as_curl_command()}")

    try:
        each()
    except schemathesis.errors.SchemathesisError as error:
        # Nothing that the description allows can be wrong: an operation without parameters has no negative data.
        if mode is GenerationMode.POSITIVE:
            found.failures[f"{operation.label}: no data"] = str(error)


def _turns(known: Mapping[str, Sequence[Any]]) -> Iterator[Mapping[str, Any]]:
    """By turns nothing, and one of the things that exist for each parameter."""
    for turn in itertools.count():
        yield {name: values[turn // 2 % len(values)] for name, values in known.items()} if turn % 2 else {}


def _name_what_exists(case: Any, values: Mapping[str, Any]) -> None:
    for name in case.path_parameters:
        if name in values:
            case.path_parameters[name] = values[name]
