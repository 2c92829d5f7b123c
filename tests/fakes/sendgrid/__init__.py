"""A SendGrid of our own: checks each mail as the real one would, fails on order, posts events back.

In a test: `with FakeSendGrid() as fake: ... fake.url ... fake.script(["429", "reset_taken"]) ... fake.messages`.
As a process: `python -m tests.fakes.sendgrid --port 0`, told what to do at `/_fake/`.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Self

from tests.fakes.sendgrid.script import Script
from tests.fakes.sendgrid.server import Exchange, State, post_events


class FakeSendGrid:
    """The fake in a thread of its own, on a free port of this machine."""

    def __init__(self, check: str = "full") -> None:
        self.state = State(check)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="fake-sendgrid", daemon=True)
        self._ready = threading.Event()
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[dict[str, Any]]:
        return self.state.messages

    def script(self, *sequence: str, chances: dict[str, float] | None = None, **settings: Any) -> None:
        """From now on: these faults, one a request, then the chances. See script.py for the words."""
        self.state.script = Script(sequence, chances, **settings)

    def post_events(self, url: str, **asked: Any) -> dict[str, Any]:
        """Post events about the mails taken; see server.post_events for what can be asked."""
        return post_events(self.state, {"url": url, **asked})

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._stop())
        self._loop.close()

    async def _listen(self) -> None:
        self._open: set[Exchange] = set()
        self._server = await self._loop.create_server(self._exchange, "127.0.0.1", 0, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    def _exchange(self) -> Exchange:
        exchange = Exchange(self.state)
        self._open.add(exchange)
        return exchange

    async def _stop(self) -> None:
        self._server.close()
        for exchange in self._open:
            exchange.transport.abort()
        await asyncio.sleep(0)
