"""Change a Delta table in one commit: append, overwrite, upsert by key, or replace by row id."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import polars as pl

from sluice.domain import REASONS, ROW
from sluice.store.changed_files import FileWriter, change_rows, require_types
from sluice.store.delta_scan import scan_table
from sluice.store.stored_names import with_canonical_names

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable, WriterProperties

_NEW_TIME, _MATCHED = "_new_time", "_matched"


class Commit(Protocol):
    """Describe the change that one commit makes."""

    @property
    def rows(self) -> pl.DataFrame:
        """Return the rows that it writes, or a frame with their columns; they are the columns of a table that is not there yet."""
        ...

    @property
    def empty(self) -> bool:
        """Return True where there is nothing to commit."""
        ...

    def apply(self, table: DeltaTable, properties: CommitProperties, files: FileWriter) -> None:
        """Commit to an open handle, whose version then is the commit's.

        Args:
            table: The table.
            properties: Of the commit, such as its application transaction.
            files: Writes files of the table.
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

    def apply(self, table: DeltaTable, properties: CommitProperties, files: FileWriter) -> None:
        """Add the rows; new columns are null in earlier rows."""
        from deltalake import write_deltalake

        if is_outdated(table, self.rows):
            _rewrite(table, pl.concat([_upgraded(table), self.rows], how="diagonal"), properties, files.properties)
            return
        write_deltalake(table, self.rows, mode="append", schema_mode="merge", commit_properties=properties, writer_properties=files.properties)


@dataclass(frozen=True, slots=True, eq=False)
class Overwrite:
    """Replace all rows of a table; the former ones stay reachable as an older version."""

    rows: pl.DataFrame

    @property
    def empty(self) -> bool:
        """Return True without rows: an empty snapshot is not accepted."""
        return self.rows.is_empty()

    def apply(self, table: DeltaTable, properties: CommitProperties, files: FileWriter) -> None:
        """Replace the table's rows."""
        from deltalake import write_deltalake

        write_deltalake(table, self.rows, mode="overwrite", schema_mode="merge", commit_properties=properties, writer_properties=files.properties)


@dataclass(frozen=True, slots=True, eq=False)
class Rewrite:
    """Replace all rows and columns of a table, even by none; its older versions stay readable with the columns that they had."""

    rows: pl.DataFrame

    @property
    def empty(self) -> bool:
        """Return False: a table whose rows all moved to another one must lose them."""
        return False

    def apply(self, table: DeltaTable, properties: CommitProperties, files: FileWriter) -> None:
        """Write the whole table."""
        _rewrite(table, self.rows, properties, files.properties)


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

    def apply(self, table: DeltaTable, properties: CommitProperties, files: FileWriter) -> None:
        """Copy the files with a row of one of the keys, and add the rows of other keys."""
        rows = self.rows.sort(self.time, nulls_last=False, maintain_order=True) if self.time else self.rows
        rows = rows.unique(self.key, keep="last", maintain_order=True)
        require_types(table, rows.schema)
        change_rows(table, properties, files, rows.select(self.key), functools.partial(self._update, rows), rows)

    def _update(self, rows: pl.DataFrame, before: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows of a file that stay, and those that come in place of the others."""
        if self.keep_existing:
            return before, before.clear()
        later = pl.lit(value=True) if self.time is None else pl.col(self.time).is_null() | (pl.col(_NEW_TIME) >= pl.col(self.time))
        new = rows.select(*self.key, *([pl.col(self.time).alias(_NEW_TIME)] if self.time else []), pl.lit(value=True).alias(_MATCHED))
        joined = before.join(new, on=self.key, how="left", nulls_equal=True, maintain_order="left")
        replaced = joined.select((pl.col(_MATCHED) & later).fill_null(value=False)).to_series()
        return before.filter(~replaced), _in_place(before.filter(replaced), rows, self.key)


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

    def apply(self, table: DeltaTable, properties: CommitProperties, files: FileWriter) -> None:
        """Copy the files with one of the rows."""
        if is_outdated(table, self.rows):
            before = _upgraded(table)
            unchanged, new = self._replace(before)
            inserted = self.rows.join(before, on=ROW, how="anti") if self.insert else self.rows.clear()
            _rewrite(table, pl.concat([unchanged, new, inserted], how="diagonal"), properties, files.properties)
            return
        require_types(table, self.rows.schema)
        inserted = self.rows if self.insert else self.rows.clear()
        change_rows(table, properties, files, self._ids, self._replace, inserted)

    @property
    def _ids(self) -> pl.DataFrame:
        return pl.DataFrame({ROW: [*self.rows[ROW], *self.removed]}, schema={ROW: pl.String})

    def _replace(self, before: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows of a file that stay, and those that come in place of others."""
        changed = before.join(self._ids, on=ROW, how="semi", maintain_order="left")
        return before.join(changed, on=ROW, how="anti", maintain_order="left"), _in_place(changed, self.rows, [ROW])


def _in_place(before: pl.DataFrame, rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Return the rows with the keys of others, whose cells stay in columns that the rows do not have."""
    missing = [name for name in before.columns if name not in rows.columns]
    return before.select(*key, *missing).join(rows, on=list(key), how="inner", nulls_equal=True, maintain_order="left")


def is_outdated(table: DeltaTable, rows: pl.DataFrame) -> bool:
    """Return True where the table keeps reasons with fewer fields: deltalake adds columns to a table, but cannot merge into files whose structs lack fields."""
    return REASONS in rows.columns and pl.Schema(table.schema()).get(REASONS, rows.schema[REASONS]) != rows.schema[REASONS]


def _upgraded(table: DeltaTable) -> pl.DataFrame:
    return with_canonical_names(scan_table(table)).collect()


def _rewrite(table: DeltaTable, rows: pl.DataFrame, properties: CommitProperties, files: WriterProperties) -> None:
    """Write the whole table in the present form, once; its older versions stay readable."""
    from deltalake import write_deltalake

    write_deltalake(table, rows, mode="overwrite", schema_mode="overwrite", commit_properties=properties, writer_properties=files)
