"""Mail that is due leaves through real workers, counted at the sink; beside posting ready-made mails to it."""

from __future__ import annotations

import contextlib
import http.client
import multiprocessing
import os
import pty
import re
import shutil
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import orjson
from sqlalchemy import Engine, text

from bench.advance import run, vacuum
from bench.place import ROOT, database, workers
from bench.table import Line
from tests.servers.group import free_port

TEXT = "Hello {{ lead.first_name }},\n\n" + "here are three ideas for your roof this spring. " * 12 + "\n\nThe team\n"
DOCUMENT = {
    "key": "mails",
    "steps": [
        {"id": "hello", "email": {"subject": "Ideas for {{ lead.first_name }}", "text": TEXT}},
        {"id": "breathe", "wait": {"for": "30 days"}},
    ],
}
_SEED = """
    INSERT INTO sequences (key, status, draft, live_number, created_at, updated_at)
    VALUES ('mails', 'live', '{document}', 1, now(), now());
    INSERT INTO versions (sequence_id, number, document, published_at) SELECT id, 1, draft, now() FROM sequences;
    INSERT INTO leads (email, fields, stage_since, created_at, updated_at)
    SELECT 'lead' || n || '@example.com', jsonb_build_object('first_name', 'Lena' || n), now(), now(), now()
      FROM generate_series(1, {mails}) AS n;
    INSERT INTO consents (lead_id, purpose, action, permits_mail, channel, at)
    SELECT id, 'email_marketing', 'granted', true, 'form', now() FROM leads;
    INSERT INTO enrollments (sequence_id, version_id, lead_id, step, visit, entered_at, due_at, held, started_at)
    SELECT s.id, v.id, l.id, 'hello', 1, now(), 'infinity', 'message', now() FROM sequences s, versions v, leads l;
    INSERT INTO messages (id, occasion, address, lead_id, enrollment_id, version_id, step, purpose, due_at, queued_at)
    SELECT gen_random_uuid(), 'visit:' || e.id || ':1', l.email, l.id, e.id, e.version_id, 'hello', 'marketing',
           now() + interval '1 hour', now() FROM enrollments e JOIN leads l ON l.id = e.lead_id;
"""


def measure(cluster_url: str, mails: int) -> Iterator[Line]:
    """Mails per second counted at an HTTP sink (one mail a request) and at an SMTP sink."""
    with http_sink() as (port, count):
        settings = {"SENDGRID_API_KEY": "SG.bench", "SENDGRID_HOST": f"http://127.0.0.1:{port}"}
        ours = _through_workers(cluster_url, mails, count, settings)
        yield Line(
            "SendGrid hand-over, one mail a request",
            ours,
            "mails/s",
            _in_two(_post_ready_made, port, count),
            "ready-made requests",
        )
    if shutil.which("smtp-sink"):
        with smtp_sink() as (port, count):
            settings = {"SMTP_URL": f"smtp://127.0.0.1:{port}?starttls=never"}
            ours = _through_workers(cluster_url, mails, count, settings)
            yield Line(
                "SMTP hand-over",
                ours,
                "mails/s",
                _in_two(_send_ready_made, port, count),
                "smtplib, ready-made messages",
            )


def _through_workers(cluster_url: str, mails: int, count: Callable[[], int], settings: dict[str, str]) -> float:
    with database(cluster_url, "bench_deliver") as (url, engine):
        run(engine, _SEED.format(document=orjson.dumps(DOCUMENT).decode().replace("'", "''"), mails=mails))
        vacuum(engine, "leads", "consents", "enrollments", "messages")
        with workers(url, processes=2, threads=3, **settings):
            time.sleep(3)
            before = count()
            run(engine, "UPDATE messages SET due_at = now()")
            rate = _rate(count, before, mails)
            _check(engine, mails, count, before)
    return rate


