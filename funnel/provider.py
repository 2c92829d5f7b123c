"""Signing in at an identity provider: OpenID Connect, by the authorization code flow with PKCE, state and nonce.

Sign-ins are rare, so what the provider says of itself is asked each time: a key that it has changed is known at once.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from funnel.config import Provider, is_safe_address

#: signatures that are read; never `none`, nor one whose key the client shares
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384")
#: seconds: for each answer of the provider, and how wrong a clock may be
TIMEOUT, LEEWAY = 5.0, 60


class ProviderError(Exception):
    """The provider did not say who this is; the message is for the log."""


class AwayError(ProviderError):
    """The provider did not answer, or not sensibly."""


@dataclass(frozen=True)
class Question:
    """What this browser was sent off with; compared when it comes back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Whom the provider says this is."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str


def ask(provider: Provider, redirect_uri: str) -> tuple[str, Question]:
    """The provider's address to go to, and what to remember meanwhile. Raises AwayError."""
    question = Question(*(secrets.token_urlsafe(32) for _ in range(3)))
    with _client() as client:
        there = _metadata(client, provider)["authorization_endpoint"]
    address = prepare_grant_uri(
        there,
        client_id=provider.client_id,
        response_type="code",
        redirect_uri=redirect_uri,
        scope="openid email profile",
        state=question.state,
        nonce=question.nonce,
        code_challenge=create_s256_code_challenge(question.verifier),
        code_challenge_method="S256",
    )
    return address, question


def answer(
    provider: Provider, question: Question, given: Mapping[str, str], redirect_uri: str, now: datetime
) -> Identity:
    """Who came back with these query parameters (`now` is wall time). Raises ProviderError."""
    if not hmac.compare_digest(given.get("state", "").encode(), question.state.encode()):
        raise ProviderError("another state than this browser was sent off with")
    if "error" in given:
        raise ProviderError(f"the provider refused: {given['error'][:100]}")
    with _client() as client:
        metadata = _metadata(client, provider)
        _check_issuer(metadata, given)
        tokens = _exchange(client, provider, metadata, question, given.get("code", ""), redirect_uri)
        claims = _claims(_keys(client, metadata), provider, question, tokens, now)
        more = {} if "email" in claims else _userinfo(client, metadata, tokens, claims["sub"])
    return _identity({**more, **claims})


def _client() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False)


def _metadata(client: httpx.Client, provider: Provider) -> dict[str, Any]:
    """What the provider says of itself (OpenID Connect Discovery 1.0, section 4)."""
    told = _get(client, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != provider.issuer:
        raise AwayError(f"the provider calls itself {str(told.get('issuer'))[:200]!r}, not what OIDC_ISSUER says")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not is_safe_address(str(told.get(name))):
            raise AwayError(f"the provider's {name} is no https address")
    return told


def _check_issuer(metadata: Mapping[str, Any], given: Mapping[str, str]) -> None:
    """RFC 9207: of several providers, was it this one that answered?"""
    promised = metadata.get("authorization_response_iss_parameter_supported") is True
    if (promised or "iss" in given) and given.get("iss") != metadata["issuer"]:
        raise ProviderError("another provider answered")


def _exchange(
    client: httpx.Client,
    provider: Provider,
    metadata: Mapping[str, Any],
    question: Question,
    code: str,
    redirect_uri: str,
) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": question.verifier,
    }
    ways = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if "client_secret_basic" in ways:
        # RFC 6749, section 2.3.1: both are encoded before they are joined.
        auth = httpx.BasicAuth(quote(provider.client_id, safe=""), quote(provider.client_secret, safe=""))
        return _json(client, "POST", metadata["token_endpoint"], data=form, auth=auth)
    form |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    return _json(client, "POST", metadata["token_endpoint"], data=form)


def _keys(client: httpx.Client, metadata: Mapping[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(_get(client, metadata["jwks_uri"]))  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise AwayError("the provider's keys cannot be read") from error


def _claims(
    keys: KeySet, provider: Provider, question: Question, tokens: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """What the ID token says, once it is proven (OpenID Connect Core 1.0, section 3.1.3.7)."""
    try:
        token = jwt.decode(str(tokens.get("id_token", "")), keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
            },
            params={
                "nonce": question.nonce,
                "client_id": provider.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, ValueError, TypeError) as error:
        raise ProviderError(f"the ID token is not good: {error}") from error
    return dict(claims)


def _userinfo(
    client: httpx.Client, metadata: Mapping[str, Any], tokens: Mapping[str, Any], subject: str
) -> dict[str, Any]:
    """For providers that tell the address only here (OpenID Connect Core 1.0, section 5.3)."""
    there = str(metadata.get("userinfo_endpoint"))
    if not is_safe_address(there):
        return {}
    told = _get(client, there, headers={"Authorization": f"Bearer {tokens.get('access_token')}"})
    if told.get("sub") != subject:
        raise ProviderError("the user info is somebody else's")
    return told


def _identity(claims: Mapping[str, Any]) -> Identity:
    subject, email, name = (str(claims.get(claim) or "").replace("\x00", "") for claim in ("sub", "email", "name"))
    told = claims.get("email_verified")
    verified = told is True or told == "true"  # some write it as a text
    return Identity(str(claims["iss"]), subject, email, bool(email) and verified, name)


def _get(client: httpx.Client, address: str, **options: Any) -> dict[str, Any]:
    return _json(client, "GET", address, **options)


def _json(client: httpx.Client, method: str, address: str, **options: Any) -> dict[str, Any]:
    try:
        response = client.request(
            method, address, headers={"Accept": "application/json"} | options.pop("headers", {}), **options
        )
        told = response.json() if response.status_code == 200 else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise AwayError(f"no answer: {type(error).__name__}") from error
    if not isinstance(told, dict):
        raise AwayError(f"an answer that cannot be used: {response.status_code}")
    return told
