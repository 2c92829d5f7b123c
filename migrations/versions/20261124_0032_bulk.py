"""The leads that a bulk job is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261124_0032"
down_revision = "20261124_0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_leads",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lead_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_bulk_leads_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "lead_id", name=op.f("pk_bulk_leads")),
    )


def downgrade() -> None:
    op.drop_table("bulk_leads")
