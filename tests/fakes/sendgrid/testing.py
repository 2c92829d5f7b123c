"""What tests need that lean on the official description, which is test data outside the project."""

import os

import pytest

from tests.fakes.sendgrid.rules import description

#: skipped where there is no copy of the description, except in CI, where its absence is a failure
needs_description = pytest.mark.skipif(
    description() is None and os.environ.get("CI") != "true",
    reason="SendGrid's OpenAPI description is absent: put it in ../shared/sendgrid-oai or set SENDGRID_OAI",
)
