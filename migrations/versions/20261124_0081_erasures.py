"""Erasures: who was erased, by number; enrollments and messages keep their counts without the lead."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_0081"
down_revision = "20261124_0070"
branch_labels = None
depends_on = None

COUNTED = ("enrollments", "messages")
GONE = "NOT EXISTS (SELECT FROM leads WHERE leads.id = lead_id)"


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("erased_by", sa.Text(), nullable=False),
        sa.Column("fingerprints", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("suppressed", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "reason IN ('asked', 'objection', 'retention', 'mistake', 'test')", name=op.f("ck_erasures_reason")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_erasures")),
        sa.UniqueConstraint("id", name=op.f("uq_erasures_id")),
    )
    op.create_index("ix_erasures_fingerprints", "erasures", ["fingerprints"], postgresql_using="gin")
    op.create_index(
        "ix_submissions_of_nobody",
        "submissions",
        [sa.text("lower(values ->> 'email')")],
        postgresql_where=sa.text("lead_id IS NULL"),
    )
    for table in COUNTED:
        op.drop_constraint(op.f(f"fk_{table}_lead_id"), table, type_="foreignkey")


def downgrade() -> None:
    # What an erasure left behind to be counted has no place there.
    op.execute(f"DELETE FROM visits WHERE enrollment_id IN (SELECT id FROM enrollments WHERE {GONE})")
    op.execute(f"DELETE FROM messages WHERE lead_id IS NOT NULL AND {GONE}")
    op.execute(f"DELETE FROM enrollments WHERE {GONE}")
    for table in COUNTED:
        op.create_foreign_key(op.f(f"fk_{table}_lead_id"), table, "leads", ["lead_id"], ["id"])
    op.drop_index("ix_submissions_of_nobody", "submissions")
    op.drop_table("erasures")
