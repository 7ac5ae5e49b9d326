"""Databases to migrate, kill and restart on."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool
from sqlalchemy.exc import DBAPIError

from sluice.config.address import engine_at


def execute(engine: Engine, statement: str) -> None:
    """Run a statement."""
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of an empty database of this test's own."""
    server = os.environ.get("SLUICE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
    name = f"sluice_test_{uuid.uuid4().hex[:12]}"
    admin = engine_at(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        admin.connect().close()
    except DBAPIError as error:
        if "postgres" in os.environ.get("SLUICE_REQUIRE", ""):
            pytest.fail(f"PostgreSQL is required and does not answer: {error}")
        pytest.skip("no PostgreSQL answers; SLUICE_TEST_POSTGRES names another")
    execute(admin, f'CREATE DATABASE "{name}"')
    yield f"{server.rpartition('/')[0]}/{name}"
    execute(admin, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'records' / 'sluice.db'}"
    address: str = request.getfixturevalue("postgres")
    return address
