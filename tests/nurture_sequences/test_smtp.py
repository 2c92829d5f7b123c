"""Until the final dot has left, a mail is not taken; then only the server's answer counts, and silence is unknown."""

import email
import email.policy
import socket
import ssl
import struct
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from nurture_sequences.mailers import Accepted, Email, Refused, Unavailable, Unknown
from nurture_sequences.mailers.smtp import SmtpMailer
from tests.fakes.certificate import self_signed

EMAIL = Email(
    message_id=UUID("0192f3c4-7b7e-7c50-9d5e-1f0c2a7d9e11"),
    to="zoe@client.example",
    sender="Léa chez Exemple <lea@news.example.fr>",
    subject="Votre guide",
    text="Bonjour\n.\n..two\nend",
    html=None,
    headers={"List-Unsubscribe": "<https://app.example.fr/u/3kT9pQ>"},
    category=None,
    at=datetime(2026, 3, 2, tzinfo=UTC),
)


def mails(count):
    return [replace(EMAIL, message_id=uuid4()) for _ in range(count)]


@contextmanager
def mailer(port, query="?starttls=never", user="", scheme="smtp", **settings):
    mailer = SmtpMailer(f"{scheme}://{user}127.0.0.1:{port}{query}", **{"reply_seconds": 5, **settings})
    yield mailer
    mailer.close()


def sent(mailer, emails=(EMAIL,), may_send=lambda: True):
    return [outcome for _, outcome in mailer.send(list(emails), may_send)]


class Inbox:
    """What a well-behaved server was given."""

    def __init__(self):
        self.envelopes = []
        self.sessions = set()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.envelopes.append(envelope)
        self.sessions.add(session.peer)
        return "250 2.0.0 Ok: queued as 4FxYz1"


@contextmanager
def running(handler, **settings):
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), **settings)
    controller.start()
    yield controller.port
    controller.stop()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_mail_arrives_as_it_was_written():
    inbox = Inbox()

    with running(inbox) as port, mailer(port) as smtp:
        outcomes = sent(smtp)

    (envelope,) = inbox.envelopes
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert outcomes == [Accepted("4FxYz1")]
    assert (envelope.mail_from, envelope.rcpt_tos) == ("lea@news.example.fr", ["zoe@client.example"])
    assert message.get_content().replace("\r\n", "\n") == "Bonjour\n.\n..two\nend\n"
    assert message["Message-ID"] == f"<{EMAIL.message_id}@news.example.fr>"
    assert message["From"].addresses[0].display_name == "Léa chez Exemple"


def test_one_conversation_serves_all_mails_of_a_thread():
    inbox = Inbox()

    with running(inbox) as port, mailer(port) as smtp:
        outcomes = sent(smtp, mails(20)) + sent(smtp, mails(20))

    assert outcomes == [Accepted("4FxYz1")] * 40
    assert len(inbox.sessions) == 1


