"""Connect to SQLite or PostgreSQL, and map what their drivers raise to one kind of error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import OperationalError
from threading import local
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sluice.config.address import engine_at
from sluice.domain import Message
from sluice.errors import StoreError
from sluice.messages import make_error

_PATIENCE = 30  # seconds to wait for whoever else writes, unless the address says `?timeout=`
_PRAGMAS = ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")
_PRAGMA_TIMEOUT, _PAUSE = 5.0, 0.02  # seconds: how long a database is tried that another program is creating, and between two tries
_READS = "sluice_reads"


def connect(url: str) -> Engine:
    """Return an engine for a database; opens no connection yet.

    Args:
        url: A SQLAlchemy address. `sqlite:///path?timeout=5` waits 5 seconds for other writers, not 30.

    Raises:
        StoreError: The address cannot be understood.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend in ("postgresql", "postgres"):
            return engine_at(parsed, pool_pre_ping=True)
        if backend != "sqlite":
            raise make_error(StoreError, "database_unsupported", backend=backend)
        engine = engine_at(parsed, connect_args={} if "timeout" in parsed.query else {"timeout": _PATIENCE})
    except ArgumentError:
        raise make_error(StoreError, "database_address_unreadable") from None
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's own connection
    connection.isolation_level = None  # else the driver begins only before a write, and what was read before it is stale
    _write_ahead(connection)
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _write_ahead(connection: Any) -> None:  # noqa: ANN401  # the driver's own connection
    """Keep a write-ahead log; of two programs that begin one at once SQLite refuses one without waiting."""
    until = monotonic() + _PRAGMA_TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except OperationalError as error:
            if "locked" not in str(error) or monotonic() > until:
                raise
            sleep(_PAUSE)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get(_READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")  # deferred, a write would fail as "locked" at once


def reading(engine: Engine) -> Engine:
    """Return the same engine for transactions that only read: they wait for no writer."""
    return engine.execution_options(**{_READS: True})


class Database:
    """Open connections that read or write, each in one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Keep the engine."""
        self.engine = engine
        self._joined = local()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a consistent view, which waits for no writer.

        Raises:
            StoreError: The database does not answer.
        """
        if self._open is not None:
            yield self._open
            return
        with database_errors(self.engine), reading(self.engine).connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that is committed at its end, or leaves nothing.

        Raises:
            StoreError: The database does not answer, or refuses.
        """
        if self._open is not None:
            yield self._open
            return
        with database_errors(self.engine), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a transaction that every read and write of this thread joins until its end.

        Raises:
            StoreError: The database does not answer, or refuses.
        """
        with self.write() as connection:
            before, self._joined.connection = self._open, connection
            try:
                yield connection
            finally:
                self._joined.connection = before

    @property
    def _open(self) -> Connection | None:
        """Return the transaction that this thread has open."""
        return getattr(self._joined, "connection", None)


def now(connection: Connection) -> datetime:
    """Return the time by the database's clock, which all workers share."""
    sqlite = connection.dialect.name == "sqlite"
    query = "SELECT (julianday('now') - 2440587.5) * 86400.0" if sqlite else "SELECT extract(epoch FROM clock_timestamp())"
    return datetime.fromtimestamp(float(connection.execute(text(query)).scalar_one()), UTC)


@contextmanager
def database_errors(engine: Engine) -> Iterator[None]:
    """Turn what a driver raises into a StoreError of one line, without secrets.

    Raises:
        StoreError: What went wrong, where, and what to do.
    """
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        raise make_error(StoreError, _explain(engine, error)) from error


def _explain(engine: Engine, error: Exception) -> Message:
    where = str(engine.url.database) if engine.dialect.name == "sqlite" else engine.url.set(password=None).render_as_string()
    code, message = _code_and_message(getattr(error, "orig", None) or error)
    if isinstance(error, IntegrityError) or code.startswith("23"):
        return Message.of("database_refuses_record", database=where)
    lowered = message.lower()
    if "locked" in lowered:
        return Message.of("database_locked", database=where)
    if "unable to open" in lowered or "readonly" in lowered:
        return Message.of("database_denied" if Path(where).parent.exists() else "database_without_folder", database=where)
    if "full" in lowered or "no space" in lowered:
        return Message.of("database_disk_full", database=where)
    if "not a database" in lowered or "malformed" in lowered:
        return Message.of("database_damaged", database=where)
    return Message.of("database_silent", database=where, error=message[:160])


def _code_and_message(error: BaseException) -> tuple[str, str]:
    """Return the SQLSTATE, where there is one, and the driver's message in one line; a server's details are left out, for they may hold cells."""
    answer = error.args[0] if error.args else ""
    code, message = (answer.get("C", ""), answer.get("M", "")) if isinstance(answer, dict) else ("", str(error))
    return code, " ".join(message.split("\n")[0].split())
