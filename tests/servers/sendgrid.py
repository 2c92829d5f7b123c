"""The fake SendGrid as a process of its own, and its control door."""

from __future__ import annotations

import http.client
import sys
from pathlib import Path
from typing import Any, Self

import orjson

from tests.servers.group import Group, free_port, listens
from tests.servers.programs import environment


class SendGrid:
    """What it took and saw is asked over its own door, so that it is told by who received it, not by who sent it."""

    def __init__(self, home: Path, check: str = "none") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [
            sys.executable,
            "-m",
            "tests.fakes.sendgrid",
            "--port",
            str(self.port),
            "--check",
            check,
            "--witness",
        ]
        self.group = Group(command, environment(home), home / "sendgrid.log")

    def start(self) -> None:
        self.group.start()
        self.group.wait_until(lambda: listens(self.port))

    def kill(self) -> None:
        self.group.kill()

    def script(self, **settings: Any) -> None:
        """The faults from now on; see tests/fakes/sendgrid/script.py."""
        self.ask("PUT", "script", settings)

    def stats(self) -> dict[str, Any]:
        return self.ask("GET", "stats")  # type: ignore[no-any-return]

    def messages(self) -> list[dict[str, Any]]:
        """Every mail it took, in order: mid, to, subject, at..."""
        return self.ask("GET", "messages")  # type: ignore[no-any-return]

    def wire(self) -> list[dict[str, Any]]:
        """What became of each request; see tests/fakes/sendgrid/witness.py."""
        return self.ask("GET", "wire")  # type: ignore[no-any-return]

    def public_key(self) -> str:
        return str(self.ask("GET", "public_key")["public_key"])

    def post_events(self, url: str, **asked: Any) -> dict[str, Any]:
        """Make it tell `url` what happened to the mails it took; returns how that went."""
        return self.ask("POST", "events", {"url": url, **asked})  # type: ignore[no-any-return]

    def ask(self, method: str, what: str, content: Any = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            connection.request(method, f"/_fake/{what}", None if content is None else orjson.dumps(content))
            response = connection.getresponse()
            answer = orjson.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"the fake answers {response.status}: {answer}")
        return answer

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
