"""A mail in its frame: as it was sent, able to do nothing."""

from uuid import uuid4

import pytest

from funnel.models import MailboxMail

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def mail(context, now):
    def make(html):
        with context.database.transaction() as session:
            row = MailboxMail(
                message_id=uuid4(),
                to="lena@example.com",
                sender="hello@funnel.example",
                subject="Hello",
                text="Hello",
                html=html,
                headers={},
                at=now,
            )
            session.add(row)
            session.flush()
            return row.id

    return make


def test_a_mail_is_shown_as_it_was_sent_and_nothing_in_it_runs(signed_in, mail):
    answer = signed_in.get(f"/app/mailbox/{mail(f'<p style=color:red>Hello</p>{EVIL}')}/html")
    policy = answer.headers["Content-Security-Policy"]

    assert f"<p style=color:red>Hello</p>{EVIL}" in answer.text
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy


def test_only_a_mail_with_html_has_a_frame_and_only_for_those_signed_in(signed_in, browser, mail):
    plain = mail(None)

    assert signed_in.get(f"/app/mailbox/{plain}/html").status_code == 404
    assert signed_in.get("/app/mailbox/987654321/html").status_code == 404
    signed_in.delete_cookie("funnel")
    assert browser.get(f"/app/mailbox/{plain}/html").status_code == 303
