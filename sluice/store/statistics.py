"""Decide of which columns a Delta table keeps statistics: none whose cells may be personal.

Delta writes the smallest and largest value of a column into its log, its checkpoints and the footers of its files, where a cell outlives its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sluice.domain import ACTION, OTHER, ROW, RUN, STATE, Schema

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable, WriterProperties

PROPERTY = "delta.dataSkippingStatsColumns"
_OF_ROWS = (ROW, RUN, ACTION, STATE, OTHER)
_OF_STEPS = ("column", "cleaner", "rule", "confidence", "applied", "score")


def columns_with_statistics(table: str, schema: Schema | None) -> tuple[str, ...]:
    """Return the columns of which a table may keep the smallest and largest value.

    Args:
        table: Name of the table; `repairs` and `flags` hold cells of any column beside what steps wrote.
        schema: The dataset; None where it is not declared, and any column may be personal.

    Example:
        >>> from sluice.domain import Column
        >>> columns_with_statistics("clean", Schema("orders", columns=(Column("total", "number"), Column("email", personal=True))))
        ('total', '_row_id', '_run_id', '_action', '_state', '_other')
    """
    if table in ("repairs", "flags"):
        return (ROW, RUN, *_OF_STEPS)
    return (*(column.name for column in (schema.columns if schema else ()) if not column.personal), *_OF_ROWS)


def statistics_property(columns: Iterable[str]) -> Mapping[str, str]:
    """Return the property of a Delta table that limits its statistics to some columns.

    Example:
        >>> statistics_property(["total", "unit price"])
        {'delta.dataSkippingStatsColumns': '`total`,`unit price`'}
    """
    return {PROPERTY: ",".join("`" + name.replace("`", "``") + "`" for name in columns)}


def set_properties(handle: DeltaTable, properties: Mapping[str, str], commit: CommitProperties | None = None) -> None:
    """Change properties of a table where they are others, as where a column has become personal, or another one came since.

    Args:
        handle: The table.
        properties: The properties.
        commit: Properties of the commit.
    """
    stored = handle.metadata().configuration
    if any(stored.get(name) != value for name, value in properties.items()):
        handle.alter.set_table_properties(dict(properties), commit_properties=commit)


def writer_properties(columns: Iterable[str]) -> WriterProperties:
    """Return how files are written: footers with statistics of some columns alone."""
    from deltalake import ColumnProperties, WriterProperties

    none, chunk = ColumnProperties(statistics_enabled="NONE"), ColumnProperties(statistics_enabled="CHUNK")
    return WriterProperties(default_column_properties=none, column_properties=dict.fromkeys(columns, chunk))
