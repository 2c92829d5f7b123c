"""Which requests SendGrid would refuse: its OpenAPI description, and the rules that description misses."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

#: limits of "Mail Send limitations" in SendGrid's API reference
MOST_BYTES = 10_000
MOST_RECIPIENTS = 1000
MOST_CATEGORIES = 10
FORBIDDEN_HEADERS = {
    *("x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding"),
    *("to", "from", "subject", "reply-to", "cc", "bcc"),
}
Problem = dict[str, str | None]


def description() -> Path | None:
    """The official description of Mail Send, where there is a copy: `SENDGRID_OAI`, or `shared/` near the project."""
    named = os.environ.get("SENDGRID_OAI")
    places = [Path(named)] if named else [p / "shared" / "sendgrid-oai" for p in Path(__file__).resolve().parents]
    files = (place if place.is_file() else place / "tsg_mail_v3.json" for place in places)
    return next((file for file in files if file.is_file()), None)


def problems(body: Any) -> list[Problem]:
    """What SendGrid's 400 would list, if anything. Raises FileNotFoundError without the description."""
    found = [_problem(error.message, error.absolute_path) for error in _validator().iter_errors(body)]
    if found or not isinstance(body, dict):
        return found
    return [{"message": message, "field": field, "help": None} for rule in RULES for field, message in rule(body)]


@cache
def _schema() -> dict[str, Any]:
    file = description()
    if file is None:
        raise FileNotFoundError("the OpenAPI description of SendGrid is absent: set SENDGRID_OAI to its directory")
    return orjson.loads(file.read_bytes())


@cache
def _validator() -> Draft202012Validator:
    registry = Registry().with_resource("urn:sg", Resource.from_contents(_schema(), default_specification=DRAFT202012))
    place = "urn:sg#/components/requestBodies/PostMailSend/content/application~1json/schema"
    return Draft202012Validator({"$ref": place}, registry=registry, format_checker=FormatChecker())


@cache
def _known_fields() -> tuple[frozenset[str], frozenset[str]]:
    schema = _schema()["components"]["requestBodies"]["PostMailSend"]["content"]["application/json"]["schema"]
    fields = schema["properties"]
    return frozenset(fields), frozenset(fields["personalizations"]["items"]["properties"])


def _problem(message: str, path: Any) -> Problem:
    return {"message": message[:300], "field": ".".join(str(part) for part in path) or None, "help": None}


def _personalizations(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, one in enumerate(body["personalizations"]):
        yield f"personalizations.{number}", one


def _unknown_fields(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    root, personal = _known_fields()
    yield from ((name, "unknown field") for name in body.keys() - root)
    for place, one in _personalizations(body):
        yield from ((f"{place}.{name}", "unknown field") for name in one.keys() - personal)


def _content(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    kinds = [part["type"] for part in body.get("content", ())]
    if not kinds and not body.get("template_id"):
        yield "content", "The content value must be an array of at least one object."
    if "text/html" in kinds and "text/plain" in kinds[kinds.index("text/html") :]:
        yield "content", "If present, text/plain and text/html may only be provided once, and text/plain must be first."


def _subject(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if body.get("subject") or body.get("template_id"):
        return
    for place, one in _personalizations(body):
        if not one.get("subject"):
            yield f"{place}.subject", "The subject is required."


def _recipients(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    seen: Counter[str] = Counter()
    for place, one in _personalizations(body):
        if not one["to"]:
            yield f"{place}.to", "The to array is required for all personalization objects."
        for kind in ("to", "cc", "bcc"):
            for mailbox in one.get(kind, ()):
                seen[mailbox["email"].lower()] += 1
                if {";", ","} & set(mailbox.get("name", "")):
                    yield f"{place}.{kind}", "The name may not hold a semicolon or a comma."
                if not mailbox["email"].isascii():
                    yield f"{place}.{kind}", "Does not contain a valid address."
    if any(times > 1 for times in seen.values()):
        yield "personalizations", "Each email address in the personalization block should be unique."
    if seen.total() > MOST_RECIPIENTS:
        yield "personalizations", "There are too many recipients."


def _headers(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for place, one in (("root", body), *_personalizations(body)):
        for name, value in one.get("headers", {}).items():
            if not isinstance(value, str):
                yield f"{place}.headers.{name}", "Header values must be strings."
            elif name.lower() in FORBIDDEN_HEADERS:
                yield f"{place}.headers.{name}", "This header is reserved."
            elif "\n" in value or "\r" in value or not name.isascii():
                yield f"{place}.headers.{name}", "This header is malformed."


def _sizes(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for place, one in _personalizations(body):
        for name in ("custom_args", "substitutions"):
            if len(orjson.dumps(one.get(name, {}))) > MOST_BYTES:
                yield f"{place}.{name}", f"May not exceed {MOST_BYTES} bytes."
            if not all(isinstance(value, str) for value in one.get(name, {}).values()):
                yield f"{place}.{name}", "Values must be strings."


def _sender(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if not body["from"]["email"].isascii():
        yield "from.email", "The from address may not contain Unicode."
    if "reply_to" in body and "reply_to_list" in body:
        yield "reply_to", "Use either reply_to or reply_to_list."


def _categories(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    categories = body.get("categories", ())
    if len(categories) > MOST_CATEGORIES or any(len(category) > 255 for category in categories):
        yield "categories", "At most 10 categories of 255 characters."


def _schedule(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if body.get("send_at", 0) > time.time() + 72 * 3600:
        yield "send_at", "Scheduling more than 72 hours in advance is forbidden."


RULES: tuple[Callable[[dict[str, Any]], Iterator[tuple[str, str]]], ...] = (
    _unknown_fields,
    _content,
    _subject,
    _recipients,
    _headers,
    _sizes,
    _sender,
    _categories,
    _schedule,
)