def _rate(count: Callable[[], int], before: int, mails: int) -> float:
    """Mails per second between the first tenth and nine tenths of them, by the sink's own counter."""
    marks: list[tuple[float, int]] = []
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        marks.append((time.monotonic(), count() - before))
        if marks[-1][1] >= mails:
            break
        time.sleep(0.02)
    first = next((mark for mark in marks if mark[1] >= mails * 0.1), None)
    if first is None:
        raise RuntimeError(f"{marks[-1][1]} of {mails} mails reached the sink in {marks[-1][0] - marks[0][0]:.0f} s")
    last = next((mark for mark in marks if mark[1] >= mails * 0.9), marks[-1])
    return (last[1] - first[1]) / max(last[0] - first[0], 1e-9)


def _check(engine: Engine, mails: int, count: Callable[[], int], before: int) -> None:
    """Sent is what the sink counted; a bench that cheats is worth nothing."""
    deadline = time.monotonic() + 30
    accepted = 0
    while time.monotonic() < deadline and accepted < mails:
        with engine.connect() as connection:
            accepted = connection.execute(text("SELECT count(*) FROM messages WHERE status = 'accepted'")).scalar() or 0
        time.sleep(0.2)
    if not accepted == mails == count() - before:
        raise RuntimeError(f"{mails} due, {accepted} accepted, {count() - before} at the sink")


@contextmanager
def http_sink() -> Iterator[tuple[int, Callable[[], int]]]:
    port = free_port()
    command = [sys.executable, "-m", "bench.http_sink", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)

    def count() -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/")
        return int(connection.getresponse().read())

    try:
        _until_it_answers(count)
        yield port, count
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def smtp_sink() -> Iterator[tuple[int, Callable[[], int]]]:
    """Postfix's own sink, in C; its running counter is read from the terminal it believes to write to."""
    port = free_port()
    terminal, its_end = pty.openpty()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen(["smtp-sink", *user, "-c", f"127.0.0.1:{port}", "1000"], stdout=its_end)
    seen = [0]
    threading.Thread(target=_read_counter, args=(terminal, seen), daemon=True).start()
    try:
        _until_it_answers(lambda: smtplib.SMTP("127.0.0.1", port).quit())
        yield port, lambda: seen[0]
    finally:
        process.kill()
        process.wait()
        os.close(its_end)


def _read_counter(terminal: int, seen: list[int]) -> None:
    """Always, or the sink would wait for room to print."""
    with contextlib.suppress(OSError):  # the other end was closed
        while printed := os.read(terminal, 65536):
            numbers = re.findall(rb"mesg=(\d+)\r", printed)
            seen[0] = int(numbers[-1]) if numbers else seen[0]
    os.close(terminal)


def _until_it_answers(ask: Callable[[], object]) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            ask()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _in_two(loop: Callable[[tuple[int, float]], int], port: int, count: Callable[[], int]) -> float:
    """Two processes for five seconds, counted at the sink."""
    before, seconds = count(), 5.0
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        posted = sum(pool.map(loop, [(port, seconds)] * 2))
    if posted > count() - before:
        raise RuntimeError(f"{posted} posted, {count() - before} at the sink")
    return posted / seconds


def _post_ready_made(task: tuple[int, float]) -> int:
    port, seconds = task
    body = orjson.dumps(
        {
            "from": {"email": "hello@funnel.example"},
            "personalizations": [{"to": [{"email": "lead@example.com"}], "custom_args": {"mid": "0" * 36}}],
            "subject": "Ideas",
            "content": [{"type": "text/plain", "value": TEXT}],
        }
    )
    connection, posted, end = http.client.HTTPConnection("127.0.0.1", port), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        connection.request("POST", "/v3/mail/send", body, {"Content-Type": "application/json", "Authorization": "x"})
        connection.getresponse().read()
        posted += 1
    return posted


def _send_ready_made(task: tuple[int, float]) -> int:
    port, seconds = task
    message = f"From: hello@funnel.example\r\nTo: lead@example.com\r\nSubject: Ideas\r\n\r\n{TEXT}".encode()
    connection, sent, end = smtplib.SMTP("127.0.0.1", port), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        connection.sendmail("hello@funnel.example", ["lead@example.com"], message)
        sent += 1
    return sent
