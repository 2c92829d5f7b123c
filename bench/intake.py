"""Form posts over HTTP; beside the same server answering a constant, and a bare loop that makes the same inserts."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg2
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bench.place import KEYS, ROOT, database
from bench.table import Line
from funnel.crm import forms, leads
from funnel.crm.leads import Capture
from funnel.crm.touches import Touched
from funnel.hints import libpq_url
from funnel.schemas.form import FormIn

CONNECTIONS = 32
FORM = {
    "key": "bench",
    "name": "Bench",
    "fields": [
        {"key": "email", "label": "Email", "type": "email", "required": True},
        {"key": "first_name", "label": "First name"},
        {"key": "last_name", "label": "Last name"},
        {"key": "company", "label": "Company"},
    ],
    "consents": [{"purpose": "newsletter", "wording": "Send me the newsletter."}],
}
# Every post is a new person, as on a landing page; a script of its own for each thread of wrk.
_POST = """
local n, me = 0, tostring({}):sub(-7)
request = function()
  n = n + 1
  local body = '{"email":"' .. me .. n .. '@example.com","first_name":"Jane","last_name":"Doe","company":"Acme",'
    .. '"newsletter":true,"tz":"Europe/Paris","page_url":"https://shop.example/offer?utm_source=ad&utm_campaign=may"}'
  return wrk.format("POST", "/f/bench", {["Content-Type"] = "application/json"}, body)
end
"""


@dataclass(frozen=True)
class Load:
    """What wrk saw: answers in a second, and the 99th percentile in milliseconds."""

    rate: float
    p99: float


def measure(cluster_url: str, *, seconds: int = 8, port: int = 8377) -> Iterator[Line]:
    """Submissions per second at 32 connections, durable commits, load generator and database on the same machine."""
    if shutil.which("wrk") is None:
        raise RuntimeError("The intake bench needs wrk: apt install wrk.")
    with database(cluster_url, "bench_intake") as (url, engine):
        _make_form(engine)
        with _server(url, port):
            _wrk(port, "/f/bench", 2, _POST)
            ours = _wrk(port, "/f/bench", seconds, _POST)
            constant = _wrk(port, "/healthz", seconds)
        bare = _bare(url, seconds)
    yield Line(f"intake, {CONNECTIONS} connections", ours.rate, "submissions/s", bare, "bare psycopg2, same inserts")
    yield Line("intake, beside a constant", ours.rate, "submissions/s", constant.rate, "the same server's /healthz")
    yield Line("intake, 99th percentile", ours.p99, "ms")


def _make_form(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        forms.create_form(session, FormIn().load(FORM), datetime.now(UTC))


@contextmanager
def _server(url: str, port: int) -> Iterator[None]:
    """The web processes as `funnel up` starts them."""
    command = [sys.executable, "-m", "funnel.serve", "wsgi:application", "--host", "127.0.0.1"]
    with tempfile.TemporaryDirectory(prefix="funnel-bench-home-") as home:
        environment = {**os.environ, **KEYS, "DATABASE_URL": url, "FUNNEL_HOME": home, "PORT": str(port)}
        with (Path(home) / "web.log").open("wb") as log:
            server = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
            try:
                _wait_ready(port)
                yield
            finally:
                os.killpg(server.pid, signal.SIGTERM)
                server.wait(20)


def _wait_ready(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError("the web server did not come up")


def _wrk(port: int, path: str, seconds: int, script: str = "") -> Load:
    """Raises RuntimeError when an answer was no success: a fast refusal is not a figure."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as lua:
        lua.write(script)
        lua.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", lua.name]
        out = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True)
    if "Non-2xx" in out.stdout or "Socket errors" in out.stdout:
        raise RuntimeError(out.stdout)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out.stdout)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", out.stdout)
    if rate is None or p99 is None:
        raise RuntimeError(out.stdout)
    return Load(float(rate[1]), float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]])


def _bare(url: str, seconds: float) -> float:
    """The statement of the capture alone, committed by the database, from as many processes as request threads."""
    with multiprocessing.get_context("spawn").Pool(8) as pool:
        counts = pool.starmap(_bare_loop, [(url, seconds)] * 8)
    return sum(counts) / seconds


def _bare_loop(url: str, seconds: float) -> int:
    connection = psycopg2.connect(libpq_url(url))
    connection.autocommit = True
    done, deadline = 0, time.monotonic() + seconds
    with connection.cursor() as cursor:
        cursor.execute(leads.CAPTURE.prepare)
        while time.monotonic() < deadline:
            cursor.execute(leads.CAPTURE.run, leads.parameters(_capture(), datetime.now(UTC)))
            done += 1
    return done


def _capture() -> Capture:
    submission = uuid4()
    values = {"email": f"{submission}@example.com", "first_name": "Jane", "last_name": "Doe", "company": "Acme"}
    touch = Touched(source="ad", campaign="may", page="https://shop.example/offer?utm_source=ad&utm_campaign=may")
    agreed = {"newsletter": "Send me the newsletter."}
    return Capture(submission, 1, "bench", 1, values["email"], values, agreed, ["newsletter"], touch=touch)
