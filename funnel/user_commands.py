"""The commands about those who sign in to the app; also the way back in when nobody can."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from funnel.commands import opened
from funnel.context import Context
from funnel.crm import audit, roles, second_factors, users
from funnel.models import User

ROLE = click.Choice(roles.ROLES)


@click.group()
def user() -> None:
    """Those who sign in to the app."""


@user.command()
@click.argument("email")
@click.option("--role", type=ROLE, default=roles.MARKETER, show_default=True, help="What this person may do.")
@click.option("--name", default="", help="How colleagues know this person; else what stands before the @.")
def add(email: str, role: str, name: str) -> None:
    """Make a user with a new password, shown once, as the last word."""
    if "@" not in email:
        raise click.BadParameter(f"{email} is no email address.", param_hint="EMAIL")
    password = _new_password()
    with opened() as context, context.database.transaction() as session:
        try:
            user_id = users.add(session, email, password, context.wall(), role=role, name=name)
            audit.note(session, audit.SYSTEM, "create_user", f"users/{user_id}", context.wall(), {"role": role})
        except users.EmailTakenError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"User {users.account(email)}, {role}, password shown only now: {password}")


@user.command("list")
def list_users() -> None:
    """Who may sign in: id, state, role, email, name."""
    with opened() as context, context.database.transaction() as session:
        for one in session.scalars(select(User).where(User.removed_at.is_(None)).order_by(User.id)):
            click.echo(f"{one.id}\t{one.state}\t{one.role}\t{one.email}\t{one.name}")


@user.command()
@click.argument("email")
@click.argument("role", type=ROLE)
def role(email: str, role: str) -> None:
    """Give a user another role."""
    with _changing(email, "change_user", role=role) as (session, _, one):
        users.set_role(session, one, role)
    click.echo(f"{users.account(email)} is {role} now.")


@user.command()
@click.argument("email")
def password(email: str) -> None:
    """Give a user a new password, shown once, as the last word; every session of this user ends."""
    made = _new_password()
    with _changing(email, "set_password") as (session, context, one):
        users.set_password(session, one, made)
        one.joined_at = one.joined_at or context.wall()
    click.echo(f"User {users.account(email)}, password shown only now: {made}")


@user.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """For a user who lost the authenticator app and the recovery codes: signing in asks for no code any more."""
    with _changing(email, "reset_factor") as (session, _, one):
        second_factors.remove(session, one)
    click.echo(f"{users.account(email)} signs in without a code now.")


@user.command()
@click.argument("email")
def remove(email: str) -> None:
    """End a user's access; what this person wrote stays."""
    with _changing(email, "remove_user") as (session, context, one):
        users.remove(session, one, context.wall())
    click.echo(f"{users.account(email)} can sign in no more.")


@contextmanager
def _changing(email: str, action: str, **detail: str) -> Iterator[tuple[Session, Context, User]]:
    """The user with this email, in a transaction that is noted in the audit log; what cannot be is one line."""
    with opened() as context, context.database.transaction() as session:
        one = users.by_email(session, email)
        if one is None:
            raise click.ClickException(
                f"There is no user {users.account(email)}. `funnel user list` tells who there is."
            )
        try:
            yield session, context, one
            audit.note(session, audit.SYSTEM, action, f"users/{one.id}", context.wall(), detail)
        except users.LastAdminError as error:
            raise click.ClickException(str(error)) from None


def _new_password() -> str:
    return secrets.token_urlsafe(12)
