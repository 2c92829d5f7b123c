"""An identity provider that is strict about what a client must do, and as hostile as a test asks it to be.

It signs by itself, with the primitives of `cryptography`: the library that reads its tokens did not write them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT, SECRET = "funnel client", "s3cret/ünd+more"
#: who signs in, as the provider knows them
LENA = {"sub": "lena-17", "email": "lena@company.example", "email_verified": True, "name": "Lena Lind"}


class RefusedError(Exception):
    """The client did something that a real provider would not take."""


class OidcProvider:
    """Runs on a port of this machine. `person` signs in next; `spoil` changes the token's header and claims."""

    def __init__(self, redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri
        self.person: dict[str, Any] = dict(LENA)
        self.spoil: Callable[[dict[str, Any], dict[str, Any]], None] = lambda header, claims: None
        self.sign: Callable[[dict[str, Any], bytes], bytes] = self._rs256
        self.metadata: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        #: answers by path, in place of its own: status, body
        self.instead: dict[str, tuple[int, bytes]] = {}
        self.delay = 0.0
        self.refused: list[str] = []
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._asked: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}/tenant"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def authorize(self, address: str) -> str:
        """A person at the provider's page, who says yes; returns where the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self._check_question(address, asked)
        code = secrets.token_urlsafe(16)
        self._asked[code] = asked
        return f"{self.redirect_uri}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def _check_question(self, address: str, asked: dict[str, str]) -> None:
        wanted = {"response_type": "code", "client_id": CLIENT, "redirect_uri": self.redirect_uri}
        if not address.startswith(f"{self.issuer}/authorize?"):
            raise RefusedError("not the authorization endpoint")
        if any(asked.get(name) != value for name, value in wanted.items()):
            raise RefusedError(f"one of {', '.join(wanted)} is wrong")
        if "openid" not in asked.get("scope", "").split():
            raise RefusedError("the scope has no openid")
        if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43:
            raise RefusedError("no PKCE")
        if min(len(asked.get("state", "")), len(asked.get("nonce", ""))) < 20:
            raise RefusedError("state or nonce can be guessed")

    def _token(self, headers: Any, form: dict[str, str]) -> dict[str, Any]:
        expected = ":".join(map(_quoted, (CLIENT, SECRET)))
        scheme, _, given = headers.get("Authorization", "").partition(" ")
        if scheme != "Basic" or base64.b64decode(given).decode() != expected:
            raise RefusedError("the client did not prove itself")
        asked = self._asked.pop(form.get("code", ""), None)
        if asked is None:
            raise RefusedError("the code is unknown, or was used before")
        if form.get("grant_type") != "authorization_code" or form.get("redirect_uri") != asked["redirect_uri"]:
            raise RefusedError("another grant, or another redirect_uri than before")
        challenge = _base64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if challenge != asked["code_challenge"]:
            raise RefusedError("the verifier does not fit the challenge")
        access = secrets.token_urlsafe(16)
        return {"access_token": access, "token_type": "Bearer", "id_token": self._id_token(asked["nonce"], access)}

    def _id_token(self, nonce: str, access: str) -> str:
        now = int(time.time())
        header = {"alg": "RS256", "kid": "first", "typ": "JWT"}
        at_hash = _base64(hashlib.sha256(access.encode()).digest()[:16])
        claims = {"iss": self.issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce, "at_hash": at_hash}
        claims |= self.person
        self.spoil(header, claims)
        signed = ".".join(_base64(orjson.dumps(part)) for part in (header, claims)).encode()
        return f"{signed.decode()}.{_base64(self.sign(header, signed))}"

    def _rs256(self, _: dict[str, Any], signed: bytes) -> bytes:
        return self.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())

    def with_other_key(self, _: dict[str, Any], signed: bytes) -> bytes:
        return self.other_key.sign(signed, padding.PKCS1v15(), hashes.SHA256())

    def with_client_secret(self, _: dict[str, Any], signed: bytes) -> bytes:
        return hmac.digest(SECRET.encode(), signed, "sha256")

    def _keys(self) -> dict[str, Any]:
        numbers = self.key.public_key().public_numbers()
        n, e = (_base64(number.to_bytes((number.bit_length() + 7) // 8)) for number in (numbers.n, numbers.e))
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "first", "n": n, "e": e}]}

    def _told(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True,
        } | self.metadata

    def _handler(provider) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the request's below
        class Door(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                answers = {
                    "/tenant/.well-known/openid-configuration": provider._told,
                    "/tenant/keys": provider._keys,
                    "/tenant/userinfo": lambda: provider.userinfo,
                }
                self.answer(answers.get(self.path))

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(sent).items()}
                self.answer((lambda: provider._token(self.headers, form)) if self.path == "/tenant/token" else None)

            def answer(self, make: Callable[[], Any] | None) -> None:
                time.sleep(provider.delay)
                if self.path in provider.instead:
                    self.send(*provider.instead[self.path])
                elif make is None:
                    self.send(404, b"{}")
                else:
                    try:
                        self.send(200, orjson.dumps(make()))
                    except RefusedError as error:
                        provider.refused.append(str(error))
                        self.send(400, b'{"error": "invalid_request"}')

            def send(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Door


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _quoted(value: str) -> str:
    """RFC 6749, appendix B."""
    quoted = urlencode({"": value})[1:].replace("+", "%20")
    assert unquote(quoted) == value
    return quoted
