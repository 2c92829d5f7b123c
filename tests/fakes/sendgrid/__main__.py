"""`python -m tests.fakes.sendgrid --port 0 --check full`: prints its port, then serves until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import signal

from tests.fakes.sendgrid import rules
from tests.fakes.sendgrid.server import Exchange, State
from tests.fakes.sendgrid.witness import Witness


async def serve(port: int, check: str, witness: Witness | None) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    state = State(check, witness)
    server = await loop.create_server(lambda: Exchange(state), "127.0.0.1", port, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stopped.wait()
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.sendgrid", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--check", choices=("none", "full"), default="full")
    parser.add_argument("--witness", action="store_true", help="keep what became of every request, for /_fake/wire")
    chosen = parser.parse_args()
    if chosen.check == "full" and rules.description() is None:
        parser.error("the OpenAPI description of SendGrid is absent: set SENDGRID_OAI, or use --check none")
    asyncio.run(serve(chosen.port, chosen.check, Witness() if chosen.witness else None))


if __name__ == "__main__":
    main()
