"""Everything a proof runs on: a durable database, a broker, the fake SendGrid, the web server, worker processes."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Self

from funnel import config
from funnel.context import Context
from tests.servers import programs
from tests.servers.brokers import make_broker
from tests.servers.postgres import Postgres
from tests.servers.sendgrid import SendGrid

WORKERS = 3


class Scene:
    """Started by `with`; at its end nothing is left running."""

    def __init__(self, home: Path, broker: str) -> None:
        self.home = home
        self.postgres, self.broker, self.fake = Postgres(home / "pg"), make_broker(broker, home), SendGrid(home)
        self.workers: list[programs.Worker] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for server in (self.postgres, self.broker, self.fake):
                stack.enter_context(server)
            self._compose(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _compose(self, stack: ExitStack) -> None:
        environ = programs.environment(
            self.home,
            DATABASE_URL=self.postgres.url,
            BROKER_URL=self.broker.url or "",
            SENDGRID_API_KEY="SG.proof",
            SENDGRID_HOST=self.fake.url,
            SENDGRID_WEBHOOK_KEY=self.fake.public_key(),
        )
        self.context = Context.open(config.load(environ), connections=2)
        stack.callback(self.context.database.bind.dispose)  # type: ignore[union-attr]
        web, self.web_url = programs.web(environ, self.home / "web.log")
        stack.callback(web.kill)
        for number in range(WORKERS):
            worker = programs.Worker(environ, self.home / f"worker{number}.log")
            stack.callback(worker.kill)
            self.workers.append(worker)

    def start_workers(self) -> None:
        """Start those that do not run, as systemd would: a worker that finds no database at its start ends."""
        for worker in self.workers:
            if not worker.alive:
                worker.start()

    def tell_events(self, seed: int) -> dict[str, int]:
        """The fake tells the web server what became of the mails it took: shuffled, and a fifth of it twice."""
        told = self.fake.post_events(
            f"{self.web_url}/hooks/sendgrid/events", shuffle=True, duplicate=0.2, batch=200, seed=seed
        )
        return dict(told["statuses"])
