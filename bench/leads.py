"""A million leads: every order, search and filter of the list, through the API in process; beside what was promised."""

from __future__ import annotations

import io
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Engine, text

from bench.place import KEYS, database
from bench.table import Line
from funnel import config
from funnel.context import Context
from funnel.crm import tokens

#: milliseconds at the 95th percentile
PROMISED = 200.0
TIMES = 30
FIRST = ("Hélène", "Jean", "Marie", "Omar", "Lena", "José", "Zoë", "Paul", "Søren", "Łukasz", "Noor", "Yuki")
FAMILY = ("Dupont", "Moreau", "Kowalski", "Nguyen", "García", "Müller", "Rossi", "Haddad", "Novák", "Okafor")
COMPANIES = ("Acme", "Globex", "Initech", "Umbrella", "Nadir", "Zenith", "Hélios", "Meridian", "Kestrel")
CITIES = ("Lyon", "Nantes", "Lille", "Genève", "Liège", "Montréal", "Dakar", "Tunis", "Bâle", "Namur")
STAGES = (("subscriber", 70), ("lead", 20), ("marketing-qualified", 7), ("sales-qualified", 2), ("customer", 1))
TAGS = (("newsletter", 0.5), ("fair", 0.1), ("vip", 0.01), ("partner", 0.0005))

_AFTER = """
    INSERT INTO consents (lead_id, purpose, action, permits_mail, channel, at)
    SELECT id, 'newsletter', CASE WHEN id % 10 = 0 THEN 'withdrawn' ELSE 'granted' END, true, 'form', created_at
      FROM leads WHERE id % 10 < 7;
    INSERT INTO touches (lead_id, source, campaign, at)
    SELECT id, CASE WHEN id % 3 = 0 THEN 'google' ELSE 'linkedin' END,
           CASE WHEN id % 1000 = 0 THEN 'rare' WHEN id % 5 = 0 THEN 'spring' END, created_at FROM leads;
    UPDATE lead_ranks SET active_at = active_at + (lead_id % 5000) * interval '1 minute';
"""


def measure(cluster_url: str, leads: int) -> Iterator[Line]:
    """Answers of the API as its callers get them, at the 95th percentile of 30 questions of a kind."""
    with database(cluster_url, "bench_leads") as (url, engine):
        _load(engine, url, leads)
        ask = _caller(url)
        for name, questions in _questions().items():
            found = [_milliseconds(ask, questions[n % len(questions)]) for n in range(TIMES)]
            p95 = statistics.quantiles(found, n=20)[-1]
            yield Line(f"leads, {name}", p95, f"ms (median {statistics.median(found):.1f})", PROMISED, "promised")


def _questions() -> dict[str, list[str]]:
    """Of each kind, what is asked in turn."""
    since = (datetime.now(UTC) - timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "list, newest": [""],
        "oldest": ["sort=oldest"],
        "by name": ["sort=name"],
        "by activity": ["sort=activity"],
        "by score": ["sort=score"],
        "search, common words": [f"search={word}" for word in ("helene", "dupont", "acme", "lyon", "example")],
        "search, two words": [f"search={word}" for word in ("helene+dupont", "omar+tunis", "zoe+nadir")],
        "search, rare words": [f"search=person{n * 7919}%40" for n in range(1, 11)],
        "search, absent words": [f"search={word}" for word in ("xylophone", "qqqqq", "zzyzx+dupont")],
        "search, one and two letters": [f"search={word}" for word in ("h", "zo", "qz", "ne")],
        "search, telephone": ["search=%2B33+6+12+34+50", "search=0612345678"],
        "search, by name": ["search=dupont&sort=name", "search=xylophone&sort=name"],
        "stage, common and rare": ["stage=subscriber", "stage=customer", "stage=customer&stage=sales-qualified"],
        "tags, common and rare": ["tag=newsletter", "tag=partner", "tag=vip&no_tag=fair", "any_tag=vip&any_tag=fair"],
        "campaign, source": ["campaign=rare", "campaign=spring", "source=google", "campaign=never"],
        "may mail, may not": ["may_mail=true", "may_mail=false"],
        "came lately": [f"created_since={since}", f"created_since={since}&sort=name"],
        "score from, to": ["score_min=60", "score_min=20&score_max=25", "score_min=99999", "score_min=30&sort=score"],
        "several at once": ["search=acme&stage=lead&tag=newsletter&may_mail=true&sort=score"],
        "condition": ['condition={"all":[{"tag":"vip"},{"field":{"key":"size","at_least":400}}]}'],
    }


