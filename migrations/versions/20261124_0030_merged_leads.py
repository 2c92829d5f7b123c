"""Leads that became part of others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_0030"
down_revision = "20261124_0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "merged_leads",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("into_id", sa.BigInteger(), nullable=False),
        sa.Column("lead", json, nullable=False),
        sa.Column("moved", json, nullable=False),
        sa.Column("changed", json, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["into_id"], ["leads.id"], name=op.f("fk_merged_leads_into_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merged_leads")),
    )
    op.create_index(op.f("ix_merged_leads_email"), "merged_leads", ["email"], unique=False)
    op.create_index(op.f("ix_merged_leads_into_id"), "merged_leads", ["into_id"], unique=False)


def downgrade() -> None:
    op.drop_table("merged_leads")
