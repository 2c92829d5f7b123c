"""SendGrid's answers become the four outcomes, and a mail that may have been taken is never called anything else."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sendgrid.helpers.mail import (
    Category,
    ClickTracking,
    Content,
    CustomArg,
    From,
    Ganalytics,
    Header,
    Mail,
    OpenTracking,
    Subject,
    SubscriptionTracking,
    To,
    TrackingSettings,
)

from nurture_sequences.mailers import Accepted, Email, Refused, Unavailable, Unknown
from nurture_sequences.mailers.sendgrid import SendGridMailer, payload
from tests.fakes.certificate import self_signed
from tests.fakes.sendgrid import FakeSendGrid
from tests.fakes.sendgrid.testing import needs_description

EMAIL = Email(
    message_id=UUID("0192f3c4-7b7e-7c50-9d5e-1f0c2a7d9e11"),
    to="zoe@client.example",
    sender="Léa chez Exemple <lea@news.example.fr>",
    subject="Votre guide",
    text="Bonjour Zoé",
    html="<p>Bonjour Zoé</p>",
    headers={
        "List-Unsubscribe": "<https://app.example.fr/u/3kT9pQ>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
    category="seq-bienvenue",
    at=datetime(2026, 3, 2, tzinfo=UTC),
)


def mails(count):
    return [replace(EMAIL, message_id=uuid4()) for _ in range(count)]


@pytest.fixture
def fake():
    with FakeSendGrid(check="none") as fake:
        yield fake


@contextmanager
def mailer(url, **settings):
    mailer = SendGridMailer("SG.key", url, **settings)
    yield mailer
    mailer.close()


def sent(mailer, emails=(EMAIL,), may_send=lambda: True):
    return [outcome for _, outcome in mailer.send(list(emails), may_send)]


@needs_description
def test_a_mail_is_taken_as_the_official_description_wants_it():
    with FakeSendGrid(check="full") as fake, mailer(fake.url) as sendgrid:
        (outcome,) = sent(sendgrid)

        assert outcome == Accepted(fake.messages[0]["x_message_id"])
        assert fake.messages[0]["mid"] == str(EMAIL.message_id)
        assert fake.state.requests[0]["headers"]["authorization"] == "Bearer SG.key"


def test_the_payload_is_what_the_official_library_would_build():
    mail = Mail()
    mail.from_email = From("lea@news.example.fr", "Léa chez Exemple")
    mail.add_to(To("zoe@client.example"))
    personal = mail.personalizations[0]
    personal.subject = Subject("Votre guide").get()
    personal.add_custom_arg(CustomArg("mid", str(EMAIL.message_id)))
    for name, value in EMAIL.headers.items():
        personal.add_header(Header(name, value))
    personal.add_header(Header("Message-ID", f"<{EMAIL.message_id}@news.example.fr>"))
    mail.content = [Content("text/plain", "Bonjour Zoé"), Content("text/html", "<p>Bonjour Zoé</p>")]
    mail.add_category(Category("seq-bienvenue"))
    mail.tracking_settings = TrackingSettings(
        ClickTracking(False, False), OpenTracking(False), SubscriptionTracking(False), Ganalytics(False)
    )

    assert payload(EMAIL) == mail.get()


def test_reply_to_leaves_the_headers_where_sendgrid_forbids_it():
    body = payload(replace(EMAIL, headers={"Reply-To": "Support <r+1@reply.example.fr>"}))

    assert body["reply_to"] == {"email": "r+1@reply.example.fr", "name": "Support"}
    assert list(body["personalizations"][0]["headers"]) == ["Message-ID"]


def test_a_mail_without_html_or_category_leaves_them_out():
    body = payload(replace(EMAIL, html=None, category=None, sender="lea@news.example.fr"))

    assert [part["type"] for part in body["content"]] == ["text/plain"]
    assert body["from"] == {"email": "lea@news.example.fr"}
    assert "categories" not in body


@pytest.mark.parametrize(
    "broken",
    [
        {"to": "nobody"},
        {"to": "zoé@client.example"},
        {"to": "zoe@clïent.example"},
        {"to": "a@b.example, c@d.example"},
        {"subject": "Hello\r\nBcc: all@client.example"},
        {"headers": {"X-A": "a\nb"}},
        {"sender": "Léa"},
        {"text": "\ud800"},
        {"subject": "\ud800"},
    ],
)
def test_what_sendgrid_cannot_take_is_refused_without_a_request(fake, broken):
    with mailer(fake.url) as sendgrid:
        (outcome,) = sent(sendgrid, [replace(EMAIL, **broken)])

    assert isinstance(outcome, Refused)
    assert fake.state.received == 0


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("400", Refused("400 Bad Request", "400")),
        ("413", Refused("413 Payload Too Large", "413")),
        ("422", Refused("422 fault", "422")),
        ("401", Unavailable("401 Unauthorized", None, account_wide=True)),
        ("403", Unavailable("403 Forbidden", None, account_wide=True)),
        ("404", Unavailable("404 Not Found", None, account_wide=True)),
        ("405", Unavailable("405 fault", None, account_wide=True)),
        ("415", Unavailable("415 fault", None, account_wide=True)),
        ("200", Unavailable("200 fault", None, account_wide=True)),
        ("302", Unavailable("302 fault", None, account_wide=True)),
        ("408", Unavailable("408 fault", None, account_wide=False)),
        ("500", Unavailable("500 Internal Server Error", None, account_wide=False)),
        ("502", Unavailable("502 Bad Gateway", None, account_wide=False)),
        ("503", Unavailable("503 Service Unavailable", None, account_wide=False)),
        ("504", Unknown("504 Gateway Timeout")),
        ("504_taken", Unknown("504 Gateway Timeout")),
        ("524", Unknown("524 fault")),
    ],
)
def test_each_answer_is_its_outcome(fake, fault, expected):
    fake.script(fault)

    with mailer(fake.url) as sendgrid:
        outcomes = sent(sendgrid)

    assert outcomes == [expected]


def test_a_rate_limit_says_when_to_come_back_and_ends_the_round(fake):
    fake.script("accept", "429", reset_seconds=40)

    with mailer(fake.url) as sendgrid:
        outcomes = sent(sendgrid, mails(3))

    assert isinstance(outcomes[0], Accepted)
    assert outcomes[1].account_wide
    assert 35 < outcomes[1].retry_after <= 40
    assert len(outcomes) == 2


def test_a_rate_limit_whose_reset_is_past_still_waits_a_second(fake):
    fake.script("429")

    with mailer(fake.url, wall=lambda: time.time() + 3600) as sendgrid:
        (outcome,) = sent(sendgrid)

    assert outcome.retry_after == 1


def test_the_sandbox_asks_for_itself_and_takes_200_for_an_answer(fake):
    fake.script("200")

    with mailer(fake.url, sandbox=True) as sendgrid:
        (outcome,) = sent(sendgrid)

    assert outcome == Accepted(None)
    assert payload(EMAIL, sandbox=True)["mail_settings"] == {"sandbox_mode": {"enable": True}}


@pytest.mark.parametrize("fault", ["reset", "reset_taken"])
def test_a_reset_after_the_request_left_is_unknown_and_the_next_mail_goes(fake, fault):
    fake.script(fault)

    with mailer(fake.url) as sendgrid:
        first, second = sent(sendgrid, mails(2))

    assert isinstance(first, Unknown)
    assert isinstance(second, Accepted)


def test_an_answer_that_does_not_come_in_time_is_unknown(fake):
    fake.script("slow", slow_seconds=30)

    with mailer(fake.url, read_seconds=0.05) as sendgrid:
        first, second = sent(sendgrid, mails(2))

    assert isinstance(first, Unknown)
    assert isinstance(second, Accepted)


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.mark.parametrize("url", [f"http://127.0.0.1:{closed_port()}", f"https://127.0.0.1:{closed_port()}"])
def test_a_closed_port_took_nothing_and_ends_the_round(url):
    with mailer(url) as sendgrid:
        outcomes = sent(sendgrid, mails(3))

    assert [(type(one), one.account_wide) for one in outcomes] == [(Unavailable, True)]


def test_a_host_without_an_address_took_nothing(monkeypatch):
    def unknown_host(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown_host)

    with mailer("https://no.such.host") as sendgrid:
        (outcome,) = sent(sendgrid)

    assert isinstance(outcome, Unavailable)


def test_a_server_without_tls_took_nothing(fake):
    with mailer(fake.url.replace("http:", "https:"), connect_seconds=0.5) as sendgrid:
        (outcome,) = sent(sendgrid)

    assert (type(outcome), fake.state.received) == (Unavailable, 0)


def test_one_connection_serves_all_mails_of_a_thread(fake):
    with mailer(fake.url) as sendgrid:
        outcomes = sent(sendgrid, mails(50)) + sent(sendgrid, mails(50))

    assert len([one for one in outcomes if isinstance(one, Accepted)]) == 100
    assert fake.state.connections == 1


def test_each_thread_has_a_connection_of_its_own(fake):
    with mailer(fake.url) as sendgrid:
        threads = [threading.Thread(target=sent, args=(sendgrid, mails(20))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len({message["mid"] for message in fake.messages}) == 80
    assert fake.state.connections == 4


def test_a_no_from_may_send_ends_the_round_before_the_next_post(fake):
    answers = iter([True, True, False])

    with mailer(fake.url) as sendgrid:
        outcomes = sent(sendgrid, mails(5), lambda: next(answers))

    assert len(outcomes) == len(fake.messages) == 2


@contextmanager
def answering(*connections):
    """A server whose n-th connection, for each request on it, writes the next of its answers; then it closes."""
    seen = []

    def serve():
        for answers in connections:
            sock, _ = server.accept()
            with sock:
                for answer in answers:
                    read_request(sock)
                    seen.append(answer)
                    sock.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", seen, thread
        thread.join()


def read_request(sock):
    data = b""
    while b"\r\n\r\n" not in data:
        data += sock.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += sock.recv(65536)


OK = b"HTTP/1.1 202 Accepted\r\nX-Message-Id: a\r\nContent-Length: 0\r\n\r\n"


def test_a_kept_connection_that_the_server_closed_meanwhile_loses_no_mail():
    with answering([OK], [OK]) as (url, _, _), mailer(url) as sendgrid:
        first = sent(sendgrid)
        wait_until_readable(sendgrid)
        second = sent(sendgrid)

    assert first + second == [Accepted("a"), Accepted("a")]


def wait_until_readable(mailer):
    """Until the server's close has arrived here."""
    sock = mailer._connections.get()._sock
    sock.settimeout(5)
    assert sock.recv(1, socket.MSG_PEEK) == b""


