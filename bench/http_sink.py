"""The cheapest server that takes a SendGrid request whole and says 202: the wire's own cost, and a counter.

`python -m bench.http_sink PORT`. POST is one mail taken; GET tells how many were.
"""

from __future__ import annotations

import asyncio
import sys


class Sink(asyncio.Protocol):
    """One connection. Requests have a Content-Length or no body, as those of the bench have."""

    taken = 0

    def __init__(self) -> None:
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n") + 4) > 3:
            size = _length(self._rest[:end])
            if len(self._rest) < end + size:
                return
            self._answer(self._rest.startswith(b"POST"))
            self._rest = self._rest[end + size :]

    def _answer(self, posted: bool) -> None:
        if posted:
            Sink.taken += 1
            self._transport.write(
                b"HTTP/1.1 202 Accepted\r\nX-Message-Id: sink-%d\r\nContent-Length: 0\r\n\r\n" % Sink.taken
            )
        else:
            body = b"%d" % Sink.taken
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


def _length(head: bytes) -> int:
    found = head.lower().find(b"content-length:")
    return int(head[found + 15 : head.find(b"\r", found)]) if found >= 0 else 0


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
