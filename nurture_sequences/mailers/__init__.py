"""Mail leaves through one of three mailers: the local mailbox, an SMTP server, SendGrid."""

from nurture_sequences.mailers.protocol import Accepted, Email, Mailer, Outcome, Refused, Unavailable, Unknown

__all__ = ["Accepted", "Email", "Mailer", "Outcome", "Refused", "Unavailable", "Unknown"]
