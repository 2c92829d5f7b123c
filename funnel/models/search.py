"""What the database itself writes of each lead, so that lists are searched and sorted in it: folded text, and ranks.

Functions and a trigger, because many write leads (forms, the API, imports, merges) and none may forget the search.
The migration 0010 makes them from here: a change needs a migration that replaces them, and writes leads anew.
"""

from __future__ import annotations

from sqlalchemy import DDL, MetaData, Table, event

# Small letters without accents, whatever the locale of the database: PostgreSQL's own `lower` only knows ASCII in some.
_MARKS = "".join(f"\\{mark:04x}" for mark in (*range(0x300, 0x315), *range(0x323, 0x329), 0x331, 0x342, 0x345))
_CAPITALS = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЄІЇЂЃЅЈЉЊЋЌЎЏҐØŁĐÐÞıħŧøłđð"
_SMALL = "αβγδεζηθικλμνξοπρστυφχψωσабвгдежзийклмнопрстуфхцчшщъыьэюяєіїђѓѕјљњћќўџґolddþihtoldd"

FUNCTIONS = (
    # Only names and addresses are asked for by their trigrams. PostgreSQL 13 and later let a database's owner add it.
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    f"""
    CREATE FUNCTION folded(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
        CASE WHEN octet_length(words) = char_length(words) THEN lower(words)
             ELSE replace(replace(replace(
                  translate(lower(normalize(words, NFKD)), '{_CAPITALS}' || U&'{_MARKS}', '{_SMALL}'),
                  'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe') END
    """,
    # Digits in a row as well, for numbers written with spaces; each part of an address, for its first letters.
    # In PL/pgSQL, which keeps its plans: a function in SQL would be planned anew with each form post. With their path,
    # because a dump is restored with none.
    r"""
    CREATE OR REPLACE FUNCTION searched(email text, fields jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path FROM CURRENT AS $$ BEGIN RETURN
        ' ' || folded(email || ' ' || translate(email, '@.-_+', '     ') || coalesce((
            SELECT string_agg(' ' || left(value, 200) || CASE WHEN value ~ '^[+(]?[0-9][-0-9 ().\/]{5,30}$'
                              THEN ' ' || translate(value, '+-(). /', '') ELSE '' END, '')
              FROM jsonb_each_text(fields)), ''));
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION sort_name(email text, fields jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path FROM CURRENT AS $$ BEGIN RETURN
        left(folded(coalesce(
            nullif(trim(concat(fields ->> 'first_name', ' ', fields ->> 'last_name')), ''),
            nullif(trim(fields ->> 'name'), ''), email)), 200);
    END $$
    """,
)

#: every lead is in every order of the list from its first moment, and its rank follows its stage
RANKED = (
    """
    CREATE FUNCTION rank_lead() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO lead_ranks (lead_id, stage, active_at) VALUES (NEW.id, NEW.stage, NEW.created_at);
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION rank_stage() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE lead_ranks SET stage = NEW.stage WHERE lead_id = NEW.id;
        RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER lead_is_ranked AFTER INSERT ON leads FOR EACH ROW EXECUTE FUNCTION rank_lead()",
    """
    CREATE TRIGGER lead_is_ranked_anew AFTER UPDATE OF stage ON leads FOR EACH ROW
        WHEN (OLD.stage IS DISTINCT FROM NEW.stage) EXECUTE FUNCTION rank_stage()
    """,
)


def make_functions(metadata: MetaData) -> None:
    """Have them made before the tables that use them."""
    for statement in FUNCTIONS:
        event.listen(metadata, "before_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]


def make_trigger(table: Table) -> None:
    for statement in RANKED:
        event.listen(table, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
