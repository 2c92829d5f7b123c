"""Suspicious fillings are kept whole, until a person lets them in or throws them away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_0090"
down_revision = "20261124_0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submissions", sa.Column("held", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_index(
        "ix_submissions_held", "submissions", ["at", "id"], unique=False, postgresql_where=sa.text("held IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_submissions_held", table_name="submissions", postgresql_where=sa.text("held IS NOT NULL"))
    op.drop_column("submissions", "held")
