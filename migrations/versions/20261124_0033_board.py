"""The board reads leads by stage, the newest first."""

from __future__ import annotations

from alembic import op

revision = "20261124_0033"
down_revision = "20261124_0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_leads_stage", "leads", ["stage", "stage_since", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_leads_stage", table_name="leads")
