"""Enrollments that wait for a person can be counted without reading the rest."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_0002"
down_revision = "20261122_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_enrollments_stuck",
        "enrollments",
        ["sequence_id"],
        unique=False,
        postgresql_where=sa.text("held IN ('error', 'failed')"),
    )


def downgrade() -> None:
    op.drop_index("ix_enrollments_stuck", table_name="enrollments")
