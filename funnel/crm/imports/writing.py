"""One stretch of an import becomes leads: new ones and changed ones. Set-based.

The caller walks the stretches in the order of addresses, each in a transaction of its own. The people of a stretch are
gathered in a temporary table, which the statements here and in the rooms beside this one join; who is new is said by
the leads' constraint, what changed by comparing the whole row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm.lead_stages import HOLD
from funnel.importing.cells import NO, STRENGTH
from funnel.models import Import

_DROP = text("DROP TABLE IF EXISTS pg_temp.import_batch")
# The first row of each address, and the strongest that any of its rows says about mail.
_GATHER = text("""
    CREATE TEMPORARY TABLE import_batch ON COMMIT DROP AS
    SELECT rows.email, rows.said, lead.id AS lead_id, false AS is_new, told, told->'fields' AS fields,
           told->>'stage' AS stage, told->>'zone' AS zone, told->>'locale' AS locale,
           CASE WHEN told ? 'tags' THEN CAST(:tags AS text[]) || ARRAY(
               SELECT tag FROM jsonb_array_elements_text(told->'tags') WITH ORDINALITY AS t (tag, n)
                WHERE tag <> ALL (CAST(:tags AS text[])) ORDER BY n) ELSE CAST(:tags AS text[]) END AS tags
      FROM (SELECT email, line, told, max(said) OVER (PARTITION BY email) AS said,
                   row_number() OVER (PARTITION BY email ORDER BY line) AS nth
              FROM import_rows WHERE import_id = :import AND email > :after AND email <= :upto) AS rows
      LEFT JOIN leads lead ON lead.email = rows.email
     WHERE nth = 1
""")
_ADD = text("""
    WITH added AS (
        INSERT INTO leads (email, fields, tags, stage, stage_since, stage_held_until, zone, locale, created_at,
                           updated_at)
        SELECT email, fields, tags, coalesce(stage, 'subscriber'), :now,
               CASE WHEN stage IS NOT NULL THEN CAST(:held_until AS timestamptz) END, zone, locale,
               coalesce(CAST(told->>'created_at' AS timestamptz), :now), :now
          FROM import_batch WHERE lead_id IS NULL ORDER BY email
            ON CONFLICT (email) DO NOTHING
        RETURNING id, email
    )
    UPDATE import_batch SET lead_id = added.id, is_new = true FROM added WHERE import_batch.email = added.email
""")
# Somebody else made them leads in this moment.
_FIND = text(
    "UPDATE import_batch b SET lead_id = lead.id FROM leads lead WHERE b.lead_id IS NULL AND lead.email = b.email"
)
_LOCK = text("""
    SELECT id FROM leads WHERE id IN (SELECT lead_id FROM import_batch WHERE NOT is_new) ORDER BY id FOR NO KEY UPDATE
""")
# What a known lead comes to, by policy; empty texts and nulls are as good as nothing.
_CHANGED = """
    known AS (
        SELECT lead.id, lead.fields, lead.tags, lead.stage, lead.zone, lead.locale,
               CASE WHEN :overwrite THEN lead.fields || batch.fields
                    WHEN CAST(lead.fields AS text) !~ ': (""|null)' THEN batch.fields || lead.fields
                    ELSE lead.fields || batch.fields || coalesce((
                         SELECT jsonb_object_agg(key, value) FROM jsonb_each(lead.fields)
                          WHERE value NOT IN ('null', '""')), '{}') END AS new_fields,
               CASE WHEN :replace AND batch.told ? 'tags' THEN batch.tags
                    WHEN batch.tags <@ lead.tags THEN lead.tags
                    ELSE lead.tags || ARRAY(SELECT tag FROM unnest(batch.tags) WITH ORDINALITY AS t (tag, n)
                                             WHERE tag <> ALL (lead.tags) ORDER BY n) END AS new_tags,
               CASE WHEN :overwrite THEN coalesce(batch.stage, lead.stage) ELSE lead.stage END AS new_stage,
               CASE WHEN :overwrite THEN coalesce(batch.zone, lead.zone) ELSE coalesce(lead.zone, batch.zone)
                END AS new_zone,
               CASE WHEN :overwrite THEN coalesce(batch.locale, lead.locale) ELSE coalesce(lead.locale, batch.locale)
                END AS new_locale
          FROM import_batch batch JOIN leads lead ON lead.id = batch.lead_id WHERE NOT batch.is_new
    ), changed AS (
        SELECT * FROM known WHERE fields <> new_fields OR tags <> new_tags OR stage <> new_stage
            OR zone IS DISTINCT FROM new_zone OR locale IS DISTINCT FROM new_locale
    )"""
_CHANGE = text(f"""
    WITH {_CHANGED}
    UPDATE leads SET fields = new_fields, tags = new_tags, zone = new_zone, locale = new_locale, stage = new_stage,
           stage_since = CASE WHEN leads.stage <> new_stage THEN :now ELSE leads.stage_since END,
           stage_held_until = CASE WHEN leads.stage <> new_stage THEN CAST(:held_until AS timestamptz)
                                   ELSE leads.stage_held_until END,
           updated_at = :now
      FROM changed WHERE leads.id = changed.id
    RETURNING leads.id, changed.stage, new_stage,
              ARRAY(SELECT key FROM jsonb_each(new_fields) WHERE changed.fields->key IS DISTINCT FROM value
                     ORDER BY key) AS keys,
              array_remove(ARRAY[CASE WHEN changed.zone IS DISTINCT FROM new_zone THEN 'zone' END,
                                 CASE WHEN changed.locale IS DISTINCT FROM new_locale THEN 'locale' END], NULL)
                  AS columns,
              ARRAY(SELECT tag FROM unnest(new_tags) AS tag WHERE tag <> ALL (changed.tags)) AS added,
              ARRAY(SELECT tag FROM unnest(changed.tags) AS tag WHERE tag <> ALL (new_tags)) AS removed
