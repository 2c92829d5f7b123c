"""Segments: saved conditions, their members, and how many joined and left each day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_0020"
down_revision = "20261124_0060"
branch_labels = None
depends_on = None

TALLY = """
CREATE FUNCTION segment_tally_{word}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO segment_tallies AS t (segment_id, day, slot, {word})
    SELECT segment_id, {day}, pg_backend_pid() % 4, count(*) FROM changed GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (segment_id, day, slot) DO UPDATE SET {word} = t.{word} + excluded.{word};
    RETURN NULL;
END $$;
CREATE TRIGGER tally_{word} AFTER {change} ON segment_members REFERENCING {rows} TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION segment_tally_{word}()
"""
JOINED_ON = "CAST(since AT TIME ZONE 'UTC' AS date)"
GONE_ON = """(SELECT CAST((engine_origin + (now() - wall_origin) * speed) AT TIME ZONE 'UTC' AS date)
              FROM installation)"""


def upgrade() -> None:
    op.create_table(
        "segments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("condition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("filled_to", sa.BigInteger(), nullable=True),
        sa.Column("wakes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("key", name=op.f("uq_segments_key")),
    )
    op.create_table(
        "segment_members",
        sa.Column("lead_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("segment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_segment_members_lead_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lead_id", "segment_id", name=op.f("pk_segment_members")),
    )
    op.create_index(
        op.f("ix_segment_members_segment_id_since_lead_id"),
        "segment_members",
        ["segment_id", "since", "lead_id"],
        unique=False,
    )
    op.create_table(
        "segment_tallies",
        sa.Column("segment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("joined", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("gone", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("segment_id", "day", "slot", name=op.f("pk_segment_tallies")),
    )
    op.execute(TALLY.format(word="joined", day=JOINED_ON, change="INSERT", rows="NEW"))
    op.execute(TALLY.format(word="gone", day=GONE_ON, change="DELETE", rows="OLD"))


def downgrade() -> None:
    op.drop_table("segment_tallies")
    op.drop_index(op.f("ix_segment_members_segment_id_since_lead_id"), table_name="segment_members")
    op.drop_table("segment_members")
    op.execute("DROP FUNCTION segment_tally_joined(); DROP FUNCTION segment_tally_gone()")
    op.drop_table("segments")
