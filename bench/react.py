"""Form posts that give points and move a stage, through real actors; beside bare SQL writing the same rows."""

from __future__ import annotations

from collections.abc import Iterator

from bench import rates
from bench.advance import run, vacuum
from bench.place import database, workers
from bench.table import Line

SEED = """
    INSERT INTO leads (email, stage_since, created_at, updated_at)
    SELECT 'lead' || n || '@example.com', now(), now(), now() FROM generate_series(1, {leads}) AS n;
"""
# One for each lead, as a form post leaves it: a fact, and a row that says nobody reacted to it.
SUBMIT = """
    TRUNCATE events, pending_facts, score_entries, lead_clocks;
    UPDATE leads SET engagement = 0, engaged_at = NULL, stage = 'subscriber';
    INSERT INTO events (at, lead_id, kind, data) SELECT now(), id, 'form_submitted', '{"form": "guide"}' FROM leads;
    INSERT INTO pending_facts (event_id, at, lead_id) SELECT id, at, lead_id FROM events;
"""
_BARE = """
    WITH taken AS (
        DELETE FROM pending_facts WHERE event_id IN (
               SELECT event_id FROM pending_facts WHERE failed IS NULL ORDER BY event_id LIMIT 500
                  FOR UPDATE SKIP LOCKED) RETURNING event_id, at, lead_id
    ), entry AS (
        INSERT INTO score_entries (lead_id, at, rule, event_id, version, axis, points, lasting)
        SELECT lead_id, at, 'form', event_id, 1, 'engagement', 20, false FROM taken
    ), moved AS (
        UPDATE leads SET engagement = 20, engaged_at = at, stage = 'lead', stage_since = now(), updated_at = now()
          FROM taken WHERE leads.id = taken.lead_id RETURNING leads.id
    )
    INSERT INTO events (at, lead_id, kind, data)
    SELECT now(), id, 'stage_changed', '{"from": "subscriber", "to": "lead", "reason": "rule"}' FROM moved
"""


def measure(cluster_url: str, leads: int) -> Iterator[Line]:
    """Form posts per second that become points and a stage, by the rules an installation begins with."""
    with database(cluster_url, "bench_react") as (url, engine):
        run(engine, SEED.format(leads=leads))
        run(engine, SUBMIT)
        vacuum(engine, "leads", "events", "pending_facts")
        with workers(url, processes=2, threads=2, MAILER="mailbox"):
            ours = rates.by_rows(engine, "score_entries", leads)
        run(engine, SUBMIT)
        vacuum(engine, "leads", "events", "pending_facts")
        bare = rates.bare(url, _BARE)
    yield Line("react, form posts to score and stage", ours, "facts/s", bare, "bare SQL, the same rows")
