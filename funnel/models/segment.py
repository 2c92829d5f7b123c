"""A segment: a saved condition over leads, and who fulfils it, kept by events."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, Date, ForeignKey, Identity, Index, SmallInteger, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class Segment(Base):
    __tablename__ = "segments"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: how conditions, sequences and programs name it; it never changes
    key: Mapped[str]
    name: Mapped[str]
    condition: Mapped[dict[str, Any]]
    #: grows with every change
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    #: leads up to this id were looked at under this condition; null once all have been
    filled_to: Mapped[int | None]
    #: kinds of facts that only tell the story (`facts.QUIET`), and that this segment reacts to nevertheless
    wakes: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    #: engine time
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("key"),)


class SegmentMember(Base):
    """A lead that fulfils the condition of a segment.

    No foreign key to segments: those of a deleted one are cleared away bite by bite, and no query sees them.
    """

    __tablename__ = "segment_members"

    lead_id: Mapped[int] = mapped_column(
        ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    segment_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: engine time
    since: Mapped[datetime]

    # Read by the pages of a segment, newest members first.
    __table_args__ = (Index(None, "segment_id", "since", "lead_id"),)


class SegmentTally(Base):
    """How many joined and left a segment on a day; the members are what all days come to.

    Written by triggers on `segment_members`, so that it is right whatever takes a member away: a fact, an erasure.
    Several rows a day, so that workers do not wait for each other.
    """

    __tablename__ = "segment_tallies"

    segment_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: in UTC, of engine time
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    joined: Mapped[int] = mapped_column(server_default=text("0"))
    gone: Mapped[int] = mapped_column(server_default=text("0"))


_COUNT = """
CREATE FUNCTION segment_tally_{word}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO segment_tallies AS t (segment_id, day, slot, {word})
    SELECT segment_id, {day}, pg_backend_pid() %% 4, count(*) FROM changed GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (segment_id, day, slot) DO UPDATE SET {word} = t.{word} + excluded.{word};
    RETURN NULL;
END $$;
CREATE TRIGGER tally_{word} AFTER {change} ON segment_members REFERENCING {rows} TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION segment_tally_{word}()
"""
_JOINED_ON = "CAST(since AT TIME ZONE 'UTC' AS date)"
#: today in engine time, as `funnel.clock` has it
_GONE_ON = """(SELECT CAST((engine_origin + (now() - wall_origin) * speed) AT TIME ZONE 'UTC' AS date)
              FROM installation)"""
for _word, _day, _change, _rows in (("joined", _JOINED_ON, "INSERT", "NEW"), ("gone", _GONE_ON, "DELETE", "OLD")):
    event.listen(
        SegmentMember.__table__,
        "after_create",
        DDL(_COUNT.format(word=_word, day=_day, change=_change, rows=_rows)),  # type: ignore[no-untyped-call]
    )
