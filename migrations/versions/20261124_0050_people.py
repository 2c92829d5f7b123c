"""People who sign in have a name and a role, and each of their sessions is a row that can be ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261124_0050"
down_revision = "20261124_0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("name", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("role", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    # Until now everybody who could sign in could do everything.
    op.execute("UPDATE users SET name = split_part(email, '@', 1), role = 'admin', joined_at = created_at")
    op.execute("UPDATE users SET name = 'user ' || id WHERE btrim(name) = ''")
    op.alter_column("users", "name", nullable=False)
    op.alter_column("users", "role", nullable=False)
    op.alter_column("users", "password_hash", nullable=True)
    op.create_check_constraint("name", "users", "btrim(name) <> ''")
    op.create_check_constraint("role", "users", "role IN ('admin', 'marketer', 'sales', 'viewer')")
    op.drop_constraint("uq_users_email", "users")
    op.create_index("ix_users_email", "users", ["email"], unique=True, postgresql_where=sa.text("removed_at IS NULL"))
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_user_sessions_digest")),
    )
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"])


def downgrade() -> None:
    op.drop_table("user_sessions")
    # The table before this knows one user to an address, and each has a password.
    op.execute("DELETE FROM users WHERE removed_at IS NOT NULL OR password_hash IS NULL")
    op.drop_index("ix_users_email", "users", postgresql_where=sa.text("removed_at IS NULL"))
    op.create_unique_constraint("uq_users_email", "users", ["email"])
    op.alter_column("users", "password_hash", nullable=False)
    for column in ("removed_at", "joined_at", "role", "name"):
        op.drop_column("users", column)