def test_each_thread_has_a_conversation_of_its_own():
    inbox = Inbox()

    with running(inbox) as port, mailer(port) as smtp:
        threads = [threading.Thread(target=sent, args=(smtp, mails(5))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert (len(inbox.envelopes), len(inbox.sessions)) == (15, 3)


def test_a_no_from_may_send_ends_the_round_before_the_next_post():
    inbox, answers = Inbox(), iter([True, True, False])

    with running(inbox) as port, mailer(port) as smtp:
        outcomes = sent(smtp, mails(5), lambda: next(answers))

    assert len(outcomes) == len(inbox.envelopes) == 2


def test_what_cannot_be_a_mail_is_refused_and_the_next_one_goes():
    inbox = Inbox()

    with running(inbox) as port, mailer(port) as smtp:
        first, second = sent(smtp, [replace(EMAIL, subject="a\r\nBcc: b@c.example"), EMAIL])

    assert isinstance(first, Refused)
    assert isinstance(second, Accepted)


@pytest.mark.parametrize("offered", [True, False])
def test_an_address_outside_ascii_goes_where_it_is_understood(offered):
    inbox = Inbox()

    with running(inbox, enable_SMTPUTF8=offered) as port, mailer(port) as smtp:
        first, second = sent(smtp, [replace(EMAIL, to="zoé@client.example"), EMAIL])

    assert isinstance(first, Accepted if offered else Refused)
    assert isinstance(second, Accepted)


class Guard:
    """Logs in lea with her password, over whatever connection."""

    def __call__(self, server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"l\xc3\xa9a", b"p@ss:word"))


@pytest.fixture
def tls(tmp_path, monkeypatch):
    certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


LOGIN = "l%C3%A9a:p%40ss%3Aword@"


@pytest.mark.parametrize("excluded", [["LOGIN"], ["PLAIN"]])
def test_starttls_is_used_when_offered_and_the_login_follows(tls, excluded):
    inbox = Inbox()
    settings = {"tls_context": tls, "authenticator": Guard(), "auth_required": True, "auth_exclude_mechanism": excluded}

    with running(inbox, **settings) as port, mailer(port, "", LOGIN) as smtp:
        outcomes = sent(smtp, mails(3))

    assert outcomes == [Accepted("4FxYz1")] * 3


def test_tls_from_the_start(tls):
    inbox = Inbox()

    with listening_with_tls(inbox, tls) as port, mailer(port, "", scheme="smtps") as smtp:
        outcomes = sent(smtp, mails(2))

    assert outcomes == [Accepted("4FxYz1")] * 2


@contextmanager
def listening_with_tls(handler, context):
    """aiosmtpd's controller knocks at its own door in the clear, so TLS from the start gets a loop of its own."""
    conversation = [b"220 hi", b"250 hi"] + [b"250 ok", b"250 ok", b"354 go", b"250 2.0.0 Ok: queued as 4FxYz1"] * 2
    with speaking(conversation, tls=context) as (port, _):
        yield port


@pytest.mark.parametrize(
    "answers",
    [[b"250-hi\r\n250 AUTH PLAIN", b"535 5.7.8 no"], [b"250-hi\r\n250 AUTH LOGIN", b"334 ", b"334 ", b"535 no"]],
)
def test_a_wrong_password_pauses_the_account(answers):
    with speaking([b"220 hi", *answers]) as (port, _), mailer(port, user="lea:wrong@") as smtp:
        outcomes = sent(smtp, mails(3))

    assert [(type(one), one.account_wide) for one in outcomes] == [(Unavailable, True)]
    assert "535" in outcomes[0].reason


def test_a_server_that_knows_no_way_to_log_in_pauses_the_account():
    with running(Inbox()) as port, mailer(port, user="lea:secret@") as smtp:
        (outcome,) = sent(smtp)

    assert outcome.account_wide
    assert "PLAIN, LOGIN" in outcome.reason


@pytest.mark.parametrize(("query", "user"), [("?starttls=required", ""), ("", LOGIN)])
def test_no_password_and_no_mail_that_wants_tls_travels_in_the_clear(query, user):
    inbox = Inbox()

    with running(inbox) as port, mailer(port, query, user) as smtp:
        (outcome,) = sent(smtp)

    assert (type(outcome), outcome.account_wide) == (Unavailable, True)
    assert "STARTTLS" in outcome.reason
    assert inbox.envelopes == []


def test_a_certificate_that_nobody_vouches_for_takes_no_mail(tls, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    inbox = Inbox()

    with running(inbox, tls_context=tls) as port, mailer(port, "") as smtp:
        (outcome,) = sent(smtp)

    assert "CERTIFICATE_VERIFY_FAILED" in outcome.reason
    assert inbox.envelopes == []


def test_a_closed_port_took_nothing_and_ends_the_round():
    with mailer(free_port()) as smtp:
        outcomes = sent(smtp, mails(3))

    assert [(type(one), one.account_wide) for one in outcomes] == [(Unavailable, True)]


RESET, CLOSE, SILENCE, READ_ON = "reset", "close", "silence", "read on"


@contextmanager
def speaking(*conversations, tls=None):
    """A server that says these lines, one for each line or mail it hears; the n-th conversation on the n-th connection.

    In the place of a line it may RESET or CLOSE the connection, keep SILENCE until the client leaves, or READ_ON
    before it answers.
    """
    heard = []

    def serve():
        for lines in conversations:
            try:
                plain, _ = server.accept()
            except OSError:
                return
            sock = tls.wrap_socket(plain, server_side=True) if tls else plain
            with sock, sock.makefile("rb") as reader, suppress(OSError):  # the client may leave at any word
                converse(sock, reader, lines)

    def converse(sock, reader, lines):
        for number, line in enumerate(lines):
            if number:
                heard.append(mail_of(reader) if lines[number - 1][:3] == b"354" else reader.readline())
            if line == RESET:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            if line == CLOSE:
                return
            if line == SILENCE:
                break
            if line == READ_ON:
                continue
            sock.sendall(line + b"\r\n")
        try:
            heard.extend(reader.readlines())
        except OSError:
            heard.append(b"(reset)")

    def mail_of(reader):
        lines = []
        while (line := reader.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], heard
        # Conversations that nobody asked for are not waited for.
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


HELLO = [b"220 hi", b"250 hi"]
PIPE = [b"220 hi", b"250-hi\r\n250 PIPELINING"]
GOOD = [b"250 ok", b"250 ok", b"354 go", b"250 ok id=1tXyz-0001"]


@pytest.mark.parametrize("hello", [HELLO, PIPE])
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (GOOD, Accepted("1tXyz-0001")),
        ([b"250 ok", b"550 5.1.1 <zoe@client.example> unknown", b"503 no", b"250 ok"],
         Refused("550 5.1.1 <(address)> unknown", "550")),
        ([b"250 ok", b"451 4.3.0 later", b"503 no", b"250 ok"], Unavailable("451 4.3.0 later", None, False)),
        ([b"250 ok", b"530 5.7.0 log in", b"503 no", b"250 ok"], Unavailable("530 5.7.0 log in", None, True)),
        ([b"553 5.7.1 not yours", b"503 no", b"503 no", b"250 ok"], Unavailable("553 5.7.1 not yours", None, True)),
        ([b"552 5.3.4 too large", b"503 no", b"503 no", b"250 ok"], Refused("552 5.3.4 too large", "552")),
        ([b"452 full", b"503 no", b"503 no", b"250 ok"], Unavailable("452 full", None, False)),
        ([b"250 ok", b"250 ok", b"554 no", b"250 ok"], Refused("554 no", "554")),
        ([b"250 ok", b"250 ok", b"354 go", b"554 5.7.1 spam"], Refused("554 5.7.1 spam", "554")),
        ([b"250 ok", b"250 ok", b"354 go", b"451 later"], Unavailable("451 later", None, False)),
        ([b"250 ok", b"250 ok", b"354 go", b"421 closing"], Unavailable("421 closing", None, False)),
        ([b"250 ok", b"250 ok", b"354 go", b"150 what"], Unknown("the server answered the mail with 150 what")),
        ([b"250 ok", b"250 ok", b"354 go", CLOSE], Unknown),
        ([b"250 ok", b"250 ok", b"354 go", RESET], Unknown),
        ([b"250 ok", b"250 ok", b"354 go", SILENCE], Unknown),
        ([b"250 ok", b"250 ok", b"354 go", b"nonsense"], Unknown),
        ([b"250 ok", b"250 ok", CLOSE], Unavailable),
        ([b"250 ok", RESET], Unavailable),
        ([CLOSE], Unavailable),
        ([b"421 closing", CLOSE], Unavailable),
        ([SILENCE], Unavailable),
    ],
)  # fmt: skip
def test_each_answer_is_its_outcome(hello, lines, expected):
    if hello is not PIPE:
        # Step by step, the client says no more after the first refusal.
        lines = [line for line in lines if line != b"503 no"]

    with speaking(hello + lines) as (port, _), mailer(port, reply_seconds=0.5) as smtp:
        (outcome,) = sent(smtp)

    if isinstance(expected, type):
        assert isinstance(outcome, expected)
        assert not getattr(outcome, "account_wide", False)
    else:
        assert outcome == expected