def _milliseconds(ask: Callable[[str], Any], query: str) -> float:
    started = time.perf_counter()
    answer = ask(query)
    taken = (time.perf_counter() - started) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{query}: {answer.get_data(as_text=True)}")
    return taken


def _caller(url: str) -> Callable[[str], Any]:
    import wsgi

    settings = config.load({"DATABASE_URL": url, "FUNNEL_HOME": "/nonexistent", **KEYS})
    context = Context.open(settings, connections=1)
    with context.database.transaction() as session:
        token = tokens.add(session, "bench", ["leads:read"], context.wall())
    client = wsgi.compose(settings, context).test_client()
    headers = {"Authorization": f"Bearer {token}"}
    return lambda query: client.get(f"/api/v1/leads?{query}", headers=headers)


def _load(engine: Engine, url: str, leads: int) -> None:
    """By COPY, the points and ranks included, as the engine would have left them."""
    raw = engine.raw_connection()
    with raw.cursor() as cursor:
        columns = "email, fields, tags, stage, stage_since, fit, created_at, updated_at"
        cursor.copy_expert(f"COPY leads ({columns}) FROM STDIN", _Rows(_rows(leads)))
    raw.commit()
    raw.close()
    with engine.begin() as connection:
        for statement in filter(str.strip, _AFTER.split(";")):
            connection.execute(text(statement))
        _rank(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _rank(connection: Any) -> None:
    """Half of the leads have engagement, of any age; marks are made as `Decay.mark` makes them."""
    lift = _decay(connection).lift(datetime.now(UTC))
    connection.execute(text("UPDATE lead_ranks r SET fit = leads.fit FROM leads WHERE leads.id = r.lead_id"))
    connection.execute(
        text("""
            UPDATE lead_ranks SET mark = :lift + ln(1 + lead_id * 7919 % 100) / ln(2) - (lead_id * 31 % 3000) / 100.0
             WHERE lead_id % 2 = 0
        """),
        {"lift": lift},
    )


def _decay(connection: Any) -> Any:
    from sqlalchemy.orm import Session

    from funnel.crm.subjects import ladder_and_decay

    return ladder_and_decay(Session(connection))[1]


def _rows(leads: int) -> Iterator[str]:
    chance = random.Random(7)
    now = datetime.now(UTC)
    stages, weights = zip(*STAGES, strict=True)
    for number in range(leads):
        first, family = chance.choice(FIRST), chance.choice(FAMILY)
        fields = {
            "first_name": first,
            "last_name": family,
            "company": f"{chance.choice(COMPANIES)} {number % 5000}",
            "city": chance.choice(CITIES),
            "phone": f"+33 6 {number % 90 + 10} {number // 90 % 90 + 10} {number // 8100 % 90 + 10} 78",
            "size": number % 500,
        }
        tags = "{" + ",".join(tag for tag, share in TAGS if chance.random() < share) + "}"
        at = (now - timedelta(minutes=leads - number)).isoformat()
        stage = chance.choices(stages, weights)[0]
        told = orjson.dumps(fields).decode().replace("\\", "\\\\")
        yield f"person{number}@example{number % 300}.com\t{told}\t{tags}\t{stage}\t{at}\t{number % 37}\t{at}\t{at}\n"


class _Rows(io.TextIOBase):
    """What COPY reads, without the whole of it in memory."""

    def __init__(self, rows: Iterator[str]) -> None:
        self._rows, self._rest = rows, ""

    def read(self, size: int | None = -1) -> str:
        parts, length = [self._rest], len(self._rest)
        while size is None or size < 0 or length < size:
            row = next(self._rows, None)
            if row is None:
                break
            parts.append(row)
            length += len(row)
        whole = "".join(parts)
        end = len(whole) if size is None or size < 0 else size
        self._rest = whole[end:]
        return whole[:end]
