"""A shop's small schema, and a landing folder to write into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.config import Limits
from sluice.domain import Batch, Column, Schema
from sluice.sources import FileSource

SCHEMA = Schema(
    "events",
    columns=(
        Column("event_id"),
        Column("zip"),
        Column("price", "number"),
        Column("quantity", "integer"),
        Column("gift", "boolean"),
        Column("day", "date"),
        Column("ts", "timestamp"),
    ),
)
HEADER = b"event_id,zip,price,quantity,gift,day,ts\n"


@pytest.fixture
def schema() -> Schema:
    return SCHEMA


@pytest.fixture
def header() -> bytes:
    return HEADER


@pytest.fixture
def land(tmp_path: Path) -> Callable[..., FileSource]:
    """Writes a file into the landing folder, and gives the source that finds it."""

    def write(content: bytes, name: str = "events-2026-03-01.csv", **settings: object) -> FileSource:
        (tmp_path / "landing").mkdir(exist_ok=True)
        (tmp_path / "landing" / name).write_bytes(content)
        limits = settings.pop("limits", Limits())
        return FileSource(settings.pop("schema", SCHEMA), "landing/*", tmp_path, limits, **settings)  # type: ignore[arg-type]  # as each test wants

    return write


@pytest.fixture
def read(land: Callable[..., FileSource]) -> Callable[..., Batch]:
    """Lands a file and reads it."""

    def read_it(content: bytes, name: str = "events-2026-03-01.csv", **settings: object) -> Batch:
        source = land(content, name, **settings)
        (arrival,) = source.arrivals()
        return source.read(arrival)

    return read_it
