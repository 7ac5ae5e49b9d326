"""Add files to a Delta table that lie in its folder already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from sluice.store.changed_files import FileWriter, LakeFile, replace_rows, require_types
from sluice.store.delta_commits import Append, Overwrite, is_outdated

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable


@dataclass(frozen=True, slots=True, eq=False)
class AddFiles:
    """Add files that lie in the folder of the table, beside its rows or in place of them.

    Attributes:
        files: The files.
        schema: Their columns.
        overwrite: Whether they replace the table's rows.
        read: Reads their rows, for a table that cannot take the files as they are.
        removed: Ids of rows of the table in whose place they come.
    """

    files: Sequence[LakeFile]
    schema: pl.Schema
    overwrite: bool
    read: Callable[[], pl.DataFrame]
    removed: Sequence[str] = ()

    @property
    def rows(self) -> pl.DataFrame:
        """Return a frame with the columns of the files."""
        return pl.DataFrame(schema=self.schema)

    @property
    def empty(self) -> bool:
        """Return True where there are no files, and no row is removed."""
        return not self.files and not self.removed

    def apply(self, table: DeltaTable, properties: CommitProperties, files: FileWriter) -> None:
        """Add the files.

        Raises:
            SchemaMismatchError: A column has another type than the table's; with such a file deltalake would leave a table that cannot be read.
        """
        if is_outdated(table, self.rows):
            commit = Overwrite(self.read()) if self.overwrite else Append(self.read())
            commit.apply(table, properties, files)
            return
        require_types(table, self.schema)
        if self.removed:
            replace_rows(table, properties, files, self.removed, self.files)
            return
        table.create_write_transaction(
            [file.added() for file in self.files], "overwrite" if self.overwrite else "append", table.schema(), commit_properties=properties
        )
        table.update_incremental()
