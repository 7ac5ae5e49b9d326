"""Change rows of a Delta table by copying the files that hold them, in one commit that removes the former files and adds the new ones.

No other file is read beyond the columns that name its rows, and none is rewritten: deltalake's merge reads and joins the whole table.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

import polars as pl

from sluice.domain import ROW
from sluice.store.delta_scan import PinnedTable, pin_table

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable, WriterProperties
    from deltalake.transaction import AddAction, RemoveAction

_FILE, _CHANGED = "_file", "_changed"


@dataclass(frozen=True, slots=True)
class LakeFile:
    """Describe a file of a table.

    Attributes:
        path: Name in the folder of the table.
        rows: Number of rows.
        bytes: Size.
        sha256: SHA-256 of the content, as hexadecimal text.
        statistics: Statistics for the log of the table, as JSON text.
    """

    path: str
    rows: int
    bytes: int
    sha256: str
    statistics: str

    def added(self, *, data_change: bool = True) -> AddAction:
        """Return the action that adds the file.

        Args:
            data_change: Whether its rows are not in the table yet.
        """
        from deltalake.transaction import AddAction

        return AddAction(self.path, self.bytes, {}, _now(), data_change=data_change, stats=self.statistics)


class FileWriter(Protocol):
    """Write files of one table."""

    @property
    def properties(self) -> WriterProperties:
        """Return how deltalake writes them."""
        ...

    def write(self, rows: pl.DataFrame) -> Sequence[LakeFile]:
        """Write rows into the folder of the table, where nobody reads them until a commit adds them."""
        ...


Change: TypeAlias = Callable[[pl.DataFrame], tuple[pl.DataFrame, pl.DataFrame]]


def change_rows(
    table: DeltaTable,
    properties: CommitProperties,
    files: FileWriter,
    keys: pl.DataFrame,
    change: Change,
    inserted: pl.DataFrame,
    written: Sequence[LakeFile] = (),
) -> None:
    """Change rows with certain keys, and insert others.

    Args:
        table: The table; its handle is at the new version afterwards.
        properties: Of the commit.
        files: Writes the new files.
        keys: Keys of the rows that may change; two empty parts are equal.
        change: Returns, given all rows of a file, those that stay as they are, and new ones in place of the others.
        inserted: Rows that are inserted where no row of the table has their key.
        written: Files of further rows, which lie in the folder of the table already.
    """
    pinned, names = pin_table(table), keys.columns
    matches = _matches(pinned, keys)
    former, added = [], list[LakeFile]()
    for path, rows in _holding(table, pinned, matches):
        unchanged, new = change(rows)
        if unchanged.height < rows.height or new.height:
            former.append(path)
            added += files.write(pl.concat([unchanged, new], how="diagonal_relaxed").select(rows.columns))
    new = inserted.join(matches.select(names), on=names, how="anti", nulls_equal=True, maintain_order="left")
    replace_files(table, properties, former, [*added, *written, *files.write(_in_columns(new, pinned.schema))])


def replace_rows(table: DeltaTable, properties: CommitProperties, files: FileWriter, removed: Sequence[str], written: Sequence[LakeFile]) -> None:
    """Commit files in place of some rows; the other rows of the files that hold these are copied.

    Args:
        table: The table; its handle is at the new version afterwards.
        properties: Of the commit.
        files: Writes the copies.
        removed: Ids of the rows.
        written: Files that lie in the folder of the table already.
    """
    ids = pl.DataFrame({ROW: removed}, schema={ROW: pl.String})

    def without(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        return rows.join(ids, on=ROW, how="anti", maintain_order="left"), rows.clear()

    change_rows(table, properties, files, ids, without, ids.clear(), written)


def replace_files(table: DeltaTable, properties: CommitProperties, former: Sequence[str], files: Sequence[LakeFile], *, data_change: bool = True) -> None:
    """Commit files in place of others.

    Args:
        table: The table; its handle is at the new version afterwards.
        properties: Of the commit.
        former: Paths of files that are in the table at the version of the handle.
        files: The new files.
        data_change: Whether the rows are others than before.
    """
    from deltalake._internal import RemoveAction

    removed: list[AddAction | RemoveAction] = [RemoveAction(path, data_change, _now()) for path in former]
    added = [file.added(data_change=data_change) for file in files]
    table.create_write_transaction([*removed, *added], "append", table.schema(), commit_properties=properties)
    table.update_incremental()


def add_missing_columns(table: DeltaTable, schema: pl.Schema, properties: CommitProperties) -> None:
    """Add the columns that a table lacks, in a commit of their own: a file with a column more is committed, and the column never read."""
    from deltalake import Schema

    stored = {field.name for field in table.schema().fields}
    if added := [field for field in Schema.from_arrow(schema).fields if field.name not in stored]:
        table.alter.add_columns(added, commit_properties=properties)


def require_types(table: DeltaTable, schema: pl.Schema) -> None:
    """Pass only where columns have the types of the table's; with a file of other types deltalake would leave a table that cannot be read.

    Raises:
        SchemaMismatchError: A column has another type.
    """
    from deltalake.exceptions import SchemaMismatchError

    stored = pl.Schema(table.schema())
    if changed := [name for name, dtype in schema.items() if stored[name] != dtype]:
        raise SchemaMismatchError(f"other types: {', '.join(changed)}")


def _matches(pinned: PinnedTable, keys: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of the table's rows that are among some keys, with the number of the file that holds each."""
    name, unique = keys.columns[0], keys.lazy().unique()
    possible = {*(pinned.files if keys[name].null_count() else pinned.files_with(name, keys[name]))}  # statistics tell nothing of empty cells
    scans = [pinned.scan([file]).select(*keys.columns, pl.lit(number).alias(_FILE)) for number, file in enumerate(pinned.files) if file in possible]
    matches = pl.collect_all([scan.join(unique, on=keys.columns, how="semi", nulls_equal=True) for scan in scans])
    return pl.concat([keys.clear().with_columns(pl.lit(0).alias(_FILE)), *matches])


def _holding(table: DeltaTable, pinned: PinnedTable, matches: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the path and the rows of each file that holds a match."""
    paths = pl.DataFrame(table.get_add_actions(flatten=True))["path"]
    for number in matches[_FILE].unique().sort():
        yield paths[number], pinned.scan([pinned.files[number]]).collect()


def _in_columns(rows: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return pl.concat([schema.to_frame(), rows], how="diagonal_relaxed").select(schema.names())


def _now() -> int:
    return time.time_ns() // 10**6
