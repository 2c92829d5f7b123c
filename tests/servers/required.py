"""What a test does when a server that it needs is not installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.servers.brokers import Broker, MissingServerError, make_broker


def required_broker(name: str, home: Path) -> Broker:
    """The broker, not yet started. Without its program the test is skipped; where CI=true it fails."""
    try:
        return make_broker(name, home)
    except MissingServerError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
