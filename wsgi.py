"""The composition root: the only place that knows both what people do and what time does.

`granian --interface wsgi --factory wsgi:application` and `gunicorn 'wsgi:application()'` serve the web;
`funnel` on the command line is `command`. Importing this module reads no setting and connects nowhere.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import nurture_sequences
from funnel import cli, config
from funnel.composition import Composition
from funnel.supervisor import programs
from nurture_sequences.demo import business

if TYPE_CHECKING:
    from flask import Flask

    from funnel.config import Settings
    from funnel.context import Context

command = cli.Funnel(
    cli.COMMANDS | nurture_sequences.COMMANDS,
    Composition(
        programs=[programs.web("wsgi:application"), programs.worker("nurture_sequences.worker")],
        demo="nurture_sequences.demo.seed:seed",
        demo_programs=[programs.listening("demo", "nurture_sequences.demo.site", business.site_address)],
        keeps_real_time=["nurture_sequences.real_time:keep"],
        exportable=["nurture_sequences.exports:TABLES"],
        personal_data=["nurture_sequences.personal_data:HOLDINGS"],
    ),
)


def application() -> Flask:
    """The web application of a process of its own, set up from the environment."""
    from funnel import collector, logs

    settings = config.load(os.environ)
    logs.configure(settings)
    web = compose(settings)
    collector.settle()
    return web


def compose(settings: Settings, context: Context | None = None) -> Flask:
    """The web application, with the doors of both packages."""
    # Loaded here, so that the command line and the supervisor carry no web framework.
    from funnel import app
    from nurture_sequences import api, membership, segment_uses, webhooks

    membership.register()
    segment_uses.register()
    return app.create_app(
        settings,
        context=context,
        blueprints=[webhooks.door],
        api_blueprints=[api.blueprint],
    )


if __name__ == "__main__":
    command()
