"""The fake refuses what SendGrid refuses, fails as it is told to, and posts events back."""

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sendgrid.helpers.eventwebhook import EventWebhook

from tests.fakes.sendgrid import FakeSendGrid
from tests.fakes.sendgrid.events import SIGNATURE, TIMESTAMP
from tests.fakes.sendgrid.testing import needs_description

GOOD = {
    "from": {"email": "lea@news.example.fr", "name": "Léa"},
    "personalizations": [
        {"to": [{"email": "zoe@client.example"}], "subject": "Votre guide", "custom_args": {"mid": "m1"}}
    ],
    "content": [{"type": "text/plain", "value": "Bonjour"}, {"type": "text/html", "value": "<p>Bonjour</p>"}],
}


@pytest.fixture
def fake():
    with FakeSendGrid() as fake:
        yield fake


def request(fake, method="POST", path="/v3/mail/send", body=GOOD, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", fake.port, timeout=5)
    headers = {"Authorization": "Bearer k", "Content-Type": "application/json"} | headers
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection.request(method, path, content, headers)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    return response, json.loads(answer) if answer else None


@needs_description
def test_a_good_mail_is_taken_and_named(fake):
    response, answer = request(fake)

    assert (response.status, answer) == (202, None)
    assert fake.messages[0]["x_message_id"] == response.headers["X-Message-Id"]
    assert (fake.messages[0]["mid"], fake.messages[0]["to"]) == ("m1", "zoe@client.example")


def changed(**root):
    return {**GOOD, **root}


def personal(**fields):
    return changed(personalizations=[GOOD["personalizations"][0] | fields])


@needs_description
@pytest.mark.parametrize(
    ("body", "field"),
    [
        (changed(content=[]), "content"),
        (changed(content=GOOD["content"][::-1]), "content"),
        (changed(surprise=1), "surprise"),
        (personal(surprise=1), "personalizations.0.surprise"),
        (personal(headers={"X-A": 1}), "personalizations.0.headers.X-A"),
        (personal(headers={"Reply-To": "a@b.example"}), "personalizations.0.headers.Reply-To"),
        (personal(headers={"X-A": "a\nb"}), "personalizations.0.headers.X-A"),
        (personal(custom_args={"mid": "x" * 10_001}), "personalizations.0.custom_args"),
        (personal(custom_args={"mid": 1}), "personalizations.0.custom_args"),
        (personal(subject=""), "personalizations.0.subject"),
        (personal(to=[{"email": "a@b.example"}, {"email": "A@B.example"}]), "personalizations"),
        (personal(to=[{"email": "nobody"}]), "personalizations.0.to.0.email"),
        (personal(to=[]), "personalizations.0.to"),
        (changed(personalizations=[GOOD["personalizations"][0]] * 1001), "personalizations"),
        (changed(categories=["a", "a"]), "categories"),
        (changed(categories=[str(n) for n in range(11)]), "categories"),
        (changed(send_at=int(time.time()) + 80 * 3600), "send_at"),
        (changed(**{"from": {"email": "léa@news.example.fr"}}), "from.email"),
        (changed(mail_settings={"sandbox_mode": {"enable": "true"}}), "mail_settings.sandbox_mode.enable"),
        ({"personalizations": GOOD["personalizations"]}, None),
        ([], None),
        (b"{", None),
    ],
)
def test_what_sendgrid_refuses_is_refused_with_the_field(fake, body, field):
    response, answer = request(fake, body=body)

    assert response.status == 400
    assert field in [error["field"] for error in answer["errors"]]
    assert fake.messages == []


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (401, {"Authorization": ""}),
        (401, {"Authorization": "Bearer wrong"}),
        (415, {"Content-Type": "text/plain"}),
        (404, {"path": "/v3/mail"}),
        (405, {"method": "PUT"}),
    ],
)
def test_a_request_that_is_no_mail_is_refused_before_the_mail_is_looked_at(fake, status, changes):
    response, answer = request(fake, **changes)

    assert response.status == status
    assert answer["errors"][0]["message"]


def test_the_script_is_followed_first_in_order_then_by_chance():
    with FakeSendGrid(check="none") as fake:
        fake.script("429", "503_taken", chances={"500": 1.0}, reset_seconds=30)

        first, _ = request(fake)
        second, _ = request(fake)
        third, _ = request(fake)

        assert [first.status, second.status, third.status] == [429, 503, 500]
        assert 25 < int(first.headers["X-RateLimit-Reset"]) - time.time() <= 30
        assert len(fake.messages) == 1
        assert fake.state.stats()["faults"] == {"429": 1, "503_taken": 1, "500": 1}


