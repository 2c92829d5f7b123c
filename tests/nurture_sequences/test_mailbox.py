"""The local mailbox keeps each mail once, and refuses what no real mailer would send."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, select

from funnel.config import SettingsError
from funnel.db import Database
from funnel.models import MailboxMail
from nurture_sequences.mailers import Accepted, Email, Refused, Unavailable, open_mailer
from nurture_sequences.mailers.mailbox import LocalMailbox
from nurture_sequences.mailers.sendgrid import SendGridMailer
from nurture_sequences.mailers.smtp import SmtpMailer
from tests.conftest import NOW


def mail(**values):
    return replace(
        Email(
            message_id=uuid4(),
            to="zoe@client.example",
            sender="Léa <lea@news.example.fr>",
            subject="Votre guide",
            text="Bonjour",
            html="<p>Bonjour</p>",
            headers={"List-Unsubscribe": "<https://app.example.fr/u/3kT9pQ>"},
            category=None,
            at=NOW + timedelta(days=3),
        ),
        **values,
    )


def sent(mailer, emails, may_send=lambda: True):
    return [outcome for _, outcome in mailer.send(emails, may_send)]


def test_a_mail_is_kept_with_all_its_headers(context, session):
    email = mail()

    outcomes = sent(LocalMailbox(context.database), [email])

    row = session.scalars(select(MailboxMail)).one()
    assert outcomes == [Accepted(str(email.message_id))]
    assert (row.to, row.sender, row.subject, row.text, row.html, row.at) == (
        email.to,
        email.sender,
        email.subject,
        email.text,
        email.html,
        email.at,
    )
    assert row.headers == {
        "From": "Léa <lea@news.example.fr>",
        "To": "zoe@client.example",
        "Subject": "Votre guide",
        "Date": "Thu, 05 Mar 2026 10:00:00 +0000",
        "Message-ID": f"<{email.message_id}@news.example.fr>",
        "List-Unsubscribe": "<https://app.example.fr/u/3kT9pQ>",
    }


def test_a_repeat_changes_nothing(context, session):
    email, other = mail(), mail()
    mailbox = LocalMailbox(context.database)

    outcomes = sent(mailbox, [email]) + sent(mailbox, [replace(email, subject="Again"), other])

    assert [type(outcome) for outcome in outcomes] == [Accepted] * 3
    assert session.scalars(select(MailboxMail.subject)).all() == ["Votre guide", "Votre guide"]


@pytest.mark.parametrize(
    "broken", [{"text": "NUL\0"}, {"html": "\0"}, {"text": "\ud800"}, {"subject": "a\r\nBcc: b@c.example"}, {"to": "x"}]
)
def test_what_cannot_be_kept_is_refused_and_the_others_are_kept(context, session, broken):
    outcomes = sent(LocalMailbox(context.database), [mail(), mail(**broken), mail()])

    assert [type(outcome) for outcome in outcomes] == [Accepted, Refused, Accepted]
    assert len(session.scalars(select(MailboxMail)).all()) == 2


def test_a_no_from_may_send_keeps_what_was_allowed_before(context, session):
    answers = iter([True, True, False])

    outcomes = sent(LocalMailbox(context.database), [mail() for _ in range(5)], lambda: next(answers))

    assert len(outcomes) == len(session.scalars(select(MailboxMail)).all()) == 2


def test_a_database_that_is_away_took_nothing():
    nowhere = create_engine("postgresql+psycopg2://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 1})

    (outcome,) = sent(LocalMailbox(Database(nowhere)), [mail()])

    assert isinstance(outcome, Unavailable)
    assert outcome.account_wide


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"mailer": "mailbox"}, LocalMailbox),
        ({"mailer": "smtp", "smtp_url": "smtp://127.0.0.1:25"}, SmtpMailer),
        ({"mailer": "sendgrid", "sendgrid_api_key": "SG.x"}, SendGridMailer),
    ],
)
def test_the_settings_name_the_mailer(context, values, kind):
    mailer = open_mailer(replace(context.settings, **values), context.database)

    assert isinstance(mailer, kind)
    assert (mailer.name, mailer.real) == (values["mailer"], values["mailer"] != "mailbox")


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"mailer": "smtp"}, "SMTP_URL"),
        ({"mailer": "smtp", "smtp_url": "mail.example"}, "SMTP_URL"),
        ({"mailer": "sendgrid"}, "SENDGRID_API_KEY"),
        ({"mailer": "sendgrid", "sendgrid_api_key": "SG x"}, "SENDGRID_API_KEY"),
    ],
)
def test_a_mailer_without_its_settings_stops_the_start_with_the_setting_s_name(context, values, word):
    with pytest.raises(SettingsError, match=word):
        open_mailer(replace(context.settings, **values), context.database)
