"""Settings: one frozen value read from the environment; a bad value stops the start with one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from funnel.embedded import embedded_url


class SettingsError(ValueError):
    """A setting is missing or wrong; the message is one line that says what to do."""


@dataclass(frozen=True)
class Provider:
    """The identity provider at which people may sign in, by OpenID Connect."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    #: of addresses whose owners come in uninvited, as viewers
    domains: frozenset[str]
    #: what the button calls it
    name: str


@dataclass(frozen=True)
class Settings:
    """Everything the environment decides. Durations are seconds of wall time."""

    home: Path
    database_url: str
    database_embedded: bool
    broker_url: str | None
    public_url: str
    port: int
    #: of the demo business's landing page, which is another website
    demo_port: int
    secret_keys: tuple[bytes, ...]
    fingerprint_key: bytes
    mailer: str
    mail_from: str
    mail_redirect_to: str | None
    mail_cap_per_day: int | None
    sendgrid_api_key: str | None
    sendgrid_host: str
    sendgrid_webhook_key: str | None
    smtp_url: str | None
    #: None: people sign in with a password of ours
    provider: Provider | None
    trusted_proxies: int
    #: requests of the API a minute; 0 is no limit
    rate_per_token: int
    rate_per_user: int
    rate_per_network: int
    log_format: str
    web_processes: int
    worker_processes: int
    worker_threads: int
    #: bytes that a file of people may have
    import_max_bytes: int
    handout_seconds: float
    send_seconds: float
    unknown_grace_seconds: float
    catch_up_seconds: float
    poll_seconds: float
    form_seconds: float
    #: private networks that webhooks may call
    outgoing_allow: tuple[IPv4Network | IPv6Network, ...]


def load(environ: Mapping[str, str]) -> Settings:
    """Read the settings; a value kept in `FUNNEL_HOME/keys.env` stands in for a missing key.

    Raises SettingsError with one line for the operator.
    """
    read = _Reader(environ)
    home = home_of(environ)
    read.keep(_kept_keys(home))
    port = read.whole("PORT", 8000, 1, 65535)
    database_url = read.optional("DATABASE_URL")
    sendgrid_api_key, smtp_url = read.optional("SENDGRID_API_KEY"), read.optional("SMTP_URL")
    return Settings(
        home=home,
        database_url=_psycopg2_url(database_url) if database_url else embedded_url(home / "pg"),
        database_embedded=not database_url,
        broker_url=_broker_url(read.optional("BROKER_URL")),
        public_url=_public_url(read.text("PUBLIC_URL", f"http://127.0.0.1:{port}")),
        port=port,
        demo_port=read.whole("DEMO_PORT", port + 1 if port < 65535 else port - 1, 1, 65535),
        secret_keys=_secret_keys(read.optional("SECRET_KEY")),
        fingerprint_key=_key("FINGERPRINT_KEY", read.optional("FINGERPRINT_KEY")),
        mailer=read.choice("MAILER", _default_mailer(sendgrid_api_key, smtp_url), ("mailbox", "smtp", "sendgrid")),
        mail_from=read.text("MAIL_FROM", "Funnel <hello@funnel.example>"),
        mail_redirect_to=read.optional("MAIL_REDIRECT_TO"),
        mail_cap_per_day=read.whole("MAIL_CAP_PER_DAY", 0, 0, 1000) or None,
        sendgrid_api_key=sendgrid_api_key,
        sendgrid_host=read.text("SENDGRID_HOST", "https://api.sendgrid.com").rstrip("/"),
        sendgrid_webhook_key=read.optional("SENDGRID_WEBHOOK_KEY"),
        smtp_url=smtp_url,
        provider=_provider(read),
        trusted_proxies=read.whole("TRUSTED_PROXIES", 0, 0, 10),
        rate_per_token=read.whole("RATE_PER_TOKEN", 1200, 0, 1_000_000),
        rate_per_user=read.whole("RATE_PER_USER", 1200, 0, 1_000_000),
        rate_per_network=read.whole("RATE_PER_NETWORK", 120, 0, 1_000_000),
        log_format=read.choice("LOG_FORMAT", "json", ("json", "text")),
        web_processes=read.whole("WEB_PROCESSES", 2, 1, 64),
        worker_processes=read.whole("WORKER_PROCESSES", 1, 1, 64),
        worker_threads=read.whole("WORKER_THREADS", 4, 1, 64),
        import_max_bytes=read.whole("IMPORT_MAX_MB", 200, 1, 4000) * 1024 * 1024,
        handout_seconds=read.number("HANDOUT_SECONDS", 120, 0.5),
        send_seconds=read.number("SEND_SECONDS", 30, 0.1),
        unknown_grace_seconds=read.number("UNKNOWN_GRACE_SECONDS", 900, 0),
        catch_up_seconds=read.number("CATCH_UP_SECONDS", 86400, 60),
        poll_seconds=read.number("POLL_SECONDS", 1, 0.01),
        form_seconds=read.number("FORM_SECONDS", 2, 0),
        outgoing_allow=_networks(read.optional("OUTGOING_ALLOW")),
    )


