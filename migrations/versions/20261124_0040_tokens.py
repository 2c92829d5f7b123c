"""Tokens end by themselves, and tell who made them and when they were used last."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_0040"
down_revision = "20261124_0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tokens", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tokens", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tokens", sa.Column("created_by", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("tokens", "created_by")
    op.drop_column("tokens", "last_used_at")
    op.drop_column("tokens", "expires_at")
