"""A keep-alive HTTP/1.1 client for posting JSON that knows whether a failed request may have been read.

A third of http.client's work for a request of one mail; docs/adr/0005 has the figures. No redirects, no proxy.
"""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from nurture_sequences.mailers.connections import went_away

MOST_HEAD = 64 * 1024
MOST_BODY = 1024 * 1024


class NotSentError(Exception):
    """Nothing of the request left this machine."""


class LostError(Exception):
    """The request left, in part at least, and no status came back: it may have been acted on."""


class _EndedError(Exception):
    """The answer stopped before its end."""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    #: names in lower case
    headers: dict[str, str]
    #: as much of it as could be read: the status alone says what became of the request
    body: bytes


class Connection:
    """One connection to one host. `idle_seconds` is how long an unused one is trusted: routers forget silently."""

    def __init__(self, url: str, *, connect_seconds: float, read_seconds: float, idle_seconds: float = 20) -> None:
        parts = urlsplit(url)
        self._host, self._tls = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if self._tls else 80)
        self._connect_seconds, self._read_seconds, self._idle_seconds = connect_seconds, read_seconds, idle_seconds
        self._sock: socket.socket | None = None
        self._used_at = 0.0
        self.head = f"HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\n"

    def post(self, path: str, headers: str, body: bytes) -> Response:
        """`headers` are ready-made lines, each ended by CRLF. Raises NotSentError and LostError, nothing else."""
        sock = self._ready()
        deadline = time.monotonic() + self._read_seconds
        head = f"POST {path} {self.head}{headers}Content-Length: {len(body)}\r\n\r\n"
        try:
            sock.sendall(head.encode("latin-1") + body)
        except OSError as error:
            # A server that refuses early may have answered before it closed.
            return self._answer(sock, deadline, f"{type(error).__name__} while writing")
        return self._answer(sock, deadline, "")

    def close(self) -> None:
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def _ready(self) -> socket.socket:
        if self._sock is not None and (time.monotonic() - self._used_at > self._idle_seconds or went_away(self._sock)):
            self.close()
        if self._sock is None:
            self._sock = self._connect()
        return self._sock

    def _connect(self) -> socket.socket:
        sock = None
        try:
            sock = socket.create_connection((self._host, self._port), self._connect_seconds)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self._host)
        except (OSError, UnicodeError) as error:
            if sock is not None:
                sock.close()
            raise NotSentError(f"{self._host}:{self._port} cannot be reached: {error}") from error
        sock.settimeout(self._read_seconds)
        return sock

    def _answer(self, sock: socket.socket, deadline: float, trouble: str) -> Response:
        reader = _Reader(sock, deadline)
        try:
            status, headers = reader.head()
        except (_EndedError, OSError, ValueError) as error:
            self.close()
            raise LostError(trouble or f"no answer: {type(error).__name__} {error}".strip()) from error
        keep = False
        try:
            keep = reader.body(status, headers) and not trouble and headers.get("connection", "").lower() != "close"
        except (_EndedError, OSError, ValueError):
            keep = False
        if keep:
            self._used_at = time.monotonic()
        else:
            self.close()
        return Response(status, headers, bytes(reader.read))


class _Reader:
    """Reads one answer. `read` grows with its body."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline
        self._rest = b""
        self.read = bytearray()

    def head(self) -> tuple[int, dict[str, str]]:
        """Status and headers of the final answer; interim ones (RFC 9110 section 15.2) are passed over."""
        while True:
            lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
            version, code, *_ = lines[0].split(" ", 2)
            if not version.startswith("HTTP/1.") or len(code) != 3:
                raise ValueError("not an HTTP/1 answer")
            if code[0] != "1":
                return int(code), {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:])}

    def body(self, status: int, headers: dict[str, str]) -> bool:
        """Read the body (RFC 9112 section 6.3) and tell whether the connection can serve again."""
        if status in (204, 304):
            return not self._rest
        if "chunked" in headers.get("transfer-encoding", "").lower():
            self._chunks()
        elif "content-length" in headers:
            self._take(int(headers["content-length"]))
        else:
            self._to_the_end()
            return False
        return not self._rest

    def _chunks(self) -> None:
        while size := int(self._until(b"\r\n").partition(b";")[0], 16):
            self._take(size)
            self._until(b"\r\n")
        while self._until(b"\r\n"):
            pass

    def _take(self, size: int) -> None:
        wanted = len(self.read) + size
        if size < 0 or wanted > MOST_BODY:
            raise ValueError("the answer is too large")
        while True:
            missing = wanted - len(self.read)
            self.read += self._rest[:missing]
            self._rest = self._rest[missing:]
            if len(self.read) == wanted:
                return
            self._rest = self._receive()

    def _to_the_end(self) -> None:
        self.read += self._rest
        while len(self.read) <= MOST_BODY:
            self.read += self._receive()

    def _until(self, mark: bytes) -> bytes:
        while (at := self._rest.find(mark)) < 0:
            if len(self._rest) > MOST_HEAD:
                raise ValueError("the answer's head is too large")
            self._rest += self._receive()
        found, self._rest = self._rest[:at], self._rest[at + len(mark) :]
        return found

    def _receive(self) -> bytes:
        if time.monotonic() >= self._deadline:
            raise TimeoutError("the answer took too long")
        data = self._sock.recv(8192)
        if not data:
            raise _EndedError("the connection was closed")
        return data
