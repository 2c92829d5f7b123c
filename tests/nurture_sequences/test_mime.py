"""What is put together by hand reads back as the mail it was: email.message is the judge."""

import email
import email.policy
import string
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture_sequences.mailers import Email
from nurture_sequences.mailers.mime import raw

DATE = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
EMAIL = Email(
    message_id=UUID("0192f3c4-7b7e-7c50-9d5e-1f0c2a7d9e11"),
    to="zoe@client.example",
    sender="Léa chez Exemple <lea@news.example.fr>",
    subject="Votre guide est arrivé",
    text="Bonjour Zoé,\nvoici votre guide.\n",
    html="<p>Bonjour Zoé</p>",
    headers={
        "List-Unsubscribe": f"<https://app.example.fr/u/{'x' * 200}>, <mailto:unsub+3kT9pQ@reply.example.fr>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
    category=None,
    at=DATE,
)


def read(mail):
    return email.message_from_bytes(raw(mail, DATE), policy=email.policy.default)


def by_the_library(mail):
    """The same mail as email.message builds it."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = mail.sender, mail.to, mail.subject
    message["Date"] = DATE
    message["Message-ID"] = f"<{mail.message_id}@news.example.fr>"
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    return message


def part(message, kind):
    found = message.get_body((kind,))
    return found and found.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "mail",
    [
        EMAIL,
        replace(EMAIL, html=None),
        replace(EMAIL, sender="lea@news.example.fr", subject="A plain one", text="Plain\n", html=None),
        replace(EMAIL, sender='"Doe, \\"J\\"" <lea@news.example.fr>', subject="word " * 60),
        replace(EMAIL, subject="été " * 60, text="x" * 3000, html="<p>" + "y" * 3000),
        replace(EMAIL, subject="東京", text="東京から\n" * 50),
    ],
)
def test_a_mail_reads_back_as_the_library_would_have_built_it(mail):
    ours, theirs = read(mail), by_the_library(mail)

    assert ours.defects == []
    assert set(ours.keys()) - {"Content-Transfer-Encoding"} == set(theirs.keys()) - {"Content-Transfer-Encoding"}
    for name in set(ours.keys()) - {"Content-Type", "Content-Transfer-Encoding"}:
        assert str(ours[name]) == str(theirs[name]).strip(), name
    assert ours.get_content_type() == theirs.get_content_type()
    assert part(ours, "plain") == part(theirs, "plain")
    assert part(ours, "html") == part(theirs, "html")


LINES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300)
BODIES = st.lists(LINES, max_size=6).map("\n".join)
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=80
)


def sender_of(mail):
    """Read by the library's older parser: the newer keeps the space between two encoded words of a name."""
    name, address = parseaddr(email.message_from_bytes(raw(mail, DATE))["From"])
    return str(make_header(decode_header(name))), address


@settings(max_examples=60, deadline=None)
@given(subject=LINES.map(str.strip), text=BODIES, html=BODIES, name=NAMES)
def test_any_text_survives(subject, text, html, name):
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    mail = replace(EMAIL, subject=subject, text=text, html=html, sender=f'"{quoted}" <lea@news.example.fr>')

    message = read(mail)

    assert message["Subject"] == subject
    assert sender_of(mail) == (name, "lea@news.example.fr")
    assert part(message, "plain") == text.removesuffix("\n") + "\n"
    assert part(message, "html") == html.removesuffix("\n") + "\n"
    assert all(len(line) <= 998 for line in raw(mail, DATE).split(b"\r\n"))


def test_the_unsubscribe_headers_stay_in_one_piece():
    lines = raw(EMAIL, DATE).split(b"\r\n")

    assert f"List-Unsubscribe: <https://app.example.fr/u/{'x' * 200}>,".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_a_url_that_looks_like_an_encoded_word_is_left_alone():
    url = "<https://app.example.fr/u?a=?utf-8?q?x?=>"

    content = raw(replace(EMAIL, headers={"List-Unsubscribe": url}), DATE)

    assert f"List-Unsubscribe: {url}\r\n".encode() in content


def test_a_subject_that_looks_like_an_encoded_word_is_read_as_it_was_written():
    assert read(replace(EMAIL, subject="=?utf-8?q?x?="))["Subject"] == "=?utf-8?q?x?="


def test_encoded_words_stay_within_their_limits():
    lines = raw(replace(EMAIL, subject="é" * 200, sender=f"{'é' * 90} <lea@news.example.fr>"), DATE).split(b"\r\n")

    assert all(len(line) <= 76 for line in lines if b"=?utf-8?b?" in line)


def test_every_line_ends_in_crlf():
    content = raw(replace(EMAIL, text="a\nb\rc\r\nd"), DATE)

    assert content.replace(b"\r\n", b"").count(b"\n") == content.replace(b"\r\n", b"").count(b"\r") == 0
    assert part(email.message_from_bytes(content, policy=email.policy.default), "plain") == "a\nb\nc\nd\n"


@pytest.mark.parametrize(
    "broken",
    [
        {"subject": "Hello\r\nBcc: all@client.example"},
        {"subject": "Hello\nX: y"},
        {"subject": "NUL\0"},
        {"subject": "\ud800"},
        {"sender": "Léa\n <lea@news.example.fr>"},
        {"sender": "nobody"},
        {"to": "a@b.example\r\nBcc: c@d.example"},
        {"to": "a@b.example, c@d.example"},
        {"to": f"{'a' * 250}@b.example"},
        {"headers": {"X-A": "a\r\nb"}},
        {"headers": {"X A": "a"}},
        {"headers": {"X-A:": "a"}},
        {"headers": {"subject": "another"}},
        {"headers": {"Content-Type": "text/plain"}},
        {"headers": {"List-Unsubscribe": "<https://exämple.example/>"}},
        {"headers": {"List-Unsubscribe": f"<https://app.example.fr/{'x' * 990}>"}},
        {"text": "\ud800"},
    ],
)
def test_what_could_break_out_of_its_place_is_refused(broken):
    with pytest.raises(ValueError):  # noqa: PT011 - UnicodeEncodeError is one too
        raw(replace(EMAIL, **broken), DATE)


def test_an_address_outside_ascii_stays_readable_in_its_header():
    assert "To: zoé@client.example\r\n".encode() in raw(replace(EMAIL, to="zoé@client.example"), DATE)


def test_control_characters_in_a_subject_are_wrapped_up():
    content = raw(replace(EMAIL, subject="tab\tand\x0bmore", headers={}), DATE)

    assert not set(content.split(b"\r\n\r\n")[0].decode()) - set(string.printable[:-5]) - {"\r", "\n"}
