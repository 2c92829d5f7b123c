"""One kept connection for each thread that sends."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    def close(self) -> None: ...


C = TypeVar("C", bound=Closable)


class PerThread(Generic[C]):
    """Opens a connection at a thread's first use of it and keeps it until `drop` or `close`."""

    def __init__(self, connect: Callable[[], C]) -> None:
        self._connect = connect
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: set[C] = set()

    def kept(self) -> C | None:
        """The connection that the calling thread has already."""
        connection: C | None = getattr(self._local, "connection", None)
        return connection if connection in self._open else None

    def get(self) -> C:
        """The calling thread's connection. Raises what opening it raises."""
        connection = self.kept()
        if connection is None:
            connection = self._local.connection = self._connect()
            with self._lock:
                self._open.add(connection)
        return connection

    def drop(self) -> None:
        """Close the calling thread's connection; the next `get` opens another."""
        connection = self.kept()
        if connection is not None:
            self._local.connection = None
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def close(self) -> None:
        with self._lock:
            connections, self._open = self._open, set()
        for connection in connections:
            connection.close()


def went_away(sock: socket.socket) -> bool:
    """Whether the other side closed a connection on which it owes us nothing, or wrote what nobody asked for.

    A readable socket is not enough to say so: TLS 1.3 delivers session tickets at any time.
    """
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    if not poll.poll(0):
        return False
    timeout = sock.gettimeout()
    sock.setblocking(False)
    try:
        sock.recv(1)
    except (BlockingIOError, InterruptedError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True
    finally:
        sock.settimeout(timeout)
    return True
