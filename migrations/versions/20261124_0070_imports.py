"""Imports: files of people, their rows on the way in, the rows that were refused; and which import stated a consent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_0070"
down_revision = "20261124_0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    texts = postgresql.ARRAY(sa.Text())
    moment = sa.DateTime(timezone=True)
    op.add_column("consents", sa.Column("import_id", sa.BigInteger(), nullable=True))
    op.create_table(
        "imports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("preset", sa.Text(), nullable=True),
        sa.Column("reading", json, nullable=False),
        sa.Column("names", texts, nullable=False),
        sa.Column("columns", texts, nullable=False),
        sa.Column("policy", sa.Text(), server_default=sa.text("'fill'"), nullable=False),
        sa.Column("tagging", sa.Text(), server_default=sa.text("'add'"), nullable=False),
        sa.Column("tags", texts, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("consent", json, server_default=sa.text("""'{"state": "unknown"}'"""), nullable=False),
        sa.Column("may_enter", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("checked", json, nullable=True),
        sa.Column("result", json, nullable=True),
        sa.Column("run_at", moment, nullable=True),
        sa.CheckConstraint("policy IN ('new', 'fill', 'overwrite')", name=op.f("ck_imports_policy")),
        sa.CheckConstraint("tagging IN ('add', 'replace')", name=op.f("ck_imports_tagging")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_imports_file_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_imports_job_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(collation="C"), nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("said", sa.SmallInteger(), nullable=False),
        sa.Column("told", json, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "email", "line", name=op.f("pk_import_rows")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "import_refusals",
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=True),
        sa.Column("first_line", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_refusals_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_refusals")),
    )


def downgrade() -> None:
    op.drop_table("import_refusals")
    op.drop_table("import_rows")
    op.drop_table("imports")
    op.drop_column("consents", "import_id")
