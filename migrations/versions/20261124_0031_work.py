"""Owners of leads, notes, tasks, and the rules that share leads out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_0031"
down_revision = "20261124_0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leads", sa.Column("owner_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_leads_owner_id"), "leads", "users", ["owner_id"], ["id"])
    op.create_index(
        "ix_leads_owner",
        "leads",
        ["owner_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("owner_id IS NOT NULL"),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("btrim(text) <> ''", name=op.f("ck_notes_text")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_notes_lead_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_lead_id_id"), "notes", ["lead_id", "id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.CheckConstraint("btrim(title) <> ''", name=op.f("ck_tasks_title")),
        sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name=op.f("ck_tasks_done")),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_tasks_assignee_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_tasks_lead_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_lead_id_due_at_id"), "tasks", ["lead_id", "due_at", "id"], unique=False)
    for name, columns in (("ix_tasks_assignee_open", ["assignee_id"]), ("ix_tasks_open", [])):
        op.create_index(
            name, "tasks", [*columns, "due_at", "id"], unique=False, postgresql_where=sa.text("done_at IS NULL")
        )
    op.create_table(
        "assignment_rules",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("condition", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("owners", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("turn", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("cardinality(owners) > 0", name=op.f("ck_assignment_rules_owners")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_assignment_rules")),
    )


def downgrade() -> None:
    op.drop_table("assignment_rules")
    op.drop_table("tasks")
    op.drop_table("notes")
    op.drop_column("leads", "owner_id")
