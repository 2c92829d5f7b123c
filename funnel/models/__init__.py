"""Nouns: the tables, their constraints, small derived properties. No queries."""

from funnel.models.audit import AuditEntry
from funnel.models.consent import Consent
from funnel.models.conversion import Conversion, Goal
from funnel.models.erasure import Erasure
from funnel.models.event import Event, PendingFact
from funnel.models.form import Form, Submission
from funnel.models.imports import Import, ImportRefusal, ImportRow
from funnel.models.installation import Installation
from funnel.models.job import BulkLead, FilePart, Job, KeptFile
from funnel.models.kept_answer import KeptAnswer
from funnel.models.lead import Lead, Stage
from funnel.models.mailbox import MailboxMail
from funnel.models.merge import MergedLead
from funnel.models.rank import LeadRank
from funnel.models.retention import Retention
from funnel.models.scoring import LeadClock, RulesVersion, ScoreEntry
from funnel.models.segment import Segment, SegmentMember, SegmentTally
from funnel.models.suppression import Suppression
from funnel.models.touch import Touch
from funnel.models.user import LoginAttempts, RecoveryCode, Token, User, UserLink, UserSession
from funnel.models.webhook import Attempt, Delivery, Webhook
from funnel.models.work import AssignmentRule, Note, Task

__all__ = [
    "AssignmentRule",
    "Attempt",
    "AuditEntry",
    "BulkLead",
    "Consent",
    "Conversion",
    "Delivery",
    "Erasure",
    "Event",
    "FilePart",
    "Form",
    "Goal",
    "Import",
    "ImportRefusal",
    "ImportRow",
    "Installation",
    "Job",
    "KeptAnswer",
    "KeptFile",
    "Lead",
    "LeadClock",
    "LeadRank",
    "LoginAttempts",
    "MailboxMail",
    "MergedLead",
    "Note",
    "PendingFact",
    "RecoveryCode",
    "Retention",
    "RulesVersion",
    "ScoreEntry",
    "Segment",
    "SegmentMember",
    "SegmentTally",
    "Stage",
    "Submission",
    "Suppression",
    "Task",
    "Token",
    "Touch",
    "User",
    "UserLink",
    "UserSession",
    "Webhook",
]