@pytest.mark.parametrize(("fault", "taken"), [("reset", 0), ("reset_taken", 1)])
def test_a_reset_is_seen_as_a_reset_whether_or_not_the_mail_was_taken(fault, taken):
    with FakeSendGrid(check="none") as fake:
        fake.script(fault)

        with pytest.raises(ConnectionResetError):
            request(fake)

        assert len(fake.messages) == taken
        assert fake.state.stats() | {"received": 1, "resets": 1, "open": 0, "answered": 0} == fake.state.stats()


def test_an_unknown_fault_is_refused():
    with FakeSendGrid(check="none") as fake, pytest.raises(ValueError, match="no such fault"):
        fake.script("explode")


def test_the_process_is_driven_through_its_own_door():
    command = [sys.executable, "-m", "tests.fakes.sendgrid", "--port", "0", "--check", "none"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        fake = type("Fake", (), {"port": int(process.stdout.readline())})
        scripted, _ = request(fake, "PUT", "/_fake/script", {"sequence": ["500"], "latency": 0.001})
        wrong, said = request(fake, "PUT", "/_fake/script", {"sequence": ["explode"]})
        statuses = [request(fake)[0].status for _ in range(2)]
        _, messages = request(fake, "GET", "/_fake/messages", b"")
        _, stats = request(fake, "GET", "/_fake/stats", b"")
        process.terminate()

    assert (scripted.status, wrong.status, said) == (200, 400, {"error": "no such fault: explode"})
    assert statuses == [500, 202]
    assert [message["mid"] for message in messages] == ["m1"]
    assert (stats["received"], stats["taken"], stats["answered"], stats["open"]) == (2, 1, 2, 0)
    assert process.returncode == 0


@contextmanager
def door(statuses):
    """A little server that keeps what is posted to it, and answers these statuses in turn."""
    posts = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posts.append((dict(self.headers), body))
            self.send_response(statuses.pop(0) if statuses else 204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", posts
        server.shutdown()
        thread.join()


def test_events_are_signed_doubled_shuffled_and_posted_until_taken():
    with FakeSendGrid(check="none") as fake, door([500]) as (url, posts):
        for number in range(20):
            request(fake, body=personal(custom_args={"mid": f"m{number}"}))

        told = fake.post_events(url, kinds=["processed", "delivered"], shuffle=True, duplicate=0.5, batch=10, seed=1)

        headers, body = posts[0]
        hook = EventWebhook(fake.state.signer.public_key)
        assert hook.verify_signature(body.decode(), headers[SIGNATURE], headers[TIMESTAMP])
        assert body == posts[1][1]
        events = [event for _, body in posts[1:] for event in json.loads(body)]
        assert told == {"batches": len(posts) - 1, "events": len(events), "statuses": {"500": 1, "204": len(posts) - 1}}
        assert len(events) > len({event["sg_event_id"] for event in events}) == 40
        assert [event["event"] for event in events] != ["processed", "delivered"] * (len(events) // 2)


def test_the_public_key_and_events_are_had_over_http_too():
    with FakeSendGrid(check="none") as fake, door([]) as (url, posts):
        request(fake)

        _, key = request(fake, "GET", "/_fake/public_key", b"")
        _, told = request(fake, "POST", "/_fake/events", {"url": url, "kinds": ["bounce"], "mids": ["m1"]})

        assert key == {"public_key": fake.state.signer.public_key}
        assert (told["events"], json.loads(posts[0][1])[0]["bounce_classification"]) == (1, "Invalid Address")


def test_requests_that_arrive_in_pieces_or_together_are_all_answered():
    content = json.dumps(GOOD).encode()
    whole = b"POST /v3/mail/send HTTP/1.1\r\nAuthorization: Bearer k\r\nContent-Type: application/json\r\n"
    whole += b"Content-Length: %d\r\n\r\n%s" % (len(content), content)

    with FakeSendGrid(check="none") as fake, socket.create_connection(("127.0.0.1", fake.port), 5) as sock:
        fake.script(latency=0.001)
        sock.sendall(whole[:40])
        sock.sendall(whole[40:] + whole)
        answers = b""
        while answers.count(b"\r\n\r\n") < 2:
            answers += sock.recv(65536)

        assert answers.count(b"HTTP/1.1 202") == 2
        assert len(fake.messages) == 2
