"""Change a Delta table in one commit: append, overwrite, upsert by key, or replace by row id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import polars as pl

from sluice.domain import REASONS, ROW
from sluice.store.delta_scan import scan_table
from sluice.store.stored_names import with_canonical_names

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable, WriterProperties

_REMOVED = "_removed"


class Commit(Protocol):
    """Describe the change that one commit makes."""

    @property
    def rows(self) -> pl.DataFrame:
        """Return the rows that it writes; their columns are those of a table that is not there yet."""
        ...

    @property
    def empty(self) -> bool:
        """Return True where there is nothing to commit."""
        ...

    def apply(self, table: DeltaTable, properties: CommitProperties, files: WriterProperties) -> None:
        """Commit to an open handle, whose version then is the commit's.

        Args:
            table: The table.
            properties: Of the commit, such as its application transaction.
            files: How its files are written.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Append:
    """Add rows."""

    rows: pl.DataFrame

    @property
    def empty(self) -> bool:
        """Return True without rows."""
        return self.rows.is_empty()

    def apply(self, table: DeltaTable, properties: CommitProperties, files: WriterProperties) -> None:
        """Add the rows; new columns are null in earlier rows."""
        from deltalake import write_deltalake

        if _outdated(table, self.rows):
            _rewrite(table, pl.concat([_upgraded(table), self.rows], how="diagonal"), properties, files)
            return
        write_deltalake(table, self.rows, mode="append", schema_mode="merge", commit_properties=properties, writer_properties=files)


@dataclass(frozen=True, slots=True, eq=False)
class Overwrite:
    """Replace all rows of a table; the former ones stay reachable as an older version."""

    rows: pl.DataFrame

    @property
    def empty(self) -> bool:
        """Return True without rows: an empty snapshot is not accepted."""
        return self.rows.is_empty()

    def apply(self, table: DeltaTable, properties: CommitProperties, files: WriterProperties) -> None:
        """Replace the table's rows."""
        from deltalake import write_deltalake

        write_deltalake(table, self.rows, mode="overwrite", schema_mode="merge", commit_properties=properties, writer_properties=files)


@dataclass(frozen=True, slots=True, eq=False)
class Rewrite:
    """Replace all rows and columns of a table, even by none; its older versions stay readable with the columns that they had."""

    rows: pl.DataFrame

    @property
    def empty(self) -> bool:
        """Return False: a table whose rows all moved to another one must lose them."""
        return False

    def apply(self, table: DeltaTable, properties: CommitProperties, files: WriterProperties) -> None:
        """Write the whole table."""
        _rewrite(table, self.rows, properties, files)


@dataclass(frozen=True, slots=True, eq=False)
class Upsert:
    """Insert or update rows by key.

    Attributes:
        rows: The rows.
        key: The columns that name a row.
        time: Of two rows with one key the later one stays; without a time, the one that comes last.
        keep_existing: Keep rows that are in the table, whatever their time.
    """

    rows: pl.DataFrame
    key: Sequence[str]
    time: str | None = None
    keep_existing: bool = False

    @property
    def empty(self) -> bool:
        """Return True without rows."""
        return self.rows.is_empty()

    def apply(self, table: DeltaTable, properties: CommitProperties, files: WriterProperties) -> None:
        """Merge by key."""
        rows = self.rows.sort(self.time, nulls_last=False, maintain_order=True) if self.time else self.rows
        rows = rows.unique(self.key, keep="last", maintain_order=True)
        equal = "IS NOT DISTINCT FROM" if self.rows.select(self.key).null_count().sum_horizontal().item() else "="
        on = " AND ".join(f"(target.{_quoted(name)} {equal} source.{_quoted(name)})" for name in self.key)
        merge = table.merge(rows, on, source_alias="source", target_alias="target", merge_schema=True, commit_properties=properties, writer_properties=files)
        if not self.keep_existing:
            time = _quoted(self.time or "")
            merge = merge.when_matched_update_all(f"target.{time} IS NULL OR source.{time} >= target.{time}" if self.time else None)
        merge.when_not_matched_insert_all().execute()


@dataclass(frozen=True, slots=True, eq=False)
class Replace:
    """Replace the rows with the same row id.

    Attributes:
        rows: The new rows.
        removed: Ids of rows to delete.
        insert: Insert rows whose id is not in the table.
    """

    rows: pl.DataFrame
    removed: Sequence[str] = ()
    insert: bool = False

    @property
    def empty(self) -> bool:
        """Return True where no row is written and none deleted."""
        return self.rows.is_empty() and not self.removed

    def apply(self, table: DeltaTable, properties: CommitProperties, files: WriterProperties) -> None:
        """Merge by row id."""
        if _outdated(table, self.rows):
            _rewrite(table, self._merged(_upgraded(table)), properties, files)
            return
        removed = pl.DataFrame({ROW: list(self.removed)}, schema={ROW: pl.String}).with_columns(pl.lit(value=True).alias(_REMOVED))
        source = pl.concat([self.rows.with_columns(pl.lit(value=False).alias(_REMOVED)), removed], how="diagonal")
        on = f"target.{_quoted(ROW)} = source.{_quoted(ROW)}"
        merge = table.merge(source, on, source_alias="source", target_alias="target", merge_schema=True, commit_properties=properties, writer_properties=files)
        merge = merge.when_matched_delete(f"source.{_REMOVED}").when_matched_update_all(except_cols=[_REMOVED])
        if self.insert:
            merge = merge.when_not_matched_insert_all(f"NOT source.{_REMOVED}", except_cols=[_REMOVED])
        merge.execute()

    def _merged(self, before: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of the table as they are after the commit."""
        ids = self.rows[ROW].to_list()
        rows = self.rows if self.insert else self.rows.filter(pl.col(ROW).is_in(before[ROW].to_list()))
        return pl.concat([before.filter(~pl.col(ROW).is_in([*ids, *self.removed])), rows], how="diagonal")


def _outdated(table: DeltaTable, rows: pl.DataFrame) -> bool:
    """Return True where the table keeps reasons with fewer fields: deltalake adds columns to a table, but cannot merge into files whose structs lack fields."""
    return REASONS in rows.columns and pl.Schema(table.schema()).get(REASONS, rows.schema[REASONS]) != rows.schema[REASONS]


def _upgraded(table: DeltaTable) -> pl.DataFrame:
    return with_canonical_names(scan_table(table)).collect()


def _rewrite(table: DeltaTable, rows: pl.DataFrame, properties: CommitProperties, files: WriterProperties) -> None:
    """Write the whole table in the present form, once; its older versions stay readable."""
    from deltalake import write_deltalake

    write_deltalake(table, rows, mode="overwrite", schema_mode="overwrite", commit_properties=properties, writer_properties=files)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
