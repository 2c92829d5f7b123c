"""The `funnel` command: its verbs by name, each loaded when it is asked for, each expected error one line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import psycopg2

from funnel.composition import Composition, load
from funnel.config import SettingsError
from funnel.embedded import PostgresError
from funnel.supervisor.home import HomeError
from funnel.supervisor.ready import UpError
from funnel.supervisor.up import Wishes, up

#: the verbs of this package; those of others come from who composes the command
COMMANDS = {
    "import": "funnel.import_commands:import_command",
    "export": "funnel.export_command:export_command",
    "migrate": "funnel.commands:migrate",
    "prepare": "funnel.commands:prepare",
    "sending": "funnel.commands:sending",
    "token": "funnel.token_commands:token",
    "up": "funnel.cli:up_command",
    "user": "funnel.user_commands:user",
}
EXPECTED = (SettingsError, PostgresError, HomeError, UpError)


class Funnel(click.Group):
    """Verbs as `module:attribute`, so that `funnel up` need not load what only `funnel token` uses."""

    def __init__(self, commands: Mapping[str, str], composition: Composition) -> None:
        super().__init__("funnel", help="Capture leads, nurture them, measure what became of them.")
        self.paths = dict(commands)
        self.composition = composition

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(self.paths)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        command: click.Command | None = load(self.paths[name]) if name in self.paths else None
        return command

    def invoke(self, ctx: click.Context) -> Any:
        ctx.obj = self.composition
        try:
            return super().invoke(ctx)
        except Exception as error:
            line = explain(error)
            if line is None:
                raise
            raise click.ClickException(line) from None


def explain(error: Exception) -> str | None:
    """The one line an operator needs of an expected error; None for a defect, which deserves its traceback."""
    if isinstance(error, EXPECTED):
        return str(error)
    driver = getattr(error, "orig", error)  # SQLAlchemy wraps the driver's errors
    if isinstance(driver, psycopg2.errors.UndefinedTable):
        return "The database is not migrated: run `funnel migrate`, or `funnel up`, which does it by itself."
    if isinstance(driver, psycopg2.OperationalError | psycopg2.errors.InsufficientPrivilege):
        first = (str(driver).strip().splitlines() or ["no reason given"])[0]
        return f"The database does not answer: {first.rstrip('.')}. Is it running (`funnel up`), is DATABASE_URL right?"
    return None


@click.command("up")
@click.option("--demo", is_flag=True, help="Add a demo business to an empty installation.")
@click.option("--host", envvar="FUNNEL_HOST", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on (PORT; 8000).")
@click.option("--speed", type=click.FloatRange(min=1), default=1, help="Run the engine's clock N times faster.")
@click.option("--home", type=click.Path(path_type=Path), help="Folder of everything kept (FUNNEL_HOME; var/).")
@click.pass_obj
def up_command(
    composition: Composition, demo: bool, host: str, port: int | None, speed: float, home: Path | None
) -> None:
    """Start everything: database, migrations, web server, workers. Ctrl-C stops it."""
    if demo and composition.demo is None:
        raise click.UsageError("There is no demo business in this installation.")
    environ = dict(os.environ)
    if port is not None:
        environ["PORT"] = str(port)
    # Children run in another folder, so a relative home is settled here.
    environ["FUNNEL_HOME"] = str((home or Path(environ.get("FUNNEL_HOME") or "var")).expanduser().absolute())
    up(Wishes(host, speed, demo), [*composition.programs, *(composition.demo_programs if demo else ())], environ)
