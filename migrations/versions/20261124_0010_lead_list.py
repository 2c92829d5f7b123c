"""Leads are searched, filtered and ordered by the million: folded text, the indexes of the list, and ranks."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

from funnel.conditions import parse_duration
from funnel.decay import Decay
from funnel.models.search import FUNCTIONS, RANKED

revision = "20261124_0010"
down_revision = "20261124_0033"
branch_labels = None
depends_on = None

_RANK_ALL = "INSERT INTO lead_ranks (lead_id, stage, active_at, fit) SELECT id, stage, created_at, fit FROM leads"
_WARM = text("""
    SELECT id, engagement, engaged_at FROM leads WHERE engagement <> 0 AND id > :after ORDER BY id LIMIT 10000
""")
_MARK = text("""
    UPDATE lead_ranks SET mark = w.mark, active_at = greatest(active_at, w.at)
      FROM unnest(CAST(:ids AS bigint[]), CAST(:marks AS float8[]), CAST(:times AS timestamptz[])) AS w (id, mark, at)
     WHERE lead_id = w.id
""")
_HALF_LIVES = text("""
    SELECT published_at, document ->> 'half_life' AS half_life FROM rules_versions
     WHERE kind = 'scoring' ORDER BY number
""")


def upgrade() -> None:
    for statement in FUNCTIONS:
        op.execute(text(statement.replace(":", r"\:")))
    op.execute("""
        ALTER TABLE leads
          ADD COLUMN search text GENERATED ALWAYS AS (searched(email, fields)) STORED,
          ADD COLUMN sort_name text COLLATE "C" GENERATED ALWAYS AS (sort_name(email, fields)) STORED
    """)
    op.create_index(op.f("ix_leads_sort_name_id"), "leads", ["sort_name", "id"])
    op.create_index(op.f("ix_leads_tags"), "leads", ["tags"], postgresql_using="gin")
    op.create_index(
        op.f("ix_leads_search"),
        "leads",
        ["search"],
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    )
    for column in ("campaign", "source"):
        op.create_index(
            op.f(f"ix_touches_{column}_lead_id"),
            "touches",
            [column, "lead_id"],
            postgresql_where=text(f"{column} IS NOT NULL"),
        )
    op.create_table(
        "lead_ranks",
        sa.Column("lead_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fit", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("mark", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_lead_ranks_lead_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_lead_ranks")),
        postgresql_with={"fillfactor": "80"},
    )
    for statement in RANKED:
        op.execute(statement)
    op.execute(_RANK_ALL)
    _mark_the_warm(op.get_bind())
    op.create_index(op.f("ix_lead_ranks_stage_lead_id"), "lead_ranks", ["stage", "lead_id"])
    op.create_index(op.f("ix_lead_ranks_active_at_lead_id"), "lead_ranks", ["active_at", "lead_id"])
    op.create_index(op.f("ix_lead_ranks_fit_mark_lead_id"), "lead_ranks", ["fit", "mark", "lead_id"])


def _mark_the_warm(connection: sa.Connection) -> None:
    published: list[tuple[datetime, Any]] = [
        (row.published_at, parse_duration(row.half_life)) for row in connection.execute(_HALF_LIVES)
    ]
    decay, after = Decay.of(published), 0
    while rows := connection.execute(_WARM, {"after": after}).all():
        marks = [decay.mark(row.engagement, row.engaged_at) for row in rows]
        times = [row.engaged_at for row in rows]
        connection.execute(_MARK, {"ids": [row.id for row in rows], "marks": marks, "times": times})
        after = rows[-1].id


def downgrade() -> None:
    for trigger, function in (("lead_is_ranked", "rank_lead"), ("lead_is_ranked_anew", "rank_stage")):
        op.execute(f"DROP TRIGGER {trigger} ON leads")
        op.execute(f"DROP FUNCTION {function}()")
    op.drop_table("lead_ranks")
    op.drop_index(op.f("ix_touches_source_lead_id"), table_name="touches")
    op.drop_index(op.f("ix_touches_campaign_lead_id"), table_name="touches")
    op.drop_index(op.f("ix_leads_tags"), table_name="leads")
    op.drop_column("leads", "search")
    op.drop_column("leads", "sort_name")
    op.execute("DROP FUNCTION searched(text, jsonb)")
    op.execute("DROP FUNCTION sort_name(text, jsonb)")
    op.execute("DROP FUNCTION folded(text)")
    op.execute("DROP EXTENSION pg_trgm")
