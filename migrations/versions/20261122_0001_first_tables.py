"""The first tables: leads and their log, forms, sequences, messages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from funnel.models.event import TransactionId

revision = "20261122_0001"
down_revision = None
branch_labels = None
depends_on = None

LADDER = (
    ("subscriber", "Subscriber"),
    ("lead", "Lead"),
    ("marketing-qualified", "Marketing-qualified"),
    ("sales-qualified", "Sales-qualified"),
    ("opportunity", "Opportunity"),
    ("customer", "Customer"),
)


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("event_ids", start=1)))
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), server_default=sa.text("nextval('event_ids')"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("depth", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("transaction_id", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", "at", name=op.f("pk_events")),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index(op.f("ix_events_lead_id_at"), "events", ["lead_id", "at"], unique=False)
    op.create_table(
        "forms",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forms")),
        sa.UniqueConstraint("key", name=op.f("uq_forms_key")),
    )
    op.create_table(
        "handouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handouts")),
    )
    op.create_index(op.f("ix_handouts_scope_actor"), "handouts", ["scope", "actor"], unique=False)
    op.create_table(
        "installation",
        sa.Column("one", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("fingerprint_check", sa.LargeBinary(), nullable=True),
        sa.Column("sending_held", sa.Text(), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_reason", sa.Text(), nullable=True),
        sa.Column("wall_origin", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("engine_origin", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("speed", sa.Double(), server_default=sa.text("1"), nullable=False),
        sa.Column("pulse_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("one", name=op.f("ck_installation_single_row")),
        sa.CheckConstraint("speed >= 1", name=op.f("ck_installation_speed")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_installation")),
    )
    op.create_table(
        "login_attempts",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_attempts")),
    )
    op.create_table(
        "mailbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mailbox_message_id")),
    )
    op.create_index("ix_mailbox_to", "mailbox", [sa.text('lower("to")'), "id"], unique=False)
    op.create_table(
        "message_events",
        sa.Column("provider_event_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("provider_event_id", name=op.f("pk_message_events")),
    )
    op.create_index(op.f("ix_message_events_message_id"), "message_events", ["message_id"], unique=False)
    op.create_table(
        "pending_facts",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_pending_facts")),
    )
    op.create_index(op.f("ix_pending_facts_lead_id"), "pending_facts", ["lead_id"], unique=False)
    op.create_index(
        "ix_pending_facts_waiting",
        "pending_facts",
        ["event_id"],
        unique=False,
        postgresql_where=sa.text("failed IS NULL"),
    )
    op.create_table(
        "sequences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("draft", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("live_number", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'live', 'paused')", name=op.f("ck_sequences_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sequences")),
        sa.UniqueConstraint("key", name=op.f("uq_sequences_key")),
    )
    op.create_table(
        "stages",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_stages")),
        sa.UniqueConstraint("position", name=op.f("uq_stages_position")),
    )
    op.create_table(
        "suppressions",
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('hard_bounce', 'soft_bounces', 'complaint', 'objection', 'erased')",
            name=op.f("ck_suppressions_reason"),
        ),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "leads",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("stage", sa.Text(), server_default=sa.text("'subscriber'"), nullable=False),
        sa.Column("stage_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fit", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("engagement", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_leads_email_lower")),
        sa.ForeignKeyConstraint(["stage"], ["stages.key"], name=op.f("fk_leads_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        sa.UniqueConstraint("email", name=op.f("uq_leads_email")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(op.f("ix_leads_created_at_id"), "leads", ["created_at", "id"], unique=False)
    op.create_table(
        "versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sequence_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sequence_id"], ["sequences.id"], name=op.f("fk_versions_sequence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("sequence_id", "number", name=op.f("uq_versions_sequence_id_number")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("form_id", sa.BigInteger(), nullable=True),
        sa.Column("form_version", sa.BigInteger(), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("action IN ('granted', 'denied', 'withdrawn', 'pending')", name=op.f("ck_consents_action")),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_consents_form_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_consents_lead_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_lead_id_purpose_id"), "consents", ["lead_id", "purpose", "id"], unique=False)
    op.create_table(
        "enrollments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sequence_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'active'"), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("visit", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("depth", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status = 'active' OR (reason IS NOT NULL AND ended_at IS NOT NULL)",
            name=op.f("ck_enrollments_end_has_reason"),
        ),
        sa.CheckConstraint("status IN ('active', 'ended')", name=op.f("ck_enrollments_status")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_enrollments_lead_id")),
        sa.ForeignKeyConstraint(["sequence_id"], ["sequences.id"], name=op.f("fk_enrollments_sequence_id")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_enrollments_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollments")),
        sa.UniqueConstraint(
            "lead_id", "sequence_id", "cause_id", name=op.f("uq_enrollments_lead_id_sequence_id_cause_id")
        ),
        postgresql_with={"fillfactor": "80", "autovacuum_vacuum_scale_factor": "0.02"},
    )
    op.create_index(
        "ix_enrollments_due",
        "enrollments",
        ["sequence_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(
        "ix_enrollments_held",
        "enrollments",
        ["sequence_id", "held"],
        unique=False,
        postgresql_where=sa.text("held = 'paused'"),
    )
    op.create_index(
        "uq_enrollments_active",
        "enrollments",
        ["lead_id", "sequence_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.BigInteger(), nullable=False),
        sa.Column("form_version", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('accepted', 'spam', 'rejected')", name=op.f("ck_submissions_outcome")),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_submissions_form_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_submissions_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
    )
    op.create_index(op.f("ix_submissions_form_id_at"), "submissions", ["form_id", "at"], unique=False)
    op.create_index(op.f("ix_submissions_lead_id"), "submissions", ["lead_id"], unique=False)
    op.create_table(
        "touches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("medium", sa.Text(), nullable=True),
        sa.Column("campaign", sa.Text(), nullable=True),
        sa.Column("term", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("click_ids", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("referrer", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_touches_lead_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touches")),
    )
    op.create_index(op.f("ix_touches_lead_id_at"), "touches", ["lead_id", "at"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=True),
        sa.Column("enrollment_id", sa.BigInteger(), nullable=True),
        sa.Column("version_id", sa.BigInteger(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("send_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("complained_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'sending') = (send_by IS NOT NULL)", name=op.f("ck_messages_sending_has_deadline")
        ),
        sa.CheckConstraint(
            "purpose = 'service' OR version_id IS NOT NULL", name=op.f("ck_messages_marketing_has_version")
        ),
        sa.CheckConstraint("purpose IN ('marketing', 'service')", name=op.f("ck_messages_purpose")),
        sa.CheckConstraint(
            "status IN ('queued', 'sending', 'accepted', 'refused', 'skipped', 'unknown')",
            name=op.f("ck_messages_status"),
        ),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollments.id"], name=op.f("fk_messages_enrollment_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_messages_lead_id")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_messages_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("occasion", "address", name=op.f("uq_messages_occasion_address")),
        postgresql_with={"fillfactor": "80", "autovacuum_vacuum_scale_factor": "0.02"},
    )
    op.create_index(
        "ix_messages_due",
        "messages",
        ["version_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('queued', 'unknown') AND purpose = 'marketing'"),
    )
    op.create_index(
        "ix_messages_due_service",
        "messages",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('queued', 'unknown') AND purpose = 'service'"),
    )
    op.create_index(
        "ix_messages_held", "messages", ["held", "version_id"], postgresql_where=sa.text("held IS NOT NULL")
    )
    op.create_index(op.f("ix_messages_lead_id_settled_at"), "messages", ["lead_id", "settled_at"], unique=False)
    op.create_index(
        "ix_messages_unknown", "messages", ["id"], unique=False, postgresql_where=sa.text("status = 'unknown'")
    )
    op.create_index(
        "ix_messages_sending", "messages", ["send_by"], unique=False, postgresql_where=sa.text("status = 'sending'")
    )
    op.create_table(
        "visits",
        sa.Column("enrollment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("enrollment_id", "number", name=op.f("pk_visits")),
    )
    op.execute("CREATE TABLE events_default PARTITION OF events DEFAULT")
    op.execute("INSERT INTO installation DEFAULT VALUES")
    stages = sa.table("stages", sa.column("key"), sa.column("position"), sa.column("name"))
    op.bulk_insert(stages, [{"key": key, "position": n, "name": name} for n, (key, name) in enumerate(LADDER, 1)])


def downgrade() -> None:
    op.drop_table("visits")
    op.drop_index("ix_messages_unknown", table_name="messages", postgresql_where=sa.text("status = 'unknown'"))
    op.drop_index("ix_messages_sending", table_name="messages", postgresql_where=sa.text("status = 'sending'"))
    op.drop_index(op.f("ix_messages_lead_id_settled_at"), table_name="messages")
    op.drop_index(
        "ix_messages_due_service",
        table_name="messages",
        postgresql_where=sa.text("status IN ('queued', 'unknown') AND purpose = 'service'"),
    )
    op.drop_index(
        "ix_messages_due",
        table_name="messages",
        postgresql_where=sa.text("status IN ('queued', 'unknown') AND purpose = 'marketing'"),
    )
    op.drop_table("messages")
    op.drop_index(op.f("ix_touches_lead_id_at"), table_name="touches")
    op.drop_table("touches")
    op.drop_index(op.f("ix_submissions_lead_id"), table_name="submissions")
    op.drop_index(op.f("ix_submissions_form_id_at"), table_name="submissions")
    op.drop_table("submissions")
    op.drop_index("uq_enrollments_active", table_name="enrollments", postgresql_where=sa.text("status = 'active'"))
    op.drop_index("ix_enrollments_held", table_name="enrollments", postgresql_where=sa.text("held = 'paused'"))
    op.drop_index("ix_enrollments_due", table_name="enrollments", postgresql_where=sa.text("status = 'active'"))
    op.drop_table("enrollments")
    op.drop_index(op.f("ix_consents_lead_id_purpose_id"), table_name="consents")
    op.drop_table("consents")
    op.drop_table("versions")
    op.drop_index(op.f("ix_leads_created_at_id"), table_name="leads")
    op.drop_table("leads")
    op.drop_table("users")
    op.drop_table("tokens")
    op.drop_table("suppressions")
    op.drop_table("stages")
    op.drop_table("sequences")
    op.drop_index("ix_pending_facts_waiting", table_name="pending_facts", postgresql_where=sa.text("failed IS NULL"))
    op.drop_index(op.f("ix_pending_facts_lead_id"), table_name="pending_facts")
    op.drop_table("pending_facts")
    op.drop_index(op.f("ix_message_events_message_id"), table_name="message_events")
    op.drop_table("message_events")
    op.drop_index("ix_mailbox_to", table_name="mailbox")
    op.drop_table("mailbox")
    op.drop_table("login_attempts")
    op.drop_table("installation")
    op.drop_index(op.f("ix_handouts_scope_actor"), table_name="handouts")
    op.drop_table("handouts")
    op.drop_table("forms")
    op.drop_index(op.f("ix_events_lead_id_at"), table_name="events")
    op.drop_table("events")
    op.execute("DROP SEQUENCE event_ids")
