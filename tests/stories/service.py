"""The service as an operator starts it and as programs use it: `funnel up` in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

from tests.servers.group import ROOT, Group, free_port

#: seconds in which the first start has to be ready, on a busy machine
PATIENCE = 90.0
#: seconds between two looks
LOOK = 0.02
FUNNEL = (sys.executable, "-m", "wsgi")

T = TypeVar("T")


class Answer:
    """What the service said."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Service:
    """Started with these options; ready inside the `with`, gone behind it."""

    def __init__(self, home: Path, *options: str) -> None:
        self.port, self.demo_port = free_port(), free_port()
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        places = {"FUNNEL_HOME": str(home), "PORT": str(self.port), "DEMO_PORT": str(self.demo_port)}
        self.environ = kept | places
        self.url, self.site = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.demo_port}"
        home.mkdir(parents=True, exist_ok=True)
        self._group = Group([*FUNNEL, "up", *options], self.environ, home / "up.txt")
        self._token = ""

    def __enter__(self) -> Self:
        self._group.log.unlink(missing_ok=True)  # what an earlier start in this folder said
        self._group.start()
        try:
            self._group.wait_until(lambda: "Ready:" in self._group.said(), PATIENCE)
            self._token = self.command("token", "add", "--name", "story", "--scope", "all").split()[-1]
        except BaseException:
            self._group.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._group.stop()

    @property
    def first_login(self) -> tuple[str, str]:
        """Email and password, as the last line says them."""
        found = re.search(r"first login \(shown only now\): (\S+) password (\S+)", self._group.said())
        assert found, self._group.said()
        return found[1], found[2]

    def command(self, *words: str) -> str:
        """What `funnel` says to these words while the service runs."""
        return subprocess.run(
            [*FUNNEL, *words], cwd=ROOT, env=self.environ, check=True, capture_output=True, text=True, timeout=60
        ).stdout

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        """One call of the API, as a program with a token makes it."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        return self.ask(method, f"/api/v1{path}", data, headers)

    def get(self, path: str, **query: str) -> Any:
        """What the API answers to a question that is allowed."""
        answer = self.call("GET", f"{path}?{urlencode(query)}" if query else path)
        assert answer.status == 200, answer.body
        return answer.json

    def ask(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]) -> Answer:
        """One request of anybody; a redirect is told, not followed."""
        request = urllib.request.Request(f"{self.url}{path}", data, dict(headers), method=method)
        try:
            with _opener.open(request, timeout=30) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def lead(self, email: str) -> dict[str, Any] | None:
        """The lead with this address, as the API shows it."""
        items = self.get("/leads", email=email)["items"]
        return items[0] if items else None

    def mails(self, to: str) -> list[dict[str, Any]]:
        """What lies in the local mailbox for this address, oldest first."""
        items: list[dict[str, Any]] = self.get("/mailbox", to=to)["items"]
        return items


def eventually(what: Callable[[], T], seconds: float) -> T:
    """The first answer that counts as true; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = what()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not within {seconds} s, still {answer!r}"
        time.sleep(LOOK)


def moment(told: str) -> datetime:
    """A time as the API writes it."""
    return datetime.fromisoformat(told)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
