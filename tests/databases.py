"""Databases of PostgreSQL that are a test's own; where no server answers, tests that need one are skipped."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, NullPool
from sqlalchemy.exc import DBAPIError

from sluice.config.address import engine_at


@contextmanager
def empty_postgres(*settings: str) -> Iterator[str]:
    """Give the address of an empty database, and drop it in the end.

    Args:
        settings: Settings of the database, such as `synchronous_commit = off`.
    """
    server = os.environ.get("SLUICE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
    name = f"sluice_test_{uuid.uuid4().hex[:12]}"
    admin = engine_at(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        admin.connect().close()
    except DBAPIError as error:
        if "postgres" in os.environ.get("SLUICE_REQUIRE", ""):
            pytest.fail(f"PostgreSQL is required and does not answer: {error}")
        pytest.skip("no PostgreSQL answers; SLUICE_TEST_POSTGRES names another")
    execute(admin, f'CREATE DATABASE "{name}"', *(f'ALTER DATABASE "{name}" SET {setting}' for setting in settings))
    yield f"{server.rpartition('/')[0]}/{name}"
    execute(admin, f'DROP DATABASE "{name}" WITH (FORCE)')


def execute(engine: Engine, *statements: str) -> None:
    """Run statements, and keep no connection."""
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
