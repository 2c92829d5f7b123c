"""`python -m tests.fakes.sendgrid --port 0 --check full`: prints its port, then serves until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import signal

from tests.fakes.sendgrid import rules
from tests.fakes.sendgrid.server import Exchange, State


async def serve(port: int, check: str) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    state = State(check)
    server = await loop.create_server(lambda: Exchange(state), "127.0.0.1", port, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stopped.wait()
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.sendgrid", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--check", choices=("none", "full"), default="full")
    chosen = parser.parse_args()
    if chosen.check == "full" and rules.description() is None:
        parser.error("the OpenAPI description of SendGrid is absent: set SENDGRID_OAI, or use --check none")
    asyncio.run(serve(chosen.port, chosen.check))


if __name__ == "__main__":
    main()
