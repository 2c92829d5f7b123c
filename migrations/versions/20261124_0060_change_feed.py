"""The change feed: facts found by their transaction, and whose transaction ids they bear."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261124_0060"
down_revision = "20261124_0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nobody writes facts while this index is made, so all that are there belong below the line.
    op.create_index(op.f("ix_events_transaction_id_id"), "events", ["transaction_id", "id"], unique=False)
    op.add_column("installation", sa.Column("log_cluster", sa.Text(), nullable=True))
    op.add_column(
        "installation", sa.Column("log_restored_to", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.execute("""
        UPDATE installation SET log_cluster = (SELECT system_identifier::text FROM pg_control_system()),
               log_restored_to = (SELECT coalesce(max(id), 0) FROM events)
    """)


def downgrade() -> None:
    op.drop_column("installation", "log_restored_to")
    op.drop_column("installation", "log_cluster")
    op.drop_index(op.f("ix_events_transaction_id_id"), table_name="events")
