"""Imports: a file of people, what its columns mean, what became of its rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from funnel.db import Base


class Import(Base):
    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    #: null once the file has expired
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id", ondelete="SET NULL"))
    #: of the file
    name: Mapped[str]
    #: bytes
    size: Mapped[int]
    #: `user 3` or `token 5`
    asked_by: Mapped[str]
    #: wall times
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    #: grows with every change, so that a dry run is known to be of what is there now
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    #: the program whose export it is, when its columns tell
    preset: Mapped[str | None]
    #: encoding, separator, header, day_first; and how sure the guess was
    reading: Mapped[dict[str, Any]]
    #: what the columns are called in the file
    names: Mapped[list[str]]
    #: what each means
    columns: Mapped[list[str]]
    #: what becomes of leads that are known already
    policy: Mapped[str] = mapped_column(server_default=text("'fill'"))
    #: whether the tags of the file join those of a lead or take their place
    tagging: Mapped[str] = mapped_column(server_default=text("'add'"))
    #: given to every lead of the file
    tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    #: what the people in the file agreed to, as whoever imports states it
    consent: Mapped[dict[str, Any]] = mapped_column(server_default=text("""'{"state": "unknown"}'"""))
    #: whether this may make leads enter sequences
    may_enter: Mapped[bool] = mapped_column(server_default=text("false"))
    #: the dry run or run last asked for
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    #: what the last dry run counted, and at which revision
    checked: Mapped[dict[str, Any] | None]
    #: what the run came to
    result: Mapped[dict[str, Any] | None]
    #: wall time of the first bite that wrote leads; from then on nothing about it changes
    run_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("policy IN ('new', 'fill', 'overwrite')", name="policy"),
        CheckConstraint("tagging IN ('add', 'replace')", name="tagging"),
    )


class ImportRow(Base):
    """A row of a file on its way in. Unlogged: what a crash of the database takes is read from the file again."""

    __tablename__ = "import_rows"

    import_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: normalised
    email: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    #: where it stands in the file
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: about mail: the strength of `importing.cells`
    said: Mapped[int] = mapped_column(SmallInteger)
    #: everything else
    told: Mapped[dict[str, Any]]

    # The key orders them by address: equal addresses stand together, and leads are written along their index.
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)


class ImportRefusal(Base):
    """A row that was not taken, and why; the row itself stays in the file."""

    __tablename__ = "import_refusals"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str]
    #: what the column at fault is called
    column: Mapped[str | None]
    #: of a repeated address: the line that has it first
    first_line: Mapped[int | None]
