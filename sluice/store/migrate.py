"""Bring a database up to the program's own revision."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from sluice.errors import MigrationNeeded, StoreError
from sluice.messages import make_error
from sluice.store.database import database_errors, reading

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x51D1CE  # any number, the same in every program that upgrades


def upgrade(engine: Engine) -> None:
    """Create the tables, or bring them up to date; of two upgrades at once, one waits and then finds nothing to do.

    Raises:
        StoreError: The database does not answer, or an upgrade would leave references to nothing.
    """
    from alembic import command

    _make_folder(engine)
    with database_errors(engine), _migrating(engine) as connection:
        command.upgrade(config(connection), "head")


def pending(engine: Engine) -> bool:
    """Return True where the database is empty or older than the program."""
    return _revision(engine) < _head()


def create_if_new(engine: Engine) -> None:
    """Create the tables where the database holds no records of any version yet; an old one is left as it is."""
    _make_folder(engine)
    if not _revision(engine):
        upgrade(engine)


def require_current(engine: Engine, *, create: bool = False) -> None:
    """Pass only where the database is the program's own.

    Args:
        engine: The database.
        create: Create the tables where there are none.

    Raises:
        MigrationNeeded: It is older; the text names the command.
        StoreError: It is newer, or does not answer.
    """
    if create:
        _make_folder(engine)
    revision, head = _revision(engine), _head()
    if create and not revision:
        upgrade(engine)
        return
    if revision > head:
        raise make_error(StoreError, "database_newer")
    if revision < head:
        raise make_error(MigrationNeeded, "database_older")


def config(connection: Connection) -> Config:
    """Return Alembic's configuration, without a file: the scripts are part of the installed program."""
    from alembic.config import Config

    settings = Config(stdout=sys.stdout)  # its default is what stdout was when Alembic was imported
    settings.set_main_option("script_location", str(_scripts()).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def _scripts() -> Path:
    package = importlib.util.find_spec("migrations")
    if package is None or package.origin is None:
        raise make_error(StoreError, "migrations_missing")
    return Path(package.origin).parent


def _head() -> str:
    """Return the newest revision, from the scripts' names (`r0001_...`): importing Alembic takes longer than all the rest."""
    return max(path.name[1:5] for path in (_scripts() / "versions").glob("r[0-9]*.py"))


def _revision(engine: Engine) -> str:
    with database_errors(engine), reading(engine).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _make_folder(engine: Engine) -> None:
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)


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
                    raise make_error(StoreError, "upgrade_refers_to_nothing")
        finally:
            connection.connection.execute("PRAGMA foreign_keys=ON")
