"""What a webhook says and how it is signed."""

from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from funnel import signing

KEY = bytes(range(32))


def test_the_reference_library_accepts_it_with_either_secret():
    now = datetime.now(timezone(timedelta(hours=5)))
    body = signing.body("tagged", now, {"id": 1})
    headers = signing.headers("msg", now, body, [KEY, KEY[::-1]])

    for key in (KEY, KEY[::-1]):
        assert Webhook(signing.shown(key)).verify(body, headers)["type"] == "tagged"
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.shown(b"x" * 32)).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.shown(KEY)).verify(body + b" ", headers)


def test_the_example_of_the_spec():
    """Standard Webhooks 1.0.0, the example of its libraries' tests."""
    key = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")._whsecret
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', [key])

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_body_too_large_leaves_the_lead_out_and_says_so():
    at = datetime(2026, 3, 2, tzinfo=UTC)
    small = signing.body("tagged", at, {"id": 1}, {"email": "lena@example.com"})
    large = signing.body("tagged", at, {"id": 1}, {"fields": {"text": "é" * 10_000}})

    assert orjson.loads(small)["data"]["lead"]["email"] == "lena@example.com"
    assert orjson.loads(large)["data"] == {"id": 1, "lead_left_out": True}
    assert orjson.loads(small)["timestamp"] == "2026-03-02T00:00:00Z"
