"""Read, change and write single records by their primary keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, insert, select, update

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def get_record(connection: Connection, table: Table, *key: object, for_update: bool = False) -> Row[Any] | None:
    """Return a record; None where there is none.

    Args:
        connection: A transaction.
        table: Table of the record.
        key: Values of the table's primary key, in the order of its columns.
        for_update: Nobody else may change the record before the transaction ends.
    """
    query = select(table).where(_has_key(table, key))
    return connection.execute(query.with_for_update() if for_update else query).first()


def update_record(connection: Connection, table: Table, *key: object, **values: object) -> Row[Any]:
    """Change columns of a record that is there, and return the record.

    Args:
        connection: A transaction.
        table: Table of the record.
        key: Values of the table's primary key, in the order of its columns.
        values: New values, by column.
    """
    connection.execute(update(table).where(_has_key(table, key)).values(values))
    return connection.execute(select(table).where(_has_key(table, key))).one()


def save_record(connection: Connection, table: Table, *key: object, **values: object) -> None:
    """Change columns of a record, or add it where there is none; the arguments are those of `update_record`."""
    if connection.execute(update(table).where(_has_key(table, key)).values(values)).rowcount == 0:
        names = [column.name for column in table.primary_key]
        connection.execute(insert(table).values({**dict(zip(names, key, strict=True)), **values}))


def insert_if_new(connection: Connection, table: Table, **values: object) -> sqlite.Insert | postgresql.Insert:
    """Return a statement that inserts a record unless its key is in the table, also where another worker inserts it at this moment."""
    # The dialect is imported here: that of PostgreSQL would be a tenth of the start of short commands on SQLite.
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as insert_sqlite

        return insert_sqlite(table).values(values).on_conflict_do_nothing()
    from sqlalchemy.dialects.postgresql import insert as insert_postgresql

    return insert_postgresql(table).values(values).on_conflict_do_nothing()


def _has_key(table: Table, key: tuple[object, ...]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))
