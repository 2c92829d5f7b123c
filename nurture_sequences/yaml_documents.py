"""Documents as people and git keep them: YAML that reads as JSON would, and writes steps in their order."""

from __future__ import annotations

import re
from typing import Any

import orjson
import yaml

#: of a mapping's keys these come first, these last; the others by name
FIRST = ("id", "key", "name", "enter", "reenter", "goal", "purpose", "window", "when", "subject", "text")
LAST = ("html", "steps")


class YamlError(ValueError):
    """The text is not YAML, or says what JSON cannot; the message is one line."""


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, where YAML can; in quotes what either reader would take for something else."""


class _Loader(yaml.SafeLoader):
    """Plain words stay words. PyYAML follows YAML 1.1, where `18:00` is 1080, `no` is false and `2026-01-01` a date."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    for _side in (_Loader, _Dumper):
        _side.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


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
    """A document as people read it: what names a thing first, long texts last and as they are, no line folded.

    The database keeps no order of keys, so this one is always the same and git shows only what changed.
    """
    text: str = yaml.dump(_ordered(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return text


def _ordered(value: object) -> object:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=_place)}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def _place(key: str) -> tuple[int, str]:
    if key in FIRST:
        return FIRST.index(key), ""
    return len(FIRST) + 1 + (LAST.index(key) if key in LAST else -1), key


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    # PyYAML writes these as they are and reads them as the end of a line.
    if any(odd in value for odd in "\x85\u2028\u2029"):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
