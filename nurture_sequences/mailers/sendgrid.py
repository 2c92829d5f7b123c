"""SendGrid's v3 Mail Send: one request a mail, on a kept-alive connection.

Its answers are told apart as its error table does (API reference, "Mail Send errors"); docs/adr/0005 says why this
client is our own, and why a 504 counts as unknown and a 502 does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson

from nurture_sequences.mailers.address import checked_address, impersonal, plain_line, split_sender
from nurture_sequences.mailers.connections import PerThread
from nurture_sequences.mailers.http import Connection, LostError, NotSentError, Response
from nurture_sequences.mailers.protocol import Accepted, Email, Outcome, Refused, Unavailable, Unknown, one_by_one

#: key, scope, sender, host or client are wrong: every other mail would fare the same
CONFIGURATION = frozenset({401, 403, 404, 405, 415})
#: SendGrid says that it failed to take the mail. Any other 5xx comes from a gateway that lost sight of it.
NOT_TAKEN = frozenset({408, 500, 502, 503})
#: Spelled out in each request, because the account's defaults may be on.
NO_TRACKING = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
    "ganalytics": {"enable": False},
}


class SendGridMailer:
    """`sandbox` makes SendGrid check every mail and send none. Seconds are wall time."""

    name = "sendgrid"
    real = True

    def __init__(
        self,
        api_key: str,
        host: str,
        *,
        sandbox: bool = False,
        connect_seconds: float = 5,
        read_seconds: float = 30,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._path = f"{urlsplit(host).path.rstrip('/')}/v3/mail/send"
        self._headers = f"Authorization: Bearer {_token(api_key)}\r\nContent-Type: application/json\r\n"
        self._sandbox, self._wall = sandbox, wall
        self._connections = PerThread(
            lambda: Connection(host, connect_seconds=connect_seconds, read_seconds=read_seconds)
        )

    def send(self, emails: Sequence[Email], may_send: Callable[[], bool]) -> Iterator[tuple[Email, Outcome]]:
        return one_by_one(emails, may_send, self._post)

    def close(self) -> None:
        self._connections.close()

    def _post(self, email: Email) -> Outcome:
        try:
            body = orjson.dumps(payload(email, sandbox=self._sandbox))
        except (ValueError, TypeError) as error:
            return Refused(f"SendGrid cannot take it: {error}", None)
        try:
            response = self._connections.get().post(self._path, self._headers, body)
        except NotSentError as error:
            return Unavailable(str(error), None, account_wide=True)
        except LostError as error:
            return Unknown(str(error))
        return self._outcome(response)

    def _outcome(self, response: Response) -> Outcome:
        status = response.status
        if status == 202 or (status == 200 and self._sandbox):
            return Accepted(response.headers.get("x-message-id"))
        reason = f"{status} {_messages(response.body)}".strip()
        if status == 429:
            return Unavailable(reason, self._retry_after(response), account_wide=True)
        if status in CONFIGURATION or status < 400:
            return Unavailable(reason, None, account_wide=True)
        if status in NOT_TAKEN:
            return Unavailable(reason, None, account_wide=False)
        return Unknown(reason) if status >= 500 else Refused(reason, str(status))

    def _retry_after(self, response: Response) -> float | None:
        """Wall seconds until the window of the rate limit starts anew; at least one, as its reset has whole ones."""
        reset = response.headers.get("x-ratelimit-reset", "")
        return max(1.0, int(reset) - self._wall()) if reset.isdecimal() else None


def payload(email: Email, *, sandbox: bool = False) -> dict[str, Any]:
    """The request's body as a plain dict. Raises ValueError for what SendGrid could not take.

    The message id travels as `custom_args.mid`, so that every event names it, and in Message-ID, so that a mail sent
    again is the same mail. Both are opaque: SendGrid keeps custom_args and categories for ever.
    """
    name, address = split_sender(email.sender)
    headers = {key: plain_line(key, value) for key, value in email.headers.items()}
    headers["Message-ID"] = f"<{email.message_id}@{address.rpartition('@')[2]}>"
    reply_to = next((headers.pop(key) for key in tuple(headers) if key.lower() == "reply-to"), None)
    body: dict[str, Any] = {
        "from": _mailbox(name, address),
        "personalizations": [
            {
                "to": [{"email": _ascii(email.to)}],
                "subject": plain_line("Subject", email.subject),
                "custom_args": {"mid": str(email.message_id)},
                "headers": headers,
            }
        ],
        "content": _content(email),
        "tracking_settings": NO_TRACKING,
    }
    if reply_to:
        body["reply_to"] = _mailbox(*split_sender(reply_to))
    if email.category:
        body["categories"] = [email.category]
    if sandbox:
        body["mail_settings"] = {"sandbox_mode": {"enable": True}}
    return body


def _content(email: Email) -> list[dict[str, str]]:
    """The parts that hold something; SendGrid wants the plain text first, and no empty one."""
    parts = (("text/plain", email.text), ("text/html", email.html))
    return [{"type": kind, "value": value} for kind, value in parts if value]


def _mailbox(name: str, address: str) -> dict[str, str]:
    return {"email": _ascii(address), "name": name} if name else {"email": _ascii(address)}


def _ascii(address: str) -> str:
    if not checked_address(address).isascii():
        raise ValueError("SendGrid takes ASCII addresses only")
    return address


def _token(api_key: str) -> str:
    if not api_key.isascii() or not api_key.isprintable() or " " in api_key:
        raise ValueError("SENDGRID_API_KEY holds characters that no key has")
    return api_key


def _messages(body: bytes) -> str:
    """What SendGrid says is wrong, without the addresses it may repeat."""
    try:
        errors = orjson.loads(body)["errors"]
        said = "; ".join(
            f"{error['message']} ({error['field']})" if error.get("field") else error["message"] for error in errors
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
    return impersonal(said)
