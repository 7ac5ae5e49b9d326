"""Hand rows from one part of a batch to another through files in a folder that all parts reach."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sluice.domain import row_position

_BUCKET = "_bucket"


@dataclass(frozen=True, slots=True)
class FolderExchange:
    """Write the rows of a part into one file for each part that takes some of them.

    Each attempt to evaluate a part writes files of its own, and those are read whose names it answered with.

    Attributes:
        folder: The folder.
        part: Number of the part; None for the run on no rows.
        parts: Number of parts.
        together: Columns by whose values the rows of the batch are divided.
    """

    folder: Path
    part: int | None
    parts: int
    together: tuple[str, ...]

    def meets(self, by: Sequence[str]) -> bool:
        """Return True where rows that are equal in some columns are in one part."""
        return bool(self.together) and {*self.together} <= {*by}

    def send(self, rows: pl.DataFrame, by: Sequence[str]) -> frozenset[str]:
        """Send each row to the part that takes its group, and return the names of the files; without columns, the first part takes all."""
        bucket = pl.struct(by).hash() % self.parts if by else pl.lit(0, pl.UInt64)
        attempt, names = uuid.uuid4().hex, []
        for (taker,), some in rows.with_columns(bucket.alias(_BUCKET)).partition_by(_BUCKET, as_dict=True, include_key=False).items():
            names.append(f"{self.part}-{taker}-{attempt}.arrow")
            some.write_ipc(self.folder / names[-1], compression="lz4")
        return frozenset(names)

    def sent(self, names: frozenset[str]) -> frozenset[str]:
        """Return those of some names that are of this part."""
        return frozenset(name for name in names if name.startswith(f"{self.part}-"))

    def receive(self, names: frozenset[str], empty: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that all parts sent to this one, in the order of the file."""
        files = sorted(name for name in names if name.split("-")[1] == str(self.part))
        return pl.concat([empty, *(pl.read_ipc((self.folder / name).read_bytes()) for name in files)]).sort(row_position())