def test_a_connection_that_idled_too_long_is_not_trusted():
    with answering([OK], [OK]) as (url, _, _), mailer(url) as sendgrid:
        first = sent(sendgrid)
        sendgrid._connections.get()._idle_seconds = -1
        second = sent(sendgrid)

    assert first + second == [Accepted("a"), Accepted("a")]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 202 Acc",
        b"HTTP/1.1 202 Accepted\r\nX-Message-Id: a\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"x" * 70_000,
    ],
)
def test_an_answer_without_a_whole_head_is_unknown(answer):
    with answering([answer]) as (url, _, _), mailer(url) as sendgrid:
        (outcome,) = sent(sendgrid)

    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize(
    "answer",
    [
        OK,
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        b"HTTP/1.1 202 OK\r\nx-message-id:a\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nT: t\r\n\r\n",
        b"HTTP/1.0 202 Accepted\r\nX-Message-Id: a\r\n\r\nread to the end",
        b"HTTP/1.1 202 Accepted\r\nX-Message-Id: a\r\nContent-Length: 90\r\n\r\ncut short",
        b"HTTP/1.1 202 Accepted\r\nX-Message-Id: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
    ],
)
def test_a_status_counts_however_the_body_is_framed_or_cut(answer):
    with answering([answer]) as (url, _, _), mailer(url) as sendgrid:
        (outcome,) = sent(sendgrid)

    assert outcome == Accepted("a")


