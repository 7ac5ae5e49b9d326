"""Describe the tables of a database, and compare a column with a landed watermark as the database's dialect needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import NoSuchTableError

_NOW: Mapping[str, str] = {"mysql": "utc_timestamp", "mariadb": "utc_timestamp"}  # their current_timestamp is local time without its zone
_STRICT = ("bigquery", "snowflake")  # compare no text with a time or number
_NUMBERS: Mapping[type[Any], Callable[[str], object]] = {sa.Integer: int, sa.Float: float}
_FROM_TEXT: Mapping[type[Any], Callable[[str], object]] = {
    **_NUMBERS,
    sa.Numeric: Decimal,
    sa.DateTime: datetime.fromisoformat,
    sa.TIMESTAMP: datetime.fromisoformat,
    sa.Date: date.fromisoformat,
}
_COLUMNS = sa.table("columns", *map(sa.column, ("table_schema", "table_name", "column_name", "data_type", "ordinal_position")), schema="information_schema")
_TYPES: Mapping[str, type[sa.types.TypeEngine[Any]]] = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), sa.Integer),
    **dict.fromkeys(("FLOAT", "DOUBLE"), sa.Float),
}
"""Types of DuckDB whose values are compared as numbers."""


def reflect(connection: sa.Connection, name: str, schema: str | None) -> sa.Table:
    """Return a table or view with its columns.

    DuckDB is asked through `information_schema`: it lacks `pg_collation`, which SQLAlchemy 2.1 reads on dialects derived from PostgreSQL's.

    Raises:
        NoSuchTableError: There is none of this name.
    """
    if connection.dialect.name != "duckdb":
        return sa.Table(name, sa.MetaData(), schema=schema, autoload_with=connection)
    within = _COLUMNS.c.table_schema == (sa.func.current_schema() if schema is None else schema)
    rows = connection.execute(
        sa.select(_COLUMNS.c.column_name, _COLUMNS.c.data_type).where(_COLUMNS.c.table_name == name, within).order_by(_COLUMNS.c.ordinal_position)
    ).all()
    if not rows:
        raise NoSuchTableError(name)
    return sa.Table(name, sa.MetaData(), *(sa.Column(column, _TYPES.get(kind, sa.types.NullType)) for column, kind in rows), schema=schema)


def current_time(dialect: str) -> sa.Select[datetime]:
    """Return a query of the present time, in UTC where the answer names no zone."""
    return sa.select(sa.Function[datetime](_NOW[dialect], type_=sa.DateTime()) if dialect in _NOW else sa.func.current_timestamp())


def newer_rows(table: sa.Table, watermark: str, last: str | None, dialect: str) -> sa.Select[*tuple[Any, ...]]:
    """Return a query of the rows from a watermark on, in its order.

    All columns come as the driver returns them: the types that SQLAlchemy assumes are not always those of SQLite's values.

    Args:
        table: The table.
        watermark: Name of a column that only grows.
        last: The landed watermark; None: all rows.
        dialect: Name of the database's dialect.
    """
    column = table.columns[watermark]
    query = sa.select(*(sa.type_coerce(cells, sa.types.NullType()).label(cells.name) for cells in table.columns)).where(column.is_not(None))
    if last is not None:
        value = sa.literal(_value_of(last, column.type, dialect), sa.types.NullType())
        query = query.where(sa.type_coerce(column, sa.types.NullType()) >= value)
    return query.order_by(column)


def _value_of(text: str, kind: sa.types.TypeEngine[Any], dialect: str) -> object:
    """Return a landed watermark as the value that the database compares its column with."""
    readers = _FROM_TEXT if dialect in _STRICT else _NUMBERS
    return next((read(text) for base, read in readers.items() if isinstance(kind, base)), text)