@pytest.mark.parametrize(
    "lines", [[b"554 go away"], [b"421 busy"], [b"220 hi", b"550 no", b"550 no"], [CLOSE], [SILENCE], [b"SSH-2.0"]]
)
def test_a_server_that_would_not_talk_took_nothing_and_ends_the_round(lines):
    with speaking(lines) as (port, _), mailer(port, reply_seconds=0.2) as smtp:
        outcomes = sent(smtp, mails(2))

    assert [(type(one), one.account_wide) for one in outcomes] == [(Unavailable, True)]


def test_a_server_without_extensions_is_spoken_to_plainly():
    with speaking([b"220 hi", b"502 what", b"250 hi", *GOOD]) as (port, heard), mailer(port) as smtp:
        (outcome,) = sent(smtp)

    assert isinstance(outcome, Accepted)
    assert heard[1].startswith(b"HELO ")


def test_after_a_refused_recipient_the_same_conversation_goes_on():
    lines = [b"250 ok", b"550 unknown", b"503 no", b"250 reset", *GOOD]

    with speaking(PIPE + lines) as (port, heard), mailer(port) as smtp:
        first, second = sent(smtp, mails(2))

    assert isinstance(first, Refused)
    assert isinstance(second, Accepted)
    assert b"RSET\r\n" in heard


