"""Documents as people and git keep them: YAML that reads as JSON would, and writes steps in their order."""

from __future__ import annotations

import re
from typing import Any

import orjson
import yaml


class YamlError(ValueError):
    """The text is not YAML, or says what JSON cannot; the message is one line."""


class _Loader(yaml.SafeLoader):
    """Plain words stay words. PyYAML follows YAML 1.1, where `18:00` is 1080, `no` is false and `2026-01-01` a date."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def read(text: str) -> Any:
    """The JSON value a YAML text stands for. Raises YamlError."""
    try:
        value = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
        written = orjson.dumps(value)
    except yaml.YAMLError as error:
        raise YamlError(" ".join(str(error).split())) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise YamlError(f"JSON cannot say this: {error}") from None
    if b"\\u0000" in written:
        raise YamlError("The text contains a NUL character.")
    return value


def write(document: object) -> str:
    """A document as people read it: steps in order, no line folded."""
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=10_000)
    return text
