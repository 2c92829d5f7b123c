"""`funnel token`: keys for programs, from the command line. Times are wall times, in UTC."""

from __future__ import annotations

from datetime import timedelta

import click

from funnel.commands import opened
from funnel.crm import audit, tokens
from funnel.models import Token

#: tokens shown, the newest
SHOWN = 500


@click.group()
def token() -> None:
    """Keys for programs that use the API."""


@token.command()
@click.option("--name", required=True, help="What it is for.")
@click.option("--scope", "scopes", multiple=True, required=True, help=f"One of {', '.join(tokens.SCOPES)}; repeatable.")
@click.option("--days", type=click.IntRange(1, 3650), help="It ends after so many days; without, it never does.")
def add(name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Make a token; it is shown once, as the last word."""
    with opened() as context, context.database.transaction() as session:
        now = context.wall()
        try:
            until = now + timedelta(days=days) if days else None
            token, text = tokens.mint(session, name, scopes, now, expires_at=until)
            audit.note(session, audit.SYSTEM, "create_token", f"tokens/{token.id}", now, {"scopes": list(scopes)})
        except tokens.UnknownScopeError as error:
            raise click.BadParameter(str(error), param_hint="--scope") from None
    click.echo(f"Token {name} ({', '.join(scopes)}), shown only now: {text}")


@token.command("list")
def list_tokens() -> None:
    """Tell of each token its number, state, name and scopes, and when it was used last."""
    with opened() as context, context.database.transaction() as session:
        for one in tokens.page(session, after=None, limit=SHOWN).items:
            click.echo("\t".join((str(one.id), tokens.status(one, context.wall()), one.name, *_rest(one))))


@token.command()
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
def revoke(number: int) -> None:
    """End the token with this NUMBER at once (`funnel token list` tells it)."""
    with opened() as context, context.database.transaction() as session:
        now = context.wall()
        if not tokens.revoke(session, number, now):
            raise click.ClickException(f"There is no token {number}: `funnel token list` tells which there are.")
        audit.note(session, audit.SYSTEM, "revoke_token", f"tokens/{number}", now)
    click.echo(f"Token {number} opens nothing any more.")


def _rest(one: Token) -> tuple[str, str]:
    used = f"used {one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "never used"
    return ",".join(one.scopes), used
