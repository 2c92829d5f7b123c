"""Alembic's environment: `funnel migrate` hands over an open connection; nothing here reads a file."""

from alembic import context

from funnel import models as funnel_models
from funnel.db import Base
from nurture_sequences import models as sequence_models

__all__ = ["funnel_models", "sequence_models"]  # importing them fills the metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_server_default=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
