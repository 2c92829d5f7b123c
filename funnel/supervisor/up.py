"""The story of `funnel up`, from an empty folder to a running service and back to silence."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from funnel import config
from funnel.config import Settings
from funnel.keys import make_missing_keys
from funnel.supervisor.child import Child
from funnel.supervisor.database import DatabaseWatch, open_database
from funnel.supervisor.home import Home
from funnel.supervisor.orphans import MARK, sweep
from funnel.supervisor.preparing import Prepared, prepare
from funnel.supervisor.programs import Program
from funnel.supervisor.ready import UpError, wait_until_ready
from funnel.supervisor.stop import Stop
from funnel.supervisor.terminal import Terminal

#: seconds between two looks at what runs, and until a child that should stop is killed
LOOK, GRACE = 0.5, 25.0
#: where the processes of one start add up their Prometheus counters
COUNTERS = "PROMETHEUS_MULTIPROC_DIR"


@dataclass(frozen=True)
class Wishes:
    """What the operator asked for on the command line."""

    host: str
    speed: float
    demo: bool


def up(wishes: Wishes, programs: Sequence[Program], environ: Mapping[str, str]) -> None:
    """Start everything, watch it until a stop is asked for, stop everything.

    Raises HomeError, SettingsError, PostgresError and UpError, each with one line for the operator.
    """
    terminal, stop = Terminal(), Stop()
    home = Home(config.home_of(environ))
    with ExitStack() as stopping:
        settings = _settings(home, environ, terminal)
        _refuse_busy_port(wishes.host, settings.port)
        watch = _start_database(settings, home, terminal, stopping)
        if stop.asked:
            return
        prepared = prepare(wishes.speed, wishes.demo, environ, stop)
        if prepared is None:
            return
        for note in prepared.notes:
            terminal.say(note)
        children = _start_children(programs, wishes, settings, home, environ)
        stopping.callback(_stop_children, children, stop, terminal)
        if wait_until_ready(wishes.host, settings.port, children, stop):
            _greet(prepared, programs, wishes, settings, terminal)
            _watch(children, watch, stop, terminal)


def _settings(home: Home, environ: Mapping[str, str], terminal: Terminal) -> Settings:
    if orphans := sweep(home.path):
        terminal.say(f"ended {orphans} processes that an earlier start left behind")
    try:
        made = make_missing_keys(home.path, environ)
    except OSError as error:
        raise UpError(f"{home.path / 'keys.env'} cannot be written: {error.strerror}.") from None
    settings = config.load(environ)
    if made:
        terminal.say(f"made this installation's keys: {home.path / 'keys.env'} (keep a copy)")
    return settings


def _refuse_busy_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UpError(
                f"Port {port} on {host} cannot be used: {os.strerror(error.errno or 0)}. "
                "Choose another with --port or PORT."
            ) from None


def _start_database(settings: Settings, home: Home, terminal: Terminal, stopping: ExitStack) -> DatabaseWatch | None:
    server = open_database(settings, home.log("postgres"))
    if server is None:
        return None
    stopping.callback(terminal.say, "PostgreSQL stopped")
    stopping.callback(server.stop)
    server.start()
    terminal.say(f"PostgreSQL runs in {server.place.home}")
    return DatabaseWatch(server, terminal)


def _start_children(
    programs: Sequence[Program], wishes: Wishes, settings: Settings, home: Home, environ: Mapping[str, str]
) -> list[Child]:
    marked = {**environ, MARK: str(home.path), "PYTHONUNBUFFERED": "1", COUNTERS: str(home.counters())}
    children = [
        Child(program.name, program.command(settings, wishes.host), marked, home.log(program.name))
        for program in programs
    ]
    for child in children:
        child.start()
    return children


def _greet(
    prepared: Prepared, programs: Sequence[Program], wishes: Wishes, settings: Settings, terminal: Terminal
) -> None:
    address = f"http://{wishes.host}:{settings.port}"
    sites = "".join(f" {one.name} {one.address(settings)}" for one in programs if one.address)
    terminal.say(f"logs are in {settings.home / 'log'}; Ctrl-C stops everything")
    login = ""
    if prepared.login:
        email, password = prepared.login
        login = f", first login (shown only now): {email} password {password}"
    terminal.plain(f"Ready: {address}/app/ API {address}/api/docs{sites}{login}")


def _watch(children: Sequence[Child], database: DatabaseWatch | None, stop: Stop, terminal: Terminal) -> None:
    while not stop.pause(LOOK):
        if database:
            database.look()
        for child in children:
            child.look(terminal)


def _stop_children(children: Sequence[Child], stop: Stop, terminal: Terminal) -> None:
    """In the order they were started: first nobody comes in, then what is at work ends. A second wish kills."""
    for child in children:
        child.stop(stop, GRACE)
        terminal.say(f"{child.name} stopped")
