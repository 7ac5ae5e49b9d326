"""Write columns anew that are not encrypted under the present key, and count what is encrypted under which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Connection, Table, Text, case, cast, func, select, text, type_coerce, update

from sluice.store.database import Database
from sluice.store.sealed_columns import MARK, SealedJson, SealedText, key_of_text
from sluice.store.sealing import Sealing
from sluice.store.tables import ACTIVITY, METADATA

_HEAD = len(MARK) + 32  # letters, which hold the id of the key


def sealed_columns() -> Iterator[Column[Any]]:
    """Yield the columns that are encrypted where there is a key."""
    for table in METADATA.tables.values():
        yield from (column for column in table.columns if isinstance(column.type, SealedText | SealedJson))


def keys_of_records(database: Database) -> Counter[str]:
    """Return how many cells are encrypted under each key; under an empty id those that are not encrypted."""
    keys: Counter[str] = Counter()
    with database.read() as connection:
        for column in sealed_columns():
            heads = select(_head(column).label("head")).where(*_is_filled(column)).subquery()
            for head, cells in connection.execute(select(heads.c.head, func.count()).group_by(heads.c.head)):
                keys[key_of_text(head)] += cells
    return keys


def seal_records(database: Database, sealing: Sealing) -> int:
    """Encrypt the cells under the present key that are not, and return their number; those whose key is missing stay as they are.

    Args:
        database: The records, opened with this sealing.
        sealing: Holds the keys; one of them is the present one.
    """
    present = sealing.present.id if sealing.present else ""
    count = 0
    for column in sealed_columns():
        with database.write() as connection, _unguarded(connection, column.table):
            for key in _stale(connection, column, present, sealing):
                value = connection.execute(select(column).where(*_has(column.table, key))).scalar_one()
                connection.execute(update(column.table).where(*_has(column.table, key)).values({column.name: value}))
                count += 1
    return count


def _stale(connection: Connection, column: Column[Any], present: str, sealing: Sealing) -> list[tuple[object, ...]]:
    """Return the keys of the records whose cell is not under the present key, and can be read."""
    rows = connection.execute(select(*column.table.primary_key.columns, _head(column)).where(*_is_filled(column)))
    stale = ((tuple(row[:-1]), key_of_text(row[-1])) for row in rows)
    return [record for record, key in stale if key != present and (not key or sealing.holds(key))]


def _head(column: Column[Any]) -> ColumnElement[str]:
    """Return the first letters of a cell that is encrypted, which name its key; of another one nothing."""
    stored = _stored(column)
    return case((stored.startswith(MARK), func.substr(stored, 1, _HEAD)), else_="")


def _is_filled(column: Column[Any]) -> list[ColumnElement[bool]]:
    return [column.is_not(None), _stored(column).not_in(("", "null"))]


def _stored(column: Column[Any]) -> ColumnElement[str]:
    """Return a cell as it is stored, a text of JSON without its quotes."""
    return type_coerce(column, Text()) if isinstance(column.type, SealedText) else func.trim(cast(type_coerce(column, JSON()), Text()), '"')


def _has(table: Table, key: tuple[object, ...]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in zip(table.primary_key.columns, key, strict=True)]


@contextmanager
def _unguarded(connection: Connection, table: Table) -> Iterator[None]:
    """Suspend the triggers that keep the activity log as it is, in this transaction alone: its digests are those of the texts, which stay the same."""
    if table is not ACTIVITY:
        yield
        return
    if connection.dialect.name != "sqlite":
        connection.execute(text("ALTER TABLE activity DISABLE TRIGGER activity_append_only"))
        yield
        connection.execute(text("ALTER TABLE activity ENABLE TRIGGER activity_append_only"))
        return
    guard = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'activity_update'")).scalar_one()
    connection.execute(text("DROP TRIGGER activity_update"))
    yield
    connection.exec_driver_sql(guard)
