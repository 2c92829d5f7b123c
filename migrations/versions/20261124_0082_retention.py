"""How long personal data is kept: a policy that deletes nothing before somebody has confirmed it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_0082"
down_revision = "20261124_0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retention",
        sa.Column("one", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("leads_months", sa.BigInteger(), server_default=sa.text("36"), nullable=True),
        sa.Column("except_stages", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{customer}'"), nullable=False),
        sa.Column("unconfirmed_days", sa.BigInteger(), server_default=sa.text("30"), nullable=True),
        sa.Column("spam_days", sa.BigInteger(), server_default=sa.text("90"), nullable=True),
        sa.Column("audit_months", sa.BigInteger(), server_default=sa.text("24"), nullable=True),
        sa.Column("revision", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("one", name=op.f("ck_retention_single_row")),
        sa.CheckConstraint(
            "least(leads_months, unconfirmed_days, spam_days, audit_months) > 0",
            name=op.f("ck_retention_durations_are_positive"),
        ),
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_retention_confirmed")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_retention")),
    )
    op.execute("INSERT INTO retention DEFAULT VALUES")


def downgrade() -> None:
    op.drop_table("retention")
