"""Where data of leads lies: each room names its tables, what they tell a person of itself, and how they forget it.

A test walks the schema: a table that could name a lead and is not listed here, or by another package, fails it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import text
from sqlalchemy.orm import Session

from funnel.crm import suppressions


@dataclass(frozen=True)
class People:
    """Whom it is about: the ids of leads, whose locks an erasure holds, and every address they were known by."""

    leads: Sequence[int]
    addresses: frozenset[str]
    #: the fingerprints of these addresses, by address
    fingerprints: Mapping[str, bytes] = field(default_factory=dict)

    def parameters(self, now: datetime) -> dict[str, Any]:
        """What the statements of a holding may name: `:leads`, `:addresses`, `:fingerprints`, `:now` (engine time)."""
        return {
            "leads": list(self.leads),
            "addresses": sorted(self.addresses),
            "fingerprints": list(self.fingerprints.values()),
            "now": now,
        }


#: forgets what SQL alone cannot; returns how many rows it changed
Forget: TypeAlias = Callable[[Session, People, datetime], int]


@dataclass(frozen=True)
class Holding:
    """One table that could hold data of leads. Its SQL may name what `People.parameters` gives."""

    table: str
    #: the part of a person's archive that its rows make
    section: str | None = None
    read: str | None = None
    #: statements and functions, in this order
    erase: Sequence[str | Forget] = ()
    #: finds (lead_id, address) of further addresses that a lead was known by
    addresses: str | None = None
    #: finds further numbers that a lead had
    numbers: str | None = None
    #: (lead_id, address) of everybody in it, lead_id being null where it knows none: to find the owner of a fingerprint
    everybody: str | None = None
    #: finds leads that cannot be erased at this moment
    busy: str | None = None
    #: why what an erasure leaves of it tells of nobody
    keeps: str | None = None


def of_lead(table: str, section: str, *, order: str = "id", erased: bool = True) -> Holding:
    """The plain case: rows that a column `lead_id` gives to a lead, all shown, all deleted."""
    return Holding(
        table,
        section,
        f"SELECT * FROM {table} WHERE lead_id = ANY (:leads) ORDER BY {order}",
        (f"DELETE FROM {table} WHERE lead_id = ANY (:leads)",) if erased else (),
    )


_OF_NOBODY = "lead_id IS NULL AND lower(values ->> 'email') = ANY (:addresses)"
_SUBMISSIONS = f"(lead_id = ANY (:leads) OR {_OF_NOBODY})"

#: The tables of this package, in the order in which they forget; the leads themselves last.
OWN: Sequence[Holding] = (
    of_lead("consents", "consents"),
    of_lead("touches", "sources"),
    of_lead("notes", "notes"),
    of_lead("tasks", "tasks"),
    of_lead("conversions", "conversions"),
    Holding(
        "submissions",
        "form_submissions",
        f"""SELECT submissions.id, forms.key AS form, form_version, values, outcome, reason, ip, at
              FROM submissions JOIN forms ON forms.id = form_id WHERE {_SUBMISSIONS} ORDER BY at""",
        (f"DELETE FROM submissions WHERE {_SUBMISSIONS}",),
        everybody="SELECT lead_id, lower(values ->> 'email') AS address FROM submissions WHERE lead_id IS NULL",
    ),
    Holding(
        "mailbox",
        "mailbox",
        """SELECT message_id, "to", sender, subject, text, headers, at FROM mailbox
            WHERE lower("to") = ANY (:addresses) ORDER BY id""",
        ('DELETE FROM mailbox WHERE lower("to") = ANY (:addresses)',),
        everybody='SELECT DISTINCT CAST(NULL AS bigint) AS lead_id, lower("to") AS address FROM mailbox',
    ),
    Holding(
        "events",
        "events",
        "SELECT id, at, kind, data FROM events WHERE lead_id = ANY (:leads) ORDER BY at, id",
        keeps="facts hold ids, words and numbers; whose number it was is known to nobody any more",
    ),
    Holding(
        "events",
        "stage_history",
        """SELECT at, data ->> 'from' AS "from", data ->> 'to' AS "to", data ->> 'reason' AS reason,
                  data -> 'evidence' AS evidence
             FROM events WHERE lead_id = ANY (:leads) AND kind = 'stage_changed' ORDER BY at, id""",
        keeps="as above",
    ),
    Holding("pending_facts", erase=("DELETE FROM pending_facts WHERE lead_id = ANY (:leads)",)),
    Holding(
        "score_entries",
        "score_explanations",
        """SELECT e.at, e.rule, e.axis, e.points, e.version,
                  (SELECT r ->> 'name' FROM rules_versions v, jsonb_array_elements(v.document -> 'rules') AS r
                    WHERE v.kind = 'scoring' AND v.number = e.version AND r ->> 'key' = e.rule) AS name,
                  (SELECT kind FROM events f WHERE f.id = e.event_id AND f.at = e.at) AS because_of
             FROM score_entries e WHERE lead_id = ANY (:leads) ORDER BY e.at, e.rule""",
        ("DELETE FROM score_entries WHERE lead_id = ANY (:leads)",),
    ),
    Holding(
        "lead_ranks",
        "activity",
        "SELECT active_at AS last_activity_at FROM lead_ranks WHERE lead_id = ANY (:leads) ORDER BY lead_id",
        ("DELETE FROM lead_ranks WHERE lead_id = ANY (:leads)",),
    ),
    Holding(
        "segment_members",
        "segments",
        """SELECT s.key, s.name, m.since FROM segment_members m JOIN segments s ON s.id = m.segment_id
            WHERE m.lead_id = ANY (:leads) ORDER BY m.since""",
        ("DELETE FROM segment_members WHERE lead_id = ANY (:leads)",),
    ),
    Holding(
        "merged_leads",
        "merged",
        "SELECT id, email, at, lead FROM merged_leads WHERE into_id = ANY (:leads) ORDER BY at",
        ("DELETE FROM merged_leads WHERE into_id = ANY (:leads)",),
        numbers="SELECT id FROM merged_leads WHERE into_id = ANY (:leads)",
        addresses="SELECT into_id AS lead_id, email AS address FROM merged_leads WHERE into_id = ANY (:leads)",
        everybody="SELECT into_id AS lead_id, email AS address FROM merged_leads",
    ),
    Holding(
        "webhook_deliveries",
        "recipients",
        """SELECT w.url, d.kind, d.status, d.created_at, w.include_lead FROM webhook_deliveries d
             JOIN webhooks w ON w.id = d.webhook_id WHERE d.lead_id = ANY (:leads) ORDER BY d.id""",
        (
            """DELETE FROM webhook_attempts a USING webhook_deliveries d
                WHERE d.id = a.delivery_id AND d.lead_id = ANY (:leads)""",
            "DELETE FROM webhook_deliveries WHERE lead_id = ANY (:leads) AND due_at IS NULL",
        ),
        keeps="what is still to be told, the erasure among it, holds ids and words only",
    ),
    Holding("bulk_leads", erase=("DELETE FROM bulk_leads WHERE lead_id = ANY (:leads)",)),
    Holding("lead_clocks", erase=("DELETE FROM lead_clocks WHERE lead_id = ANY (:leads)",)),
    Holding(
        "suppressions",
        "suppressions",
        "SELECT reason, at FROM suppressions WHERE fingerprint = ANY (:fingerprints) ORDER BY at",
        keeps="a keyed fingerprint and a reason, without which the address could be mailed again",
    ),
    Holding(
        "erasures",
        "erasures",
        "SELECT id, at, reason FROM erasures WHERE fingerprints && CAST(:fingerprints AS bytea[]) ORDER BY at",
        keeps="a number, keyed fingerprints and a reason: the proof of an erasure, and what repeats it after a restore",
    ),
    Holding(
        "audit",
        "access_log",
        """SELECT at, action FROM audit
            WHERE subject COLLATE "C" = ANY (ARRAY(SELECT 'leads/' || id FROM unnest(CAST(:leads AS bigint[])) AS id))
            ORDER BY id""",
        keeps="who did what to which number; it goes after the months the policy says",
    ),
    Holding(
        "import_rows",
        "import_rows",
        "SELECT import_id, email, told FROM import_rows WHERE email = ANY (:addresses)",
        ("DELETE FROM import_rows WHERE email = ANY (:addresses)",),
    ),
    # A file without a head has a person's row where the names of its columns were looked for.
    Holding(
        "imports",
        erase=(
            """UPDATE imports SET names = array_fill(CAST('' AS text), ARRAY[cardinality(names)])
                WHERE EXISTS (SELECT FROM unnest(names) AS name WHERE lower(name) = ANY (:addresses))""",
        ),
        keeps="how many rows a file had, and what became of them",
    ),
    # The place of an import is the address it came to.
    Holding(
        "jobs",
        erase=("UPDATE jobs SET place = '{}' WHERE due_at IS NULL AND place <> '{}'",),
        keeps="what was asked, by whom, and what came of it, in numbers",
    ),
    Holding("kept_answers", keeps="sealed with a key that only the caller has, and gone after a day"),
    Holding("users", keeps="those who work here, and no leads"),
    Holding("login_attempts", keeps="keyed digests of accounts of those who work here"),
    Holding(
        "leads",
        "subject",
        "SELECT * FROM leads WHERE id = ANY (:leads)",
        ("DELETE FROM leads WHERE id = ANY (:leads)",),
        addresses="SELECT id AS lead_id, email AS address FROM leads WHERE id = ANY (:leads)",
        everybody="SELECT id AS lead_id, email AS address FROM leads",
    ),
)


def people(session: Session, holdings: Sequence[Holding], lead_ids: Sequence[int], key: bytes) -> People:
    """These leads, with every address any table knows them by; `key` is the fingerprint key."""
    known = known_by(session, holdings, lead_ids)
    return of_addresses(set().union(*known.values()), key, numbers(session, holdings, lead_ids))


def numbers(session: Session, holdings: Sequence[Holding], lead_ids: Sequence[int]) -> list[int]:
    """These numbers, and those of the leads that became part of them: what was theirs may still stand under these."""
    found = list(lead_ids)
    for holding in holdings:
        if holding.numbers:
            found += session.scalars(text(holding.numbers), {"leads": found})
    return found


def of_addresses(addresses: set[str], key: bytes, lead_ids: Sequence[int] = ()) -> People:
    """Those who have these addresses, with or without being leads."""
    written = frozenset(address.strip().lower() for address in addresses)
    return People(lead_ids, written, {one: suppressions.fingerprint(one, key) for one in written})


def known_by(session: Session, holdings: Sequence[Holding], lead_ids: Sequence[int]) -> dict[int, set[str]]:
    """The addresses of each lead."""
    found: dict[int, set[str]] = {lead_id: set() for lead_id in lead_ids}
    for holding in holdings:
        if holding.addresses:
            for row in session.execute(text(holding.addresses), {"leads": list(lead_ids)}):
                found[row.lead_id].add(row.address.strip().lower())
    return found


def owners(
    session: Session, holdings: Sequence[Holding], marks: Collection[bytes], key: bytes
) -> dict[bytes, set[tuple[int | None, str]]]:
    """Who has these fingerprints: (lead, address), without a lead where none is known.

    Reads every address there is; only a restored copy of the database asks for it.
    """
    found: dict[bytes, set[tuple[int | None, str]]] = {mark: set() for mark in marks}
    for statement in (holding.everybody for holding in holdings if holding.everybody):
        for row in session.execute(text(statement).execution_options(yield_per=5000)):
            mark = suppressions.fingerprint(row.address or "", key)
            if mark in found:
                found[mark].add((row.lead_id, row.address))
    return found
