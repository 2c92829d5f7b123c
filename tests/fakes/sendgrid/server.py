"""The server: HTTP/1.1 on asyncio, small enough to answer more requests a second than the project can send."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
import uuid
from collections import deque
from typing import Any

import orjson

from tests.fakes.sendgrid import events, rules
from tests.fakes.sendgrid.script import REASONS, Script
from tests.fakes.sendgrid.witness import Seen, Witness

MOST_BYTES = 30 * 1024 * 1024
JSON = "Content-Type: application/json\r\n"


class State:
    """What the fake saw and did. One asyncio loop owns it."""

    def __init__(self, check: str = "full", witness: Witness | None = None) -> None:
        self.check = check
        self.witness = witness
        self.script = Script()
        self.signer = events.Signer()
        self.messages: list[dict[str, Any]] = []
        #: the last requests, whole, for tests that look at what was sent
        self.requests: deque[dict[str, Any]] = deque(maxlen=200)
        self.received = self.answered = self.open = self.resets = self.refused = self.connections = 0

    def take(self, body: dict[str, Any]) -> str:
        """Take every personalization as a message; returns the X-Message-Id."""
        name = uuid.uuid4().hex[:22]
        for one in body["personalizations"]:
            self.messages.append(
                {
                    "mid": one.get("custom_args", {}).get("mid"),
                    "to": one["to"][0]["email"],
                    "subject": one.get("subject") or body.get("subject"),
                    "categories": body.get("categories", []),
                    "at": time.time(),
                    "x_message_id": name,
                }
            )
        return name

    def stats(self) -> dict[str, Any]:
        mids = [message["mid"] for message in self.messages]
        return {
            "received": self.received,
            "taken": len(mids),
            "distinct": len(set(mids)),
            "answered": self.answered,
            "open": self.open,
            "resets": self.resets,
            "refused": self.refused,
            "connections": self.connections,
            "faults": dict(self.script.used),
        }


class Exchange(asyncio.Protocol):
    """One connection: requests one after the other, each answered before the next is read."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.buffer = bytearray()
        self.busy = False
        self.transport: asyncio.Transport
        #: what the witness keeps of the last request
        self.seen: Seen | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.state.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:
        if self.state.witness and self.seen:
            self.state.witness.lost(self.seen)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.read()

    def read(self) -> None:
        while not self.busy and (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            line, *lines = self.buffer[:end].decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
            length = int(headers.get("content-length", 0))
            if len(self.buffer) < end + 4 + length:
                return
            body = bytes(self.buffer[end + 4 : end + 4 + length])
            del self.buffer[: end + 4 + length]
            method, path, _ = line.split(" ")
            self.ask(method, path, headers, body)

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        if path.startswith("/_fake/"):
            self.busy = True
            task = asyncio.ensure_future(self.control(method, path, body))
            task.add_done_callback(self.controlled)
            return
        self.state.received += 1
        self.state.open += 1
        if self.state.witness:
            self.seen = self.state.witness.began(body)
        status, answer = refusal(method, path, headers, body) or (0, {})
        if status:
            self.state.refused += 1
            self.answer(status, answer)
        else:
            self.mail(headers, body)

    def mail(self, headers: dict[str, str], body: bytes) -> None:
        """A request that is in order so far meets the script, then the rules."""
        script, fault = self.state.script, self.state.script.next()
        message = None
        if fault in ("accept", "slow") or fault.endswith("_taken"):
            content = parsed(body)
            found = [_no_json()] if content is None else rules.problems(content) if self.state.check == "full" else []
            self.state.requests.append({"headers": headers, "body": content})
            if found:
                self.state.refused += 1
                return self.later(script.latency, self.answer, 400, {"errors": found})
            message = self.state.take(content)  # type: ignore[arg-type]
        word = fault.removesuffix("_taken")
        if word == "reset":
            return self.later(script.latency, self.reset)
        if word in ("accept", "slow"):
            pause = script.latency + (script.slow_seconds if word == "slow" else 0)
            return self.later(pause, self.answer, 202, None, f"X-Message-Id: {message}\r\n")
        errors = {"errors": [{"message": REASONS.get(word, "fault"), "field": None, "help": None}]}
        return self.later(script.latency, self.answer, int(word), errors, self.limits(word))

    def limits(self, word: str) -> str:
        if word != "429":
            return ""
        reset = int(time.time()) + self.state.script.reset_seconds
        return f"X-RateLimit-Limit: 600\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: {reset}\r\n"

    def later(self, seconds: float, act: Any, *arguments: Any) -> None:
        if not seconds:
            act(*arguments)
            return
        self.busy = True
        asyncio.get_running_loop().call_later(seconds, self.resume, act, arguments)

    def resume(self, act: Any, arguments: tuple[Any, ...]) -> None:
        self.busy = False
        act(*arguments)
        self.read()

    def answer(self, status: int, content: Any, extra: str = "") -> None:
        self.state.open -= 1
        if self.transport.is_closing():
            self.witnessed("broken")
        else:
            self.state.answered += 1
            self.write(status, content, extra)
            self.witnessed("answered", status)

    def witnessed(self, fate: str, status: int | None = None) -> None:
        if self.state.witness and self.seen:
            self.state.witness.ended(self.seen, fate, status)

    def write(self, status: int, content: Any, extra: str = "") -> None:
        body = b"" if content is None else orjson.dumps(content)
        reason = "Accepted" if status == 202 else REASONS.get(str(status), "OK")
        head = f"HTTP/1.1 {status} {reason}\r\nServer: nginx\r\nContent-Length: {len(body)}\r\n{extra}"
        self.transport.write(f"{head}{JSON if body else ''}\r\n".encode() + body)

    def reset(self) -> None:
        """End with a RST, so that the client sees a reset and not a tidy close."""
        self.state.open -= 1
        self.state.resets += 1
        self.witnessed("reset")
        sock = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    async def control(self, method: str, path: str, body: bytes) -> Any:
        """The fake's own door, which SendGrid does not have."""
        state, asked = self.state, (parsed(body) or {}) if body else {}
        match (method, path.partition("?")[0].removeprefix("/_fake/")):
            case ("PUT", "script"):
                state.script = Script(**asked)
            case ("GET", "stats"):
                return state.stats()
            case ("GET", "messages"):
                return state.messages
            case ("GET", "wire") if state.witness:
                return state.witness.told()
            case ("DELETE", "messages"):
                state.messages.clear()
            case ("GET", "public_key"):
                return {"public_key": state.signer.public_key}
            case ("POST", "events"):
                return await asyncio.get_running_loop().run_in_executor(None, post_events, state, asked)
            case _:
                raise ValueError(f"no such thing: {method} {path}")
        return {}

    def controlled(self, task: asyncio.Task[Any]) -> None:
        error = task.exception()
        if error is None:
            self.write(200, task.result())
        else:
            self.write(400, {"error": str(error)})
        self.busy = False
        self.read()


def post_events(state: State, asked: dict[str, Any]) -> dict[str, Any]:
    """Post events about the mails taken: {url, kinds, mids, batch, shuffle, duplicate, seed}."""
    wanted = set(asked["mids"]) if "mids" in asked else None
    kinds = asked.get("kinds", ["processed", "delivered"])
    about = [message for message in tuple(state.messages) if wanted is None or message["mid"] in wanted]
    told = events.batches(
        (events.event(kind, message) for message in about for kind in kinds),
        size=asked.get("batch", 1000),
        shuffle=asked.get("shuffle", False),
        duplicate=asked.get("duplicate", 0),
        seed=asked.get("seed", 0),
    )
    return events.post_all(asked["url"], told, state.signer)


def refusal(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]] | None:
    """What SendGrid answers before it looks at the mail; None for a request in order."""
    if path != "/v3/mail/send":
        return 404, _errors("Not Found")
    if method != "POST":
        return 405, _errors("method not allowed")
    if not headers.get("authorization", "").startswith("Bearer ") or headers["authorization"] == "Bearer wrong":
        return 401, _errors("The provided authorization grant is invalid, expired, or revoked")
    if headers.get("content-type", "").partition(";")[0] != "application/json":
        return 415, _errors("Unsupported Media Type")
    return (413, _errors("Payload Too Large")) if len(body) > MOST_BYTES else None


def parsed(body: bytes) -> Any:
    """The JSON value, or None when there is none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _no_json() -> dict[str, str | None]:
    return {"message": "Bad Request: the body is not JSON", "field": None, "help": None}


def _errors(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "field": None, "help": None}]}
