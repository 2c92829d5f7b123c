"""Score and stages: published rules, the ledger of points, and a clock for what time alone changes."""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_0004"
down_revision = "20261124_0003"
branch_labels = None
depends_on = None

#: what an installation begins with; the guide says why
SCORING = {
    "half_life": "30 days",
    "rules": [
        {
            "key": "form",
            "name": "Filled in a form",
            "when": {"event": "form_submitted"},
            "axis": "engagement",
            "points": 20,
            "at_most": {"points": 40, "per": "7 days"},
        },
        {
            "key": "confirmed",
            "name": "Confirmed the address",
            "when": {"event": "confirmed"},
            "axis": "engagement",
            "points": 10,
        },
        {
            "key": "click",
            "name": "Clicked in a mail",
            "when": {"event": "message_clicked"},
            "axis": "engagement",
            "points": 10,
            "at_most": {"points": 30, "per": "7 days"},
        },
        {
            "key": "open",
            "name": "Opened a mail",
            "when": {"event": "message_opened"},
            "axis": "engagement",
            "points": 2,
            "at_most": {"points": 6, "per": "7 days"},
        },
        {
            "key": "reply",
            "name": "Answered a mail",
            "when": {"event": "replied"},
            "axis": "engagement",
            "points": 40,
            "at_most": {"points": 40, "per": "7 days"},
        },
        {
            "key": "unsubscribed",
            "name": "Unsubscribed",
            "when": {"event": "unsubscribed"},
            "axis": "engagement",
            "points": -40,
        },
        {
            "key": "complained",
            "name": "Called a mail spam",
            "when": {"event": "complained"},
            "axis": "engagement",
            "points": -100,
        },
        {
            "key": "bounced",
            "name": "The address does not exist",
            "when": {"event": "bounced"},
            "axis": "fit",
            "points": -50,
        },
        {
            "key": "company",
            "name": "The company is known",
            "while": {"field": {"key": "company", "known": True}},
            "axis": "fit",
            "points": 10,
        },
        {
            "key": "phone",
            "name": "May be called",
            "while": {"consent": "phone"},
            "axis": "fit",
            "points": 15,
        },
    ],
}
LADDER = {
    "rungs": [
        {"stage": "lead", "enter": {"score": {"at_least": 15}}},
        {
            "stage": "marketing-qualified",
            "enter": {"score": {"at_least": 50}},
            "leave": {"score": {"at_most": 20}},
            "demote": True,
            "minimum_stay": "14 days",
        },
    ]
}


def upgrade() -> None:
    op.create_table(
        "rules_versions",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("swept_to", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('scoring', 'ladder')", name=op.f("ck_rules_versions_kind")),
        sa.PrimaryKeyConstraint("kind", "number", name=op.f("pk_rules_versions")),
    )
    op.create_table(
        "score_entries",
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("axis", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("lasting", sa.Boolean(), nullable=False),
        sa.CheckConstraint("axis IN ('fit', 'engagement')", name=op.f("ck_score_entries_axis")),
        sa.PrimaryKeyConstraint("lead_id", "at", "rule", "event_id", name=op.f("pk_score_entries")),
    )
    op.create_table(
        "lead_clocks",
        sa.Column("lead_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_lead_clocks")),
        postgresql_with={"fillfactor": "80", "autovacuum_vacuum_scale_factor": "0.02"},
    )
    op.create_index(op.f("ix_lead_clocks_due_at"), "lead_clocks", ["due_at"], unique=False)
    op.add_column("leads", sa.Column("engaged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("leads", sa.Column("stage_held_until", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_leads_engaged"), "leads", "engagement = 0 OR engaged_at IS NOT NULL")
    rules = sa.text(
        "INSERT INTO rules_versions (kind, number, document, published_at)"
        " VALUES (:kind, 1, CAST(:document AS jsonb), now())"
    )
    for kind, document in (("scoring", SCORING), ("ladder", LADDER)):
        op.execute(rules.bindparams(sa.bindparam("document", json.dumps(document), type_=sa.Text()), kind=kind))


def downgrade() -> None:
    op.drop_constraint(op.f("ck_leads_engaged"), "leads")
    op.drop_column("leads", "stage_held_until")
    op.drop_column("leads", "engaged_at")
    op.drop_index(op.f("ix_lead_clocks_due_at"), table_name="lead_clocks")
    op.drop_table("lead_clocks")
    op.drop_table("score_entries")
    op.drop_table("rules_versions")
