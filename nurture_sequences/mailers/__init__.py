"""Mail leaves through one of three mailers: the local mailbox, an SMTP server, SendGrid."""

from funnel.config import Settings, SettingsError
from funnel.db import Database
from nurture_sequences.mailers.mailbox import LocalMailbox
from nurture_sequences.mailers.protocol import Accepted, Email, Mailer, Outcome, Refused, Unavailable, Unknown
from nurture_sequences.mailers.sendgrid import SendGridMailer
from nurture_sequences.mailers.smtp import SmtpMailer

__all__ = ["Accepted", "Email", "Mailer", "Outcome", "Refused", "Unavailable", "Unknown", "open_mailer"]


def open_mailer(settings: Settings, database: Database) -> Mailer:
    """The mailer that the settings name; nothing is connected before the first mail. Raises SettingsError."""
    try:
        if settings.mailer == "sendgrid":
            return SendGridMailer(_needed("SENDGRID_API_KEY", settings.sendgrid_api_key), settings.sendgrid_host)
        if settings.mailer == "smtp":
            return SmtpMailer(_needed("SMTP_URL", settings.smtp_url))
    except ValueError as error:
        raise SettingsError(str(error)) from None
    return LocalMailbox(database)


def _needed(name: str, value: str | None) -> str:
    if not value:
        raise ValueError(f"{name} is not set, and MAILER needs it.")
    return value