def test_a_chunked_body_leaves_the_connection_ready_for_the_next_mail():
    body = b'{"errors": [{"message": "no"}]}'
    chunked = b"HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)

    with answering([chunked, OK]) as (url, _, _), mailer(url) as sendgrid:
        outcomes = sent(sendgrid, mails(2))

    assert outcomes == [Refused("400 no", "400"), Accepted("a")]


def test_a_reason_holds_no_address():
    body = b'{"errors": [{"message": "<zoe@client.example> is not valid", "field": "personalizations.0.to"}]}'
    answer = b"HTTP/1.1 400 Bad\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    with answering([answer]) as (url, _, _), mailer(url) as sendgrid:
        (outcome,) = sent(sendgrid)

    assert outcome.reason == "400 <(address)> is not valid (personalizations.0.to)"


def test_a_key_that_is_no_key_stops_the_start():
    with pytest.raises(ValueError, match="SENDGRID_API_KEY"):
        SendGridMailer("SG.key\r\nX: y", "https://api.sendgrid.com")


def test_certificates_are_checked(tmp_path):
    certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve():
        sock, _ = server.accept()
        with sock, pytest.raises(ssl.SSLError):
            context.wrap_socket(sock, server_side=True)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        with mailer(f"https://127.0.0.1:{server.getsockname()[1]}") as sendgrid:
            (outcome,) = sent(sendgrid)
        thread.join()

    assert isinstance(outcome, Unavailable)
    assert "CERTIFICATE_VERIFY_FAILED" in outcome.reason


def test_over_tls_the_connection_is_kept_too(tmp_path, monkeypatch):
    certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve():
        plain, _ = server.accept()
        with context.wrap_socket(plain, server_side=True) as sock:
            for _ in range(3):
                read_request(sock)
                sock.sendall(OK)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        with mailer(f"https://127.0.0.1:{server.getsockname()[1]}") as sendgrid:
            outcomes = sent(sendgrid, mails(3))
        thread.join()

    assert outcomes == [Accepted("a")] * 3