def home_of(environ: Mapping[str, str]) -> Path:
    """The folder this installation writes to."""
    return Path(_Reader(environ).text("FUNNEL_HOME", "var")).expanduser().absolute()


class _Reader:
    """Values by name, with the error that names the variable."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = dict(environ)

    def keep(self, kept: Mapping[str, str]) -> None:
        for name, value in kept.items():
            if not self.environ.get(name):
                self.environ[name] = value

    def optional(self, name: str) -> str | None:
        return self.environ.get(name, "").strip() or None

    def text(self, name: str, default: str) -> str:
        return self.optional(name) or default

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise SettingsError(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
        return value

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise SettingsError(f"{name} must be a whole number from {least} to {most}, not {value!r}.")
        return int(value)

    def number(self, name: str, default: float, least: float) -> float:
        value = self.text(name, str(default))
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not least <= number < float("inf"):
            raise SettingsError(f"{name} must be a number of seconds, {least} or more, not {value!r}.")
        return number


def is_safe_address(url: str) -> bool:
    """Whether what is sent there stays between us and them: https, or a server on this very machine."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))
    )


def _provider(read: _Reader) -> Provider | None:
    issuer = read.optional("OIDC_ISSUER")
    if issuer is None:
        return None
    client_id, client_secret = read.optional("OIDC_CLIENT_ID"), read.optional("OIDC_CLIENT_SECRET")
    if not client_id or not client_secret:
        raise SettingsError("OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET: the provider gives them out.")
    if not is_safe_address(issuer) or urlsplit(issuer).query or urlsplit(issuer).fragment:
        raise SettingsError(f"OIDC_ISSUER must look like https://login.example.com, not {issuer!r}.")
    domains = frozenset(one.strip().lower() for one in read.text("OIDC_DOMAINS", "").split(",") if one.strip())
    if wrong := sorted(one for one in domains if "@" in one or "." not in one):
        raise SettingsError(f"OIDC_DOMAINS is a list of domains like example.com, not {', '.join(wrong)}.")
    name = read.text("OIDC_NAME", urlsplit(issuer).hostname or issuer)
    return Provider(issuer, client_id, client_secret, domains, name)


def _kept_keys(home: Path) -> dict[str, str]:
    try:
        lines = (home / "keys.env").read_text().splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"{home / 'keys.env'} cannot be read: {error.strerror}.") from None
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def _psycopg2_url(url: str) -> str:
    """SQLAlchemy 2.1 reads a bare `postgresql://` as psycopg 3; the project's driver is psycopg2."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("postgresql", "postgres", "postgresql+psycopg2"):
        raise SettingsError("DATABASE_URL must look like postgresql://user:password@host:5432/name.")
    return f"postgresql+psycopg2://{rest}"


def _broker_url(url: str | None) -> str | None:
    if url and urlsplit(url).scheme not in ("amqp", "amqps", "redis", "rediss"):
        raise SettingsError("BROKER_URL must start with amqp:// (RabbitMQ) or redis://; leave it empty for none.")
    return url


def _public_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(f"PUBLIC_URL must look like https://funnel.example.com, not {url!r}.")
    return url.rstrip("/")


def _secret_keys(value: str | None) -> tuple[bytes, ...]:
    return tuple(_key("SECRET_KEY", part.strip()) for part in (value or "").split(",") if part.strip()) or (
        _key("SECRET_KEY", None),
    )


def _key(name: str, value: str | None) -> bytes:
    if not value:
        raise SettingsError(f"{name} is not set: give at least 32 random characters, or run `funnel up` once.")
    if len(value) < 32:
        raise SettingsError(f"{name} is too short: each key needs at least 32 random characters.")
    return value.encode()


def _networks(value: str | None) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in (value or "").split(",") if part.strip())
    except ValueError:
        raise SettingsError(f"OUTGOING_ALLOW must be networks like 10.0.0.0/8,192.168.1.7/32, not {value!r}.") from None


def _default_mailer(sendgrid_api_key: str | None, smtp_url: str | None) -> str:
    return "sendgrid" if sendgrid_api_key else "smtp" if smtp_url else "mailbox"
