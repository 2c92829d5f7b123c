"""RabbitMQ and Redis, run privately from the system's packages: nothing of the machine's own services is touched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Protocol, Self

from tests.servers.group import Group, free_port, listens

#: Debian's wrapper of the same name in /usr/sbin insists on the user rabbitmq; the script below it does not
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class MissingServerError(RuntimeError):
    """The server's program is not installed on this machine; the message says what to install."""


class Broker(Protocol):
    """A broker to be killed. `url` is what BROKER_URL holds; None is the memory of each worker process."""

    url: str | None

    def start(self) -> None: ...
    def kill(self) -> None: ...
    def flush(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...


class NoBroker:
    """The default: each worker process holds its queue in memory, so it dies with the worker."""

    url = None

    def start(self) -> None:
        """Nothing to start."""

    def kill(self) -> None:
        """Nothing to kill."""

    def flush(self) -> None:
        """Nothing to lose but what a worker holds."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to stop."""


class Redis:
    """Durable to the second (AOF, everysec), as a careful operator runs it."""

    def __init__(self, home: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise MissingServerError("redis-server is not installed (Debian: redis-server)")
        home.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = ("--bind", "127.0.0.1", "--port", str(self.port), "--appendonly", "yes", "--dir", str(home))
        self.group = Group([program, *options, "--save", ""], os.environ, home / "log")

    def start(self) -> None:
        self.group.start()
        self.group.wait_until(self._answers)

    def kill(self) -> None:
        self.group.kill()

    def flush(self) -> None:
        """Forget everything, as after the loss of the machine it ran on."""
        with self._client() as client:
            client.flushall()

    def _answers(self) -> bool:
        import redis

        try:
            with self._client() as client:
                return bool(client.ping())
        except (redis.ConnectionError, redis.exceptions.BusyLoadingError):
            return False

    def _client(self):  # type: ignore[no-untyped-def]
        import redis

        return redis.Redis(port=self.port)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


class RabbitMQ:
    """One node with its own name, data, port mapper and cookie; guest may come from this machine."""

    def __init__(self, home: Path) -> None:
        epmd = shutil.which("epmd")
        if not RABBITMQ.exists() or epmd is None:
            raise MissingServerError("rabbitmq-server is not installed (Debian: rabbitmq-server)")
        home.mkdir(parents=True, exist_ok=True)
        (home / "plugins").write_text("[].\n")
        self.port, names = free_port(), free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/"
        environ = {
            **os.environ,
            "HOME": str(home),
            "ERL_EPMD_PORT": str(names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"proof{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(home / "logs"),
            "RABBITMQ_PID_FILE": str(home / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(home / "none"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "none"),
        }
        # Erlang's port mapper makes a daemon of itself when a node has to start it; ours is in our hands.
        self.names = Group([epmd, "-port", str(names), "-address", "127.0.0.1"], environ, home / "epmd.log")
        self.group = Group([str(RABBITMQ)], environ, home / "log")

    def start(self) -> None:
        if not self.names.alive:
            self.names.start()
            self.names.wait_until(lambda: listens(int(self.names.command[2])))
        self.group.start()
        self.group.wait_until(self._answers, seconds=90)

    def kill(self) -> None:
        """Everything, its port mapper as well: it would take the dead node for a live one."""
        self.group.kill()
        self.names.kill()

    def flush(self) -> None:
        """Delete every queue with all that is in it, as after the loss of the machine it ran on."""
        import pika

        with pika.BlockingConnection(pika.URLParameters(self.url)) as connection:
            channel = connection.channel()
            for queue in ("engine", "engine.DQ", "engine.XQ"):
                channel.queue_delete(queue)

    def _answers(self) -> bool:
        import pika

        if not listens(self.port):
            return False
        try:
            with pika.BlockingConnection(pika.URLParameters(self.url)):
                return True
        except (pika.exceptions.AMQPError, OSError):
            return False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def make_broker(name: str, home: Path) -> Broker:
    """`memory`, `redis` or `rabbitmq`, not yet started. Raises MissingServerError."""
    kinds = {"memory": lambda _: NoBroker(), "redis": Redis, "rabbitmq": RabbitMQ}
    return kinds[name](home / name)  # type: ignore[no-any-return, operator]
