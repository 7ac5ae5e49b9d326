"""Databases to migrate, kill and restart on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import empty_postgres


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of an empty database of this test's own."""
    with empty_postgres() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'records' / 'sluice.db'}"
    address: str = request.getfixturevalue("postgres")
    return address
