"""Hand a list of texts to the database as one parameter, however long it is."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import JSON, Connection, FromClause, Text, cast, func, literal


def listed(connection: Connection, values: Sequence[str]) -> FromClause:
    """Return the values as a table with one column, `value`.

    A parameter for each value takes SQLAlchemy longer than the database needs to look the value up, and SQLite takes few.

    Args:
        connection: A transaction.
        values: The values.
    """
    text = literal(json.dumps(list(values)), Text())
    function = func.json_each(text) if connection.dialect.name == "sqlite" else func.json_array_elements_text(cast(text, JSON))
    return function.table_valued("value")
