"""Land rows of a SQL or Delta table in files: written whole or not at all, numbered, changed by nothing but an erasure."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import polars as pl

from sluice.config import Limits
from sluice.domain import Arrival, Mark, Schema
from sluice.rules.keyed_digests import KeyedDigests
from sluice.sources.arrival import arrival_of

_AT = "sluice.at"  # keys of the file's metadata: the end of the period of its rows,
_ID = "sluice.id"  # and, where a value was erased since, the id that the arrival had before
MARK = "sluice.mark"  # and of rows of a SQL table up to where it was read with them
_NOTHING: Mapping[str, str] = MappingProxyType({})
Suppress: TypeAlias = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Landing:
    """Hold the landed files of one dataset on this machine: `<dataset>-<number>.parquet`.

    `suppress` takes people who were forgotten out of rows before they are written.

    Those of a SQL table have all columns as text, and rows in the order of the watermark.
    """

    folder: Path
    dataset: str
    suppress: Suppress | None = None

    def files(self) -> list[Path]:
        """Return the files, in the order of landing."""
        return sorted(self.folder.glob(f"{self.dataset}-*.parquet"))

    def last_number(self) -> int:
        """Return the number of the newest file; 0 where there is none."""
        files = self.files()
        return _number_of(files[-1]) if files else 0

    def add(self, rows: pl.DataFrame, at: datetime, metadata: Mapping[str, str] = _NOTHING, number: int | None = None) -> bool:
        """Land rows as the next file; return False where another process landed it at the same moment.

        Args:
            rows: Rows as text, or typed.
            at: End of the period that they cover.
            metadata: What else the file's metadata has to say.
            number: Number of the file; that after the newest one by default.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        final = self.folder / f"{self.dataset}-{number or self.last_number() + 1:06d}.parquet"
        draft = self.folder / f".{final.name}.{os.getpid()}.part"
        with draft.open("wb") as file:
            landed = self.suppress(rows) if self.suppress else rows
            landed.write_parquet(file, metadata={**metadata, _AT: at.astimezone(UTC).isoformat()})
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, final)  # a rename would replace a file of another process
        except FileExistsError:
            return False
        finally:
            draft.unlink()
        return True

    def last(self, watermark: str) -> str | None:
        """Return the highest landed watermark, as text."""
        files = self.files()
        return str(pl.scan_parquet(files[-1]).select(pl.col(watermark).last()).collect().item()) if files else None

    def ties(self, watermark: str) -> pl.DataFrame:
        """Return the landed rows that have the last watermark."""
        last, ties = self.last(watermark), [pl.DataFrame()]
        for path in reversed(self.files()):
            rows = pl.scan_parquet(path).filter(pl.col(watermark) == last).collect()
            if not rows.height:
                break
            ties.append(rows)
        return pl.concat(ties, how="diagonal")

    def arrivals(self, schema: Schema, limits: Limits) -> Iterator[Arrival]:
        """Yield all landed files as arrivals."""
        for path in self.files():
            metadata = pl.read_parquet_metadata(path)
            arrival = arrival_of(schema, path, self.folder, limits.file)
            yield replace(arrival, id=metadata.get(_ID, arrival.id), at=datetime.fromisoformat(metadata[_AT]), mark=_mark_of(metadata))

    def rewrite(self, change: Callable[[pl.DataFrame], pl.DataFrame], schema: Schema, limits: Limits, digests: KeyedDigests) -> None:
        """Change the rows of landed files; each keeps the id of its arrival, so that no row is taken as new.

        Args:
            change: Returns the new rows of a file, as many and in the same order.
            schema: The dataset.
            limits: Largest size of a file.
            digests: Put digests of rows that were read under a key.
        """
        for arrival in list(self.arrivals(schema, limits)):
            path = Path(arrival.uri)
            before = pl.read_parquet(path)
            after = change(before)
            stored = {key: value for key, value in pl.read_parquet_metadata(path).items() if key.startswith("sluice.")}
            metadata = {**stored, **_mark_under_key(stored, digests)}
            if not after.equals(before) or metadata != stored:
                draft = path.with_name(f".{path.name}.{os.getpid()}.part")
                with draft.open("wb") as file:
                    after.write_parquet(file, metadata={**metadata, _AT: arrival.at.isoformat(), _ID: arrival.id})
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(path)


def _number_of(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])


def _mark_under_key(metadata: Mapping[str, str], digests: KeyedDigests) -> Mapping[str, str]:
    mark = _mark_of(metadata)
    under_key = mark and replace(mark, digests=tuple(map(digests.row_under_key, mark.digests)))
    return {MARK: json.dumps(under_key.to_json())} if under_key and under_key != mark else {}


def _mark_of(metadata: Mapping[str, str]) -> Mark | None:
    return Mark.from_json(json.loads(metadata[MARK])) if MARK in metadata else None


def text_frame(names: Sequence[str], rows: Sequence[Sequence[object]]) -> pl.DataFrame:
    """Return rows of a database driver as text that casts back to the same values."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pl.DataFrame({name: pl.Series(name, [_text(value) for value in column], pl.String) for name, column in zip(names, columns, strict=True)})


def exclude_landed(rows: pl.DataFrame, ties: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows that were not landed before, and the landed ones that matched none; each landed row excludes one equal row."""
    if not ties.height:
        return rows, ties
    earlier = pl.concat([rows.clear(), ties], how="diagonal").select(rows.columns)  # columns may have come or gone since
    numbered, landed = _numbered(rows), _numbered(earlier)
    new = numbered.join(landed, on=numbered.columns, how="anti", nulls_equal=True, maintain_order="left")
    unmatched = landed.join(numbered, on=numbered.columns, how="anti", nulls_equal=True, maintain_order="left")
    return new.select(rows.columns), unmatched.select(rows.columns)


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Number equal rows, so that each is unique."""
    return rows.with_columns(pl.int_range(pl.len()).over(rows.columns).alias("\0number"))


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "backslashreplace")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