def test_a_data_granted_without_a_recipient_is_ended_by_a_lone_dot():
    lines = [b"250 ok", b"550 unknown", b"354 go on", b"554 nobody", b"250 reset", *GOOD]

    with speaking(PIPE + lines) as (port, heard), mailer(port) as smtp:
        first, second = sent(smtp, mails(2))

    assert isinstance(first, Refused)
    assert isinstance(second, Accepted)
    assert heard[4] == b""


@pytest.mark.parametrize("ending", [[CLOSE], [b"421 idle", CLOSE], [b"250 ok", b"250 ok", CLOSE]])
def test_a_kept_conversation_that_ends_before_the_mail_left_is_opened_anew(ending):
    with speaking(HELLO + GOOD + ending, HELLO + GOOD) as (port, _), mailer(port) as smtp:
        outcomes = sent(smtp, mails(2))

    assert outcomes == [Accepted("1tXyz-0001")] * 2


def test_a_goodbye_that_came_meanwhile_is_seen_before_the_next_mail():
    goodbye = [*GOOD[:3], GOOD[3] + b"\r\n421 idle for too long"]

    with speaking([*HELLO, *goodbye, CLOSE], HELLO + GOOD) as (port, heard), mailer(port) as smtp:
        outcomes = sent(smtp, mails(2))

    assert outcomes == [Accepted("1tXyz-0001")] * 2
    assert [line for line in heard if line.startswith(b"MAIL")] == [b"MAIL FROM:<lea@news.example.fr>\r\n"] * 2


def test_what_was_written_before_tls_began_is_not_believed(tls):
    lines = [b"220 hi", b"250-hi\r\n250 STARTTLS", b"220 go\r\n250 injected"]

    with speaking(lines) as (port, _), mailer(port, "") as smtp:
        (outcome,) = sent(smtp)

    assert "before TLS" in outcome.reason


@pytest.mark.parametrize(
    "url", ["http://mail.example", "smtp://", "smtp://mail.example:x", "smtp://mail.example?starttls=maybe", "mail"]
)
def test_an_address_that_is_none_stops_the_start_and_shows_no_password(url):
    with pytest.raises(ValueError, match="SMTP_URL must look like") as caught:
        SmtpMailer(url.replace("//", "//lea:secret@"))

    assert "secret" not in str(caught.value)


def test_the_next_mail_is_asked_for_together_with_the_one_before():
    # The server says what became of the first only when it has read that there is a second.
    second = [GOOD[3] + b"\r\n250 ok", b"250 ok", b"354 go", b"250 ok id=1tXyz-0002"]

    with speaking([*PIPE, *GOOD[:3], READ_ON, *second]) as (port, _), mailer(port) as smtp:
        outcomes = sent(smtp, mails(2))

    assert outcomes == [Accepted("1tXyz-0001"), Accepted("1tXyz-0002")]


def test_a_server_that_falls_silent_after_both_has_the_first_in_doubt_and_the_second_not():
    with speaking([*PIPE, *GOOD[:3], CLOSE], PIPE + GOOD) as (port, _), mailer(port) as smtp:
        first, second = sent(smtp, mails(2))

    assert isinstance(first, Unknown)
    assert second == Accepted("1tXyz-0001")


@pytest.mark.parametrize("answer", [b"421 closing", b"451 later", b"554 5.7.1 spam"])
def test_what_becomes_of_a_mail_is_no_matter_of_the_next(answer):
    after = [] if answer.startswith(b"421") else GOOD
    conversations = [PIPE + GOOD[:3] + [answer] + after] + ([] if after else [PIPE + GOOD])

    with speaking(*conversations) as (port, _), mailer(port) as smtp:
        first, second = sent(smtp, mails(2))

    assert first.reason == answer.decode()
    assert second == Accepted("1tXyz-0001")


@pytest.mark.parametrize("refusal", [[b"250 ok", b"550 unknown", b"503 no", b"250 reset"]])
def test_a_refusal_of_what_was_asked_ahead_leaves_the_conversation_to_the_third(refusal):
    with speaking(PIPE + GOOD + refusal + GOOD) as (port, _), mailer(port) as smtp:
        outcomes = sent(smtp, mails(3))

    assert [type(one) for one in outcomes] == [Accepted, Refused, Accepted]


def test_a_transfer_asked_for_in_vain_is_never_given_another_mail():
    answers = iter([True, False, True])

    with speaking(PIPE + GOOD + GOOD[:3], PIPE + GOOD) as (port, heard), mailer(port) as smtp:
        first = sent(smtp, mails(2), lambda: next(answers))
        second = sent(smtp, mails(1), lambda: next(answers))

    assert first == second == [Accepted("1tXyz-0001")]
    assert sum(line.startswith(b"EHLO") for line in heard) == 2
