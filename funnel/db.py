"""The database: declarative base, connections, and the only commit in the project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Engine,
    ExceptionContext,
    MetaData,
    Text,
    Uuid,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session

#: What a statement raises when the database cannot do it now, whatever the statement is.
AWAY = (OperationalError, InterfaceError, PoolTimeout)
#: SQLSTATEs: a statement that took too long, or waited too long for a lock; a server that only reads
_TOO_LONG, _READ_ONLY = frozenset({"57014", "55P03"}), "25006"

#: For every connection (libpq's names; seconds, milliseconds). A database whose machine fell silent must be known to be
#: away within ten seconds or so: the system's own patience is a quarter of an hour, and all that time nobody is served.
IMPATIENCE: dict[str, Any] = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}

On = TypeVar("On")
T = TypeVar("T")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


#: How long one of our transactions may do nothing: a process that hangs in one keeps the rows it locked from others,
#: and every row version of the database from being cleared away.
IDLE_SECONDS = 60.0


class Base(DeclarativeBase):
    """Text has no length limit, times have a zone, enumerations are text with a CHECK."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        str: Text,
        int: BigInteger,
        datetime: DateTime(timezone=True),
        UUID: Uuid,
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
    }


class Database:
    """Hands out transactions. `hint` is called after a commit that recorded something to react to.

    `autocommit` is an engine of that kind for units of work of one statement; without it they are transactions as well.
    """

    #: called with the session of each transaction that is about to be committed
    witness: Callable[[Session], None] | None = None

    def __init__(
        self, bind: Engine | Connection, hint: Callable[[], None] | None = None, autocommit: Engine | None = None
    ) -> None:
        self.bind = bind
        self.hint = hint
        self.autocommit = autocommit

    @property
    def url(self) -> str:
        """Its address, for who needs a connection apart."""
        return self.bind.engine.url.render_as_string(hide_password=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One unit of work: committed when the block ends well, rolled back when it raises."""
        with Session(self.bind, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            try:
                yield session
                if self.witness:
                    self.witness(session)
                session.commit()
            except BaseException:
                session.rollback()
                raise
        if self.hint and session.info.get("hint"):
            self.hint()

    @contextmanager
    def statement(self) -> Iterator[Connection]:
        """A unit of work that is one statement and records something to react to.

        The database commits it by itself: one round trip instead of three. A statement that fails has written nothing.
        """
        if self.autocommit is None:
            with self.transaction() as session:
                session.info["hint"] = True
                yield session.connection()
            return
        with self.autocommit.connect() as connection:
            yield connection
        if self.hint:
            self.hint()


def once_more(unit: Callable[[], AbstractContextManager[On]], work: Callable[[On], T]) -> T:
    """Do `work` in a unit of work of its own; once more when its connection proves to be dead.

    After a restart of the database each pooled connection fails at its first use. `work` must therefore be safe to
    repeat even when the first commit went through unseen: keyed by an id that came with the request, or idempotent.
    """
    try:
        with unit() as on:
            return work(on)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    with unit() as on:
        return work(on)


def is_time_out(error: BaseException) -> bool:
    """Whether the database answered, and only this statement took too long."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "pgcode", None) in _TOO_LONG


def open_engine(
    url: str,
    *,
    connections: int = 8,
    timeout_seconds: float = 30,
    lock_seconds: float = 0,
    autocommit: bool = False,
) -> Engine:
    """An engine whose every statement is bounded in time; `connections` is all it ever opens.

    With `lock_seconds` a statement that waits longer for one lock fails, with nothing but that to blame. With
    `autocommit` the database commits each statement by itself.

    Just-in-time compilation is off: our statements take a millisecond, and before PostgreSQL 18 the pulse's question,
    which forbids sequential scans, looks dear enough to be compiled for 400 ms each time it is asked.
    """
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        **({"isolation_level": "AUTOCOMMIT"} if autocommit else {}),
        pool_pre_ping=False,
        # The parameters of a failed statement are people's data, and its error goes to the logs.
        hide_parameters=True,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={
            "connect_timeout": 5,
            "options": f"-c timezone=UTC -c jit=off -c statement_timeout={int(timeout_seconds * 1000)}"
            f" -c lock_timeout={int(lock_seconds * 1000)}"
            f" -c idle_in_transaction_session_timeout={int(IDLE_SECONDS * 1000)}",
            "application_name": "funnel",
            **IMPATIENCE,
        },
    )
    event.listen(engine, "handle_error", _name_the_outage)
    return engine


def _name_the_outage(context: ExceptionContext) -> None:
    """Whoever answers for an outage looks for OperationalError. psycopg2 tells by other names of a connection that was
    lost to an immediate stop of the server, and of a server that only reads, as a standby does."""
    error = context.sqlalchemy_exception
    if not isinstance(error, DBAPIError) or isinstance(error, OperationalError):
        return
    if context.is_disconnect or getattr(error.orig, "pgcode", None) == _READ_ONLY:
        raise OperationalError(
            error.statement,
            error.params,
            context.original_exception,
            hide_parameters=error.hide_parameters,
            connection_invalidated=context.is_disconnect,
        )
