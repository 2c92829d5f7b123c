"""The demo business's own website: another origin than the service, as the sites of real customers are.

Run as a program: `python -m nurture_sequences.demo.site HOST`; the port is DEMO_PORT.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from html import escape
from socketserver import ThreadingMixIn
from string import Template
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from funnel import config
from funnel.config import Settings
from funnel.posted import CLICK_IDS, UTM
from nurture_sequences.demo.business import FORM, HERE, MAIL, NAME, PHONE, ROOFS, WORDINGS

FILES = {"/page.css": "text/css", "/page.js": "text/javascript", "/roof.svg": "image/svg+xml"}
#: browsers check `form-action` on the redirect to the thanks page, too
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "connect-src {service}; form-action 'self' {service}; frame-ancestors 'none'"
)

Start = Callable[[str, list[tuple[str, str]]], Any]


class Site:
    """The WSGI application; `service` is the address of the service that the form posts to."""

    def __init__(self, service: str) -> None:
        self.service = service
        parts = urlsplit(service)
        self.policy = POLICY.format(service=f"{parts.scheme}://{parts.netloc}")

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        status, kind, body = self.answer(environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        headers = [
            ("Content-Type", f"{kind}; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", self.policy),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def answer(self, path: str, query: str) -> tuple[str, str, bytes]:
        """Status, kind and body of one address."""
        if path in FILES:
            return "200 OK", FILES[path], (HERE / path[1:]).read_bytes()
        if path == "/":
            script = '<script src="/page.js" defer></script>'
            return "200 OK", "text/html", _page(f"{NAME}: what can your roof do?", self._guide(query), script)
        if path == "/thanks":
            return "200 OK", "text/html", _page(f"Thank you | {NAME}", _read("thanks.html"))
        return "404 Not Found", "text/html", _page(f"Not here | {NAME}", "<h1>There is nothing here.</h1>")

    def _guide(self, query: str) -> str:
        return Template(_read("guide.html")).substitute(
            action=escape(f"{self.service}/f/{FORM}"),
            roofs="".join(f"<option>{escape(roof)}</option>" for roof in ROOFS),
            mail=escape(WORDINGS[MAIL]),
            phone=escape(WORDINGS[PHONE]),
            hidden=_tracking(query),
        )


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Addresses of visitors belong in no log."""


def serve(settings: Settings, host: str) -> None:
    """Answer until the process is told to end."""
    try:
        server = make_server(host, settings.demo_port, Site(settings.public_url), _Server, _Quiet)
    except OSError as error:
        sys.exit(f"Port {settings.demo_port} cannot be used: {error.strerror}. Choose another with DEMO_PORT.")
    with server:
        server.serve_forever()


def _tracking(query: str) -> str:
    """What brought the visitor here, handed on by the plain form; the script reads it from the address."""
    told = [(name, value) for name, value in parse_qsl(query) if name in (*UTM, *CLICK_IDS)]
    return "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in told)


def _page(title: str, main: str, script: str = "") -> bytes:
    return Template(_read("page.html")).substitute(title=escape(title), main=main, script=script).encode()


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    serve(config.load(os.environ), sys.argv[1])
