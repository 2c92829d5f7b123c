"""The Dramatiq broker: muscle, not memory. Postgres is the queue of record, so a broker may lose everything."""

from __future__ import annotations

from urllib.parse import urlsplit

from dramatiq import Broker, Middleware
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker

#: Redis gives back what a dead worker held only by chance and after this silence; Dramatiq's defaults
#: (one command in a thousand, 60 s) leave idle installations waiting for many minutes.
REDIS_MAINTENANCE_CHANCE = 150_000
REDIS_HEARTBEAT_MS = 15_000


def open_broker(url: str | None, middleware: list[Middleware]) -> Broker:
    """RabbitMQ or Redis by URL; without one, a queue in the memory of this process.

    Dramatiq's own middleware is left out: clocks in Postgres do the retrying, and an exception thrown into
    a thread by a time limit could strike between a mail and its record.
    """
    if url is None:
        return StubBroker(middleware=middleware)
    if urlsplit(url).scheme.startswith("amqp"):
        return RabbitmqBroker(url=url, middleware=middleware, confirm_delivery=True)
    return RedisBroker(  # type: ignore[no-untyped-call]
        url=url,
        middleware=middleware,
        maintenance_chance=REDIS_MAINTENANCE_CHANCE,
        heartbeat_timeout=REDIS_HEARTBEAT_MS,
    )
