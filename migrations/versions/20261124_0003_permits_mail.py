"""A row of consent says whether it permits mail; rows from before are told apart by the names of their purposes."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_0003"
down_revision = "20261124_0002"
branch_labels = None
depends_on = None

OTHER_THAN_MAIL = "phone|call|sms|track|cookie|share|terms|conditions|privacy|policy|gdpr|legal"


def upgrade() -> None:
    op.add_column("consents", sa.Column("permits_mail", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute(f"UPDATE consents SET permits_mail = true WHERE purpose !~* '{OTHER_THAN_MAIL}'")


def downgrade() -> None:
    op.drop_column("consents", "permits_mail")
