"""What can be exported of sequences: the mails, and who was in which sequence."""

from __future__ import annotations

from funnel.exports import Column, Table

_SEQUENCE = """
    LEFT JOIN versions ON versions.id = {table}.version_id LEFT JOIN sequences ON sequences.id = versions.sequence_id
"""

MESSAGES = Table(
    "messages",
    "messages",
    [
        Column("id", "messages.id::text"),
        Column("queued_at", "messages.queued_at", "time"),
        Column("lead_id", "messages.lead_id", "integer"),
        Column("email", "messages.address", "text"),
        Column("sequence", "sequences.key", join="sequence"),
        Column("version", "versions.number", "integer", "sequence"),
        Column("step", "messages.step"),
        Column("purpose", "messages.purpose"),
        Column("status", "messages.status"),
        Column("reason", "messages.reason", "text"),
        Column("attempts", "messages.attempts", "integer"),
        Column("provider", "messages.provider"),
        Column("settled_at", "messages.settled_at", "time"),
        Column("delivered_at", "messages.delivered_at", "time"),
        Column("bounced_at", "messages.bounced_at", "time"),
        Column("complained_at", "messages.complained_at", "time"),
    ],
    joins={"sequence": _SEQUENCE.format(table="messages")},
    at="messages.queued_at",
)
ENROLLMENTS = Table(
    "enrollments",
    "enrollments",
    [
        Column("id", "enrollments.id", "integer"),
        Column("started_at", "enrollments.started_at", "time"),
        Column("lead_id", "enrollments.lead_id", "integer"),
        Column("sequence", "sequences.key", join="sequence"),
        Column("version", "versions.number", "integer", "sequence"),
        Column("status", "enrollments.status"),
        Column("step", "enrollments.step"),
        Column("held", "enrollments.held"),
        Column("reason", "enrollments.reason"),
        Column("ended_at", "enrollments.ended_at", "time"),
    ],
    joins={"sequence": _SEQUENCE.format(table="enrollments")},
    at="enrollments.started_at",
)

TABLES = (MESSAGES, ENROLLMENTS)
