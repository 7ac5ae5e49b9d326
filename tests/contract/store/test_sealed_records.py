"""What people write is encrypted where there is a key, on both databases: read as before, rewritten when the key changes, missed alone when it is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import JSON, Text, cast, insert, select, type_coerce

from sluice.domain import Column, Message, Request, Schema
from sluice.errors import StoreError
from sluice.store import SqlStore, open_store
from sluice.store.sealed_columns import SealedText, is_sealed
from sluice.store.sealed_records import keys_of_records, seal_records, sealed_columns
from sluice.store.sealing import Sealing, SealKey
from sluice.store.tables import CORRECTED_CELLS, METADATA
from sluice.store.values import ValueQuery, ValueStore
from tests.planting import plant_table

NOW = datetime(2026, 3, 15, 6, tzinfo=UTC)
NOTE = "asked by ann@mail.example, {} \u00e4 \u4e2d"
FIRST, SECOND = SealKey("a first key of the tests"), SealKey("a second key of the tests")


Opened: TypeAlias = Callable[..., SqlStore]


@pytest.fixture
def opened(url: str, tmp_path: Path) -> Iterator[Opened]:
    """Open one database with several keys, one after the other."""
    with ExitStack() as stack:

        def store(present: SealKey | None = None, *former: SealKey) -> SqlStore:
            lake = str(tmp_path / "lake")
            store = open_store(
                url,
                lake,
                schemas={"events": Schema("events", "append", ("id",), (Column("id"),))},
                policies={},
                clock=lambda: NOW,
                sealing=Sealing(present, former),
                create=True,
            )
            stack.callback(store.close)
            return store

        yield store


def ask(store: SqlStore, name: str) -> None:
    store.requests.submit(Request(name, "reject", "events", "Ada", NOTE.format(name), NOW, ("x",)))


def notes(store: SqlStore) -> dict[str, str]:
    return {request.id: request.note for request in store.requests.all()}


def stored(store: SqlStore) -> dict[str, list[str]]:
    """Return the cells of sealed columns as they are in the database, those of JSON as their text."""
    with store.database.read() as connection:
        raw = {column: _raw(column) for column in sealed_columns()}
        return {str(column): [cell for cell in connection.scalars(select(cells)) if cell not in (None, "", "null")] for column, cells in raw.items()}


def _raw(column: Any) -> Any:
    return type_coerce(column, Text()) if isinstance(column.type, SealedText) else cast(type_coerce(column, JSON()), Text())


def test_what_people_write_is_encrypted_read_and_written_anew_under_the_next_key(opened: Opened) -> None:
    plain = opened()
    ask(plain, "r1")
    first = opened(FIRST)
    ask(first, "r2")
    assert notes(first) == {name: NOTE.format(name) for name in ("r1", "r2")}
    assert keys_of_records(first.database)[FIRST.id] >= 2
    assert sum("asked by ann" in cell for cells in stored(first).values() for cell in cells) == 2, "note and activity of the request before the key"

    assert seal_records(first.database, first.sealing) >= 2
    assert not any("ann" in cell for cells in stored(first).values() for cell in cells)
    assert set(keys_of_records(first.database)) == {FIRST.id}
    assert not first.activity.verify().problem
    assert seal_records(first.database, first.sealing) == 0

    second = opened(SECOND, FIRST)
    assert notes(second) == notes(first)
    seal_records(second.database, second.sealing)
    alone = opened(SECOND)
    assert notes(alone) == {name: NOTE.format(name) for name in ("r1", "r2")}
    assert set(keys_of_records(alone.database)) == {SECOND.id}
    assert not alone.activity.verify().problem
    with pytest.raises(StoreError, match=r"append-only|refuses a record"), alone.database.write() as connection:
        connection.exec_driver_sql("UPDATE activity SET reason = 'another'")


def test_every_sealed_column_keeps_what_is_put_into_it(opened: Opened) -> None:
    store = opened(FIRST)
    for name in ("overrides", "quarantine_status", "corrected_cells", "suppressions", "trials", "requests"):
        plant_table(store, METADATA.tables[name], "planted by ann")
    cells = stored(store)
    for column in sealed_columns():
        if column.table.name != "activity":
            assert cells[str(column)], column
            assert not any("planted by ann" in cell for cell in cells[str(column)]), column
            with store.database.read() as connection:
                assert "planted by ann" in str(connection.scalars(select(column)).first()), column


def test_a_lost_key_costs_the_notes_and_no_cell_of_a_correction_is_made_up(opened: Opened) -> None:
    first = opened(FIRST)
    ask(first, "r1")
    with first.database.write() as connection:
        connection.execute(insert(CORRECTED_CELLS).values(request="r1", position=0, row_id="x", column="city", text="Berlin"))
    for key in (None, SECOND):
        store = opened(key)
        assert notes(store) == {"r1": f"(encrypted under the key {FIRST.id}, which is not at hand)"}
        with store.database.read() as connection, pytest.raises(StoreError, match=rf"corrected_cells.text is encrypted under the key {FIRST.id}"):
            connection.execute(select(CORRECTED_CELLS.c.text)).all()
        with pytest.raises(StoreError, match="they cannot be compared"):
            store.activity.verify()
        if key:
            assert seal_records(store.database, store.sealing) == 0
    assert notes(first) == {"r1": NOTE.format("r1")}


def test_an_erasure_finds_and_replaces_what_is_encrypted(opened: Opened, tmp_path: Path) -> None:
    store, query = opened(FIRST), ValueQuery("ann@mail.example")
    ask(store, "r1")
    values = ValueStore(store.database, store.lake, tmp_path)
    assert {entry.where for entry in values.find(query)} == {"requests.note", "activity.reason"}
    values.erase_records(query, "erased", by="Ada", at=NOW)
    assert values.find(query) == []
    assert notes(store) == {"r1": NOTE.format("r1").replace("ann@mail.example", "erased")}
    assert set(keys_of_records(store.database)) == {FIRST.id}
    assert not store.activity.verify().problem


def test_a_cell_is_bound_to_its_column(opened: Opened) -> None:
    store = opened(FIRST)
    ask(store, "r1")
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE requests SET answer = note")
    with pytest.raises(StoreError, match=r"a cell of requests\.answer is not what was encrypted"):
        store.requests.all()
    assert is_sealed(stored(store)["requests.answer"][0])
    assert not is_sealed(Message.text("sealed: an envelope").dumps())
