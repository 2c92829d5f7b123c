"""One conversation with an SMTP server, opened, secured and logged in (RFC 5321, 3207, 4954, 2920)."""

from __future__ import annotations

import base64
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from nurture_sequences.mailers.connections import went_away

MOST_REPLY = 64 * 1024


class CannotOpenError(Exception):
    """No conversation came about: nothing was sent, and nothing else would fare better."""


class BrokenError(Exception):
    """The conversation ended in the middle; `written` bytes of what was being handed over had left."""

    def __init__(self, reason: str, written: int = 0) -> None:
        super().__init__(reason)
        self.written = written


class Reply(NamedTuple):
    code: int
    lines: list[bytes]

    @property
    def text(self) -> str:
        return f"{self.code} {b' '.join(self.lines).decode('utf-8', 'replace')}"


@dataclass(frozen=True)
class Server:
    """Where the mail goes: `smtp://user:password@host:587`, `smtps://` for TLS from the start.

    `starttls` is `auto` (used when offered, and always before a password), `required` or `never`.
    """

    host: str
    port: int
    tls: bool
    user: str | None
    password: str
    starttls: str

    @classmethod
    def of(cls, url: str) -> Server:
        """Raises ValueError with one line for the operator; it never repeats the URL, which holds a password."""
        parts = urlsplit(url)
        starttls = parse_qs(parts.query).get("starttls", ["auto"])[-1]
        known = parts.scheme in ("smtp", "smtps") and starttls in ("auto", "required", "never")
        try:
            port = parts.port or (465 if parts.scheme == "smtps" else 587)
        except ValueError:
            known, port = False, 0
        if not known or not parts.hostname:
            raise ValueError("SMTP_URL must look like smtp://user:password@host:587, with ?starttls=never if need be")
        user = unquote(parts.username) if parts.username else None
        return cls(parts.hostname, port, parts.scheme == "smtps", user, unquote(parts.password or ""), starttls)


class Connection:
    """Opened by its constructor, which raises CannotOpenError. Every other method raises BrokenError."""

    def __init__(self, server: Server, *, connect_seconds: float, reply_seconds: float) -> None:
        self._server, self._reply_seconds = server, reply_seconds
        self._buffer = b""
        self._used_at = 0.0
        #: the extensions the server offers, with their parameters (RFC 5321 section 2.2)
        self.offers: dict[str, str] = {}
        #: whose transfer was asked for together with the mail before (RFC 2920 section 3.1)
        self.asked_for: object = None
        try:
            self._sock = socket.create_connection((server.host, server.port), connect_seconds)
        except (OSError, UnicodeError) as error:
            raise CannotOpenError(f"{server.host}:{server.port} cannot be reached: {error}") from error
        try:
            self._open()
        except (OSError, BrokenError) as error:
            self.close()
            raise CannotOpenError(f"{server.host}:{server.port} would not talk: {error}") from error
        except CannotOpenError:
            self.close()
            raise

    def usable(self, idle_seconds: float) -> bool:
        """Whether a mail may begin on this connection: it is not idle for too long, it waits for no other mail, and
        nothing has come unasked."""
        if self.asked_for is not None or self._buffer or time.monotonic() - self._used_at >= idle_seconds:
            return False
        return not went_away(self._sock)

    def write(self, data: bytes) -> None:
        """Hand over all of it."""
        rest, written = memoryview(data), 0
        while written < len(data):
            try:
                written += self._sock.send(rest[written:])
            except OSError as error:
                raise BrokenError(f"{type(error).__name__} while writing", written) from error

    def reply(self) -> Reply:
        """The next reply, in one line or several."""
        lines = []
        while True:
            end = self._buffer.find(b"\n")
            if end < 0:
                self._receive()
                continue
            line, self._buffer = self._buffer[:end].rstrip(), self._buffer[end + 1 :]
            lines.append(line[4:])
            if line[3:4] != b"-":
                return Reply(self._code(line), lines)

    def ask(self, command: str) -> Reply:
        self.write(command.encode() + b"\r\n")
        return self.reply()

    def close(self) -> None:
        with suppress(OSError):
            self._sock.settimeout(1)
            self._sock.sendall(b"QUIT\r\n")
        self._sock.close()

    def _open(self) -> None:
        self._sock.settimeout(self._reply_seconds)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._server.tls:
            self._secure()
        self._expect("the greeting", self.reply(), 220)
        self._greet()
        if not self._server.tls and self._server.starttls != "never":
            self._start_tls()
        if self._server.user is not None:
            self._log_in(self._server.user)

    def _greet(self) -> None:
        name = _own_name(self._sock)
        reply = self.ask(f"EHLO {name}")
        if reply.code >= 500:
            reply = Reply(self.ask(f"HELO {name}").code, [])
        self._expect("EHLO", reply, 250)
        words = (line.decode("ascii", "replace").split(" ", 1) for line in reply.lines[1:])
        self.offers = {word.upper(): rest[0] if rest else "" for word, *rest in words}

    def _start_tls(self) -> None:
        """A password never travels in the clear, unless `?starttls=never` says that it may."""
        if "STARTTLS" not in self.offers:
            if self._server.starttls == "required" or self._server.user is not None:
                raise CannotOpenError(f"{self._server.host} offers no STARTTLS; ?starttls=never does without")
            return
        self._expect("STARTTLS", self.ask("STARTTLS"), 220)
        if self._buffer:
            raise CannotOpenError(f"{self._server.host} wrote before TLS began")
        self._secure()
        self._greet()

    def _secure(self) -> None:
        self._sock = ssl.create_default_context().wrap_socket(self._sock, server_hostname=self._server.host)

    def _log_in(self, user: str) -> None:
        ways = self.offers.get("AUTH", "").upper().split()
        if "PLAIN" in ways:
            reply = self.ask(f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{self._server.password}')}")
        elif "LOGIN" in ways:
            self._expect("AUTH LOGIN", self.ask("AUTH LOGIN"), 334)
            self._expect("AUTH LOGIN", self.ask(_base64(user)), 334)
            reply = self.ask(_base64(self._server.password))
        else:
            raise CannotOpenError(f"{self._server.host} offers no way to log in that we know (PLAIN, LOGIN)")
        self._expect("the login", reply, 235)

    def _expect(self, what: str, reply: Reply, code: int) -> None:
        if reply.code != code:
            raise CannotOpenError(f"{self._server.host} answered {what} with {reply.text[:200]}")

    def _code(self, line: bytes) -> int:
        if not line[:3].isdigit() or line[3:4] not in (b" ", b""):
            raise BrokenError("a reply that is no SMTP")
        self._used_at = time.monotonic()
        return int(line[:3])

    def _receive(self) -> None:
        if len(self._buffer) > MOST_REPLY:
            raise BrokenError("a reply without an end")
        try:
            data = self._sock.recv(8192)
        except OSError as error:
            raise BrokenError(f"{type(error).__name__} while reading") from error
        if not data:
            raise BrokenError("the server closed the connection")
        self._buffer += data


def _own_name(sock: socket.socket) -> str:
    """Our name in EHLO: the host's when it is a full one, else its address (RFC 5321 section 4.1.3)."""
    name = socket.gethostname()
    if "." in name and name.isascii():
        return name
    address = sock.getsockname()[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
