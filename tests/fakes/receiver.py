"""A receiver of webhooks as its spec wants one: it checks every signature, and answers as the test told it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks import Webhook


@dataclass
class Reply:
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0


@dataclass
class Call:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    size: int


class Receiver:
    """Listens on a free port of this machine for as long as the block runs."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.calls: list[Call] = []
        self.refused: list[str] = []
        self.reply: Callable[[Call], Reply] = lambda _: Reply()
        #: a signature older or newer than five minutes by this clock is refused
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                reply = receiver.take(self.path, dict(self.headers.items()), body)
                time.sleep(reply.seconds)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """Refuse what is not signed with the secret of its path."""
        lowered = {name.lower(): value for name, value in headers.items()}
        at = datetime.fromtimestamp(int(lowered["webhook-timestamp"]), UTC)
        right = Webhook(self.secrets[path]).sign(lowered["webhook-id"], at, body.decode())
        if right not in lowered["webhook-signature"].split() or abs(self.clock() - at) > timedelta(minutes=5):
            self.refused.append(lowered["webhook-id"])
            return Reply(401)
        call = Call(path, lowered, json.loads(body), len(body))
        with self._lock:
            self.calls.append(call)
        return self.reply(call)

    def ids(self) -> list[str]:
        return [call.headers["webhook-id"] for call in self.calls]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
