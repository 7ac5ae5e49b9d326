"""The ways in which one commit may change a Delta table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl
from deltalake import CommitProperties, DeltaTable, write_deltalake

from sluice.domain import ROW

_GONE = "_gone"


class Change(Protocol):
    """What one commit does."""

    @property
    def rows(self) -> pl.DataFrame:
        """The rows that it brings; they tell the columns of a table that is not there yet."""
        ...

    @property
    def empty(self) -> bool:
        """True where there is nothing to commit."""
        ...

    def commit(self, table: DeltaTable, properties: CommitProperties) -> None:
        """Carry it out on an open handle, whose version then is the commit's."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Append:
    """Add rows."""

    rows: pl.DataFrame

    @property
    def empty(self) -> bool:
        """True without rows."""
        return self.rows.is_empty()

    def commit(self, table: DeltaTable, properties: CommitProperties) -> None:
        """Add the rows; new columns are null in those that were there."""
        write_deltalake(table, self.rows, mode="append", schema_mode="merge", commit_properties=properties)


@dataclass(frozen=True, slots=True, eq=False)
class Overwrite:
    """Put rows in the place of all that were there; the former ones stay reachable as an older version."""

    rows: pl.DataFrame

    @property
    def empty(self) -> bool:
        """True without rows: a snapshot of nothing is not accepted."""
        return self.rows.is_empty()

    def commit(self, table: DeltaTable, properties: CommitProperties) -> None:
        """Replace the table's rows."""
        write_deltalake(table, self.rows, mode="overwrite", schema_mode="merge", commit_properties=properties)


@dataclass(frozen=True, slots=True, eq=False)
class Upsert:
    """Add rows by key.

    Attributes:
        key: The columns that name a row.
        time: Of two rows with one key the later one stays; without a time, the one that comes last.
        yields: Rows that are there stay, whatever their time.
    """

    rows: pl.DataFrame
    key: Sequence[str]
    time: str | None = None
    yields: bool = False

    @property
    def empty(self) -> bool:
        """True without rows."""
        return self.rows.is_empty()

    def commit(self, table: DeltaTable, properties: CommitProperties) -> None:
        """Merge by key."""
        rows = self.rows.sort(self.time, nulls_last=False, maintain_order=True) if self.time else self.rows
        rows = rows.unique(self.key, keep="last", maintain_order=True)
        on = " AND ".join(f"target.{_quoted(name)} = source.{_quoted(name)}" for name in self.key)
        merge = table.merge(rows, on, source_alias="source", target_alias="target", merge_schema=True, commit_properties=properties)
        if not self.yields:
            time = _quoted(self.time or "")
            merge = merge.when_matched_update_all(f"target.{time} IS NULL OR source.{time} >= target.{time}" if self.time else None)
        merge.when_not_matched_insert_all().execute()


@dataclass(frozen=True, slots=True, eq=False)
class Replace:
    """Put rows in the place of those with the same row id.

    Attributes:
        rows: The new rows.
        gone: Ids of rows to remove.
        insert: Add rows whose id is not there.
    """

    rows: pl.DataFrame
    gone: Sequence[str] = ()
    insert: bool = False

    @property
    def empty(self) -> bool:
        """True where nothing is brought and nothing removed."""
        return self.rows.is_empty() and not self.gone

    def commit(self, table: DeltaTable, properties: CommitProperties) -> None:
        """Merge by row id."""
        removed = pl.DataFrame({ROW: list(self.gone)}, schema={ROW: pl.String}).with_columns(pl.lit(value=True).alias(_GONE))
        source = pl.concat([self.rows.with_columns(pl.lit(value=False).alias(_GONE)), removed], how="diagonal")
        on = f"target.{_quoted(ROW)} = source.{_quoted(ROW)}"
        merge = table.merge(source, on, source_alias="source", target_alias="target", merge_schema=True, commit_properties=properties)
        merge = merge.when_matched_delete(f"source.{_GONE}").when_matched_update_all(except_cols=[_GONE])
        if self.insert:
            merge = merge.when_not_matched_insert_all(f"NOT source.{_GONE}", except_cols=[_GONE])
        merge.execute()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