""")
_DRY = text(f"""
    WITH {_CHANGED}
    SELECT count(*) FILTER (WHERE lead_id IS NULL) AS new, count(lead_id) AS known,
           (SELECT count(*) FROM changed WHERE :touches_known) AS updated,
           count(*) FILTER (WHERE said >= {STRENGTH[NO]}) AS refusing
      FROM import_batch
""")
_NEW = text("SELECT lead_id FROM import_batch WHERE is_new ORDER BY lead_id")
_TOUCH = text("""
    INSERT INTO touches (lead_id, source, medium, at)
    SELECT lead.id, batch.told->>'source', 'import', lead.created_at
      FROM import_batch batch JOIN leads lead ON lead.id = batch.lead_id
     WHERE batch.is_new AND batch.told ? 'source' ORDER BY lead.id
""")


@dataclass(frozen=True)
class Written:
    """What a stretch came to, by lead ids."""

    new: Sequence[int]
    #: were leads before
    known: Sequence[int]
    #: of these: id, stage, new_stage, changed keys and columns, added and removed tags
    changed: Sequence[Any]


@dataclass(frozen=True)
class Counts:
    """What a dry run of a stretch would do."""

    new: int
    updated: int
    unchanged: int
    #: of all these: how many say no to mail
    refusing: int


def way(one: Import, now: datetime) -> dict[str, Any]:
    """How leads are written, as the import says (`now` is engine time). A stage of the file holds like one by hand."""
    return {
        "tags": list(dict.fromkeys(one.tags)),
        "overwrite": one.policy == "overwrite",
        "touches_known": one.policy != "new",
        "replace": one.tagging == "replace",
        "now": now,
        "held_until": now + HOLD,
    }


def gather(session: Session, where: Mapping[str, Any], way: Mapping[str, Any]) -> None:
    """Put the people of this stretch (`staging.stretch`) into the table that all else joins."""
    session.execute(_DROP)
    session.execute(_GATHER, {**where, "tags": way["tags"]})


def write(session: Session, way: Mapping[str, Any]) -> Written:
    """Write the leads that were gathered; afterwards all of them are locked until the transaction ends."""
    session.execute(_ADD, way)
    session.execute(_FIND)
    known = list(session.scalars(_LOCK))
    changed = session.execute(_CHANGE, way).all() if known and way["touches_known"] else []
    session.execute(_TOUCH)
    return Written(list(session.scalars(_NEW)), known, changed)


def dry(session: Session, way: Mapping[str, Any]) -> Counts:
    """What `write` would do now; nothing is written."""
    row = session.execute(_DRY, way).one()
    return Counts(row.new, row.updated, row.known - row.updated, row.refusing)


def array(ids: Collection[int]) -> str:
    """Ids as PostgreSQL reads an array, many times faster than an expression of them."""
    return "{" + ",".join(map(str, ids)) + "}"
