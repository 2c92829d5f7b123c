"""Links that let people in once, second factors and recovery codes, sign-in by an identity provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261124_0051"
down_revision = "20261124_0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("language", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("issuer", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("subject", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("factor", sa.LargeBinary(), nullable=True))
    op.add_column("users", sa.Column("factor_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("factor_step", sa.BigInteger(), nullable=True))
    op.create_check_constraint("language", "users", "language IN ('en', 'fr')")
    op.create_check_constraint("identity", "users", "(issuer IS NULL) = (subject IS NULL)")
    op.create_check_constraint("factor", "users", "factor_at IS NULL OR factor IS NOT NULL")
    op.create_index(
        "ix_users_identity", "users", ["issuer", "subject"], unique=True, postgresql_where=sa.text("removed_at IS NULL")
    )
    op.add_column("user_sessions", sa.Column("way", sa.Text(), server_default="password", nullable=False))
    op.alter_column("user_sessions", "way", server_default=None)
    op.create_check_constraint("way", "user_sessions", "way IN ('password', 'provider')")
    op.add_column(
        "installation", sa.Column("factor_required", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_table(
        "user_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('invitation', 'reset')", name="kind"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_links_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_links")),
    )
    op.create_index(op.f("ix_user_links_user_id"), "user_links", ["user_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("user_id", "digest", name=op.f("pk_recovery_codes")),
    )


def downgrade() -> None:
    op.drop_table("recovery_codes")
    op.drop_table("user_links")
    op.drop_column("installation", "factor_required")
    op.drop_column("user_sessions", "way")
    op.drop_index("ix_users_identity", "users", postgresql_where=sa.text("removed_at IS NULL"))
    for column in ("factor_step", "factor_at", "factor", "subject", "issuer", "language"):
        op.drop_column("users", column)
