"""Brings a database up to the program's own revision."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from sluice.errors import MigrationNeeded, StoreError
from sluice.store.database import faults

_LOCK = 0x51D1CE  # any number, the same in every program that upgrades


def upgrade(engine: Engine) -> None:
    """Create the tables, or bring them up to date; of two upgrades at once, one waits and then finds nothing to do.

    Raises:
        StoreError: The database does not answer, or an upgrade would leave references to nothing.
    """
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    with faults(engine), _migrating(engine) as connection:
        command.upgrade(config(connection), "head")


def pending(engine: Engine) -> bool:
    """True where the database is empty or older than the program."""
    return _revision(engine) != ScriptDirectory.from_config(config()).get_current_head()


def is_new(engine: Engine) -> bool:
    """True where the database holds no records of any version yet."""
    return _revision(engine) is None


def require_current(engine: Engine) -> None:
    """Pass only where the database is the program's own.

    Raises:
        MigrationNeeded: It is older; the text names the command.
        StoreError: It is newer, or does not answer.
    """
    scripts, revision = ScriptDirectory.from_config(config()), _revision(engine)
    if revision == scripts.get_current_head():
        return
    if revision is not None and revision not in {each.revision for each in scripts.walk_revisions()}:
        raise StoreError("the database was made by a newer Sluice; upgrade the program")
    raise MigrationNeeded("the database is older than the program; run `sluice db upgrade`")


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file: the scripts are part of the installed program."""
    found = importlib.util.find_spec("migrations")
    if found is None or found.origin is None:
        raise StoreError("the migrations are not installed; install Sluice again")
    made = Config()
    made.set_main_option("script_location", str(Path(found.origin).parent).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def _revision(engine: Engine) -> str | None:
    with faults(engine), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            with connection.begin():
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                yield connection
            return
        connection.connection.execute("PRAGMA foreign_keys=OFF")  # rebuilding a parent table would delete its children; inside a transaction it is too late
        try:
            with connection.begin():
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise StoreError("the upgrade would leave records that refer to nothing; nothing was changed")
        finally:
            connection.connection.execute("PRAGMA foreign_keys=ON")
