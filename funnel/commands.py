"""The commands that need the database's rows; they work while the service runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from funnel import config, restoring
from funnel import migrate as migrations
from funnel.composition import Composition, load
from funnel.context import Context
from funnel.crm import audit, installation, users
from funnel.crm.personal_data import OWN


@contextmanager
def opened() -> Iterator[Context]:
    """The context of one command; its connection is given back at the end."""
    context = Context.open(config.load(os.environ), connections=1)
    yield context
    _engine(context).dispose()


@click.command()
def migrate() -> None:
    """Bring the database to the schema of this release."""
    with opened() as context:
        migrations.upgrade(_engine(context))
        click.echo(f"The database is at revision {migrations.revision(_engine(context))}.")


@click.command(hidden=True)
@click.option("--speed", type=float, default=1)
@click.option("--demo", is_flag=True)
@click.pass_obj
def prepare(composition: Composition, speed: float, demo: bool) -> None:
    """What `funnel up` does before web and workers start; answers in JSON."""
    with opened() as context:
        migrations.upgrade(_engine(context))
        revision = migrations.revision(_engine(context))
        notes = [f"the database is at revision {revision}", *_check(context, speed, composition)]
        notes += _erase_again(context, composition)
        with context.database.transaction() as session:
            login = users.create_first_user(session, context.wall())
        if demo and composition.demo:
            notes += load(composition.demo)(context)
    click.echo(json.dumps({"notes": notes, "login": login}))


@click.group()
def sending() -> None:
    """Whether this installation sends mail."""


@sending.command()
@click.option("--reason", default="stopped by an operator", show_default=True)
def stop(reason: str) -> None:
    """Hold all mail; what is queued stays queued."""
    with opened() as context, context.database.transaction() as session:
        installation.hold_sending(session, reason)
        audit.note(session, audit.SYSTEM, "hold_sending", "installation", context.wall())
    click.echo("Sending is held. `funnel sending start` opens it again.")


@sending.command()
def start() -> None:
    """Send from here, from now on: also the answer when sending is held because the database was moved."""
    with opened() as context, context.database.transaction() as session:
        installation.open_sending(session, context.settings, context.wall())
        audit.note(session, audit.SYSTEM, "open_sending", "installation", context.wall())
    click.echo("Sending is open.")


@sending.command()
def status() -> None:
    """Say whether mail leaves, and why not."""
    with opened() as context, context.database.transaction() as session:
        row = installation.read(session)
        if row.sending_held:
            click.echo(f"Sending is held: {row.sending_held}.")
        elif row.paused_until and row.paused_until > context.wall():
            click.echo(f"Sending is paused until {row.paused_until:%Y-%m-%d %H:%M} UTC: {row.paused_reason}.")
        else:
            click.echo("Sending is open.")


def _check(context: Context, speed: float, composition: Composition) -> list[str]:
    """Is it the right key and the right place; and how fast does engine time run from now on?"""
    with context.database.transaction() as session:
        try:
            row = installation.start_up(session, context.settings, context.wall())
        except installation.FingerprintKeyError as error:
            raise click.ClickException(str(error)) from None
        _set_speed(session, context, speed, composition)
        held = [f"sending is held: {row.sending_held} (`funnel sending start` opens it)"] if row.sending_held else []
    return [*held, *([f"engine time runs {speed:g} times faster"] if speed != 1 else [])]


def _erase_again(context: Context, composition: Composition) -> list[str]:
    """Before anything is sent or shown: a restored copy of the database brings back who was erased."""
    elsewhere = [holding for path in composition.personal_data for holding in load(path)]
    try:
        leads = restoring.repeat(context, [*elsewhere, *OWN])
    except OSError as error:
        raise click.ClickException(f"FUNNEL_HOME/erasures cannot be used: {error.strerror}.") from None
    return [f"a restored copy: {leads} leads were erased again"] if leads else []


def _set_speed(session: Session, context: Context, speed: float, composition: Composition) -> None:
    wall = context.wall()
    before, after = installation.set_speed(session, speed, wall)
    if before != after:
        for path in composition.keeps_real_time:
            load(path)(session, context.settings, before, after, wall)


def _engine(context: Context) -> Engine:
    return cast(Engine, context.database.bind)
