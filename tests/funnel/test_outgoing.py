"""Which addresses people may have called."""

from ipaddress import ip_network

import pytest

from funnel import outgoing
from funnel.receiver import Line
from tests.fakes.receiver import Receiver

HOSTILE = (
    "http://example.com/",
    "https://example.com:8443/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/",
    "https://user:word@example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "https://①②⑦.0.0.1/",
)


@pytest.mark.parametrize("url", HOSTILE)
def test_what_is_not_public_https_is_refused(url):
    assert outgoing.refusal(url, ()) is not None


def test_public_https_is_not():
    assert outgoing.refusal("https://hooks.example.com/a?b=c", ()) is None


def test_an_operator_may_allow_a_network():
    allowed = (ip_network("10.0.0.0/8"),)

    assert outgoing.refusal("http://10.1.2.3:8080/hook", allowed) is None
    assert outgoing.refusal("http://192.168.1.1:8080/hook", allowed) is not None


def test_a_name_that_leads_inside_is_not_called():
    """`localhost` looks like a name to the first check; the one that counts looks it up."""
    with (
        Receiver() as receiver,
        Line(receiver.url.replace("127.0.0.1", "localhost"), (ip_network("10.0.0.0/8"),)) as line,
    ):
        answer = line.post(b"{}", {})

    assert answer.status is None
    assert answer.error.startswith("not allowed:")
    assert receiver.calls == receiver.refused == []
