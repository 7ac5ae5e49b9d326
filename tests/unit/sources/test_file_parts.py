"""A file that is read batch by batch has the rows, row ids and cells that it has when it is read at once."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sluice.config import Limits
from sluice.domain import Column, ReadOptions, Schema
from sluice.errors import NotInParts, SourceError
from sluice.sources import FileSource

SCHEMA = Schema("d", "append", ("id",), (Column("id"), Column("note"), Column("price", "number"), Column("ts", "timestamp")), time="ts")
ROWS = 40_000


def frame() -> pl.DataFrame:
    numbers = pl.int_range(ROWS, eager=True)
    notes = pl.select(pl.when(numbers % 3 == 0).then(pl.lit('a "quoted",\ntext')).when(numbers % 3 == 1).then(pl.lit("")).otherwise(pl.lit("é"))).to_series()
    prices = pl.select(pl.when(numbers % 1000 == 7).then(pl.lit("12,5 €")).otherwise((numbers / 8).cast(pl.String))).to_series()
    times = pl.select(pl.format("2026-03-01T00:00:{}", (numbers % 60).cast(pl.String).str.zfill(2))).to_series()
    return pl.DataFrame({"id": "e" + numbers.cast(pl.String), "note": notes, "price": prices, "ts": times})


def source(root: Path, options: ReadOptions | None = None) -> FileSource:
    return FileSource(SCHEMA, "landing/*", root, Limits(), options or ReadOptions())


def write(root: Path, name: str) -> None:
    (root / "landing").mkdir()
    path = root / "landing" / name
    match path.suffix:
        case ".csv":
            frame().write_csv(path)
        case ".jsonl":
            frame().write_ndjson(path)
        case _:
            frame().with_columns(pl.col("ts").str.to_datetime()).write_parquet(path, row_group_size=3_000)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_batches_give_the_rows_of_the_file(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    files = source(tmp_path)
    (arrival,) = files.arrivals()
    parts = files.parts(arrival, 0)
    batches, whole = list(parts.begin()), files.read(arrival)
    assert pl.concat([batch.rows for batch in batches], how="diagonal").equals(whole.rows)
    assert {batch.columns for batch in batches} == {whole.columns}
    assert whole.rows.height <= parts.rows <= 3 * whole.rows.height


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    write(tmp_path, "a.csv")
    path = tmp_path / "landing" / "a.csv"
    lines = path.read_text(encoding="utf-8")
    path.write_text(lines + "\n" + 'x,"last",1,2026-03-01T00:00:00\n\n', encoding="utf-8")
    files = source(tmp_path)
    (arrival,) = files.arrivals()
    whole = files.read(arrival)
    assert pl.concat([batch.rows for batch in files.parts(arrival, 0).begin()]).equals(whole.rows)
    assert whole.rows["_row_id"][-1] == f"{arrival.id}.{ROWS}"


@pytest.mark.parametrize("options", [ReadOptions(group_by=("id",)), ReadOptions(header="search"), ReadOptions(footer=True)])
def test_what_needs_the_whole_file_is_read_as_a_whole(tmp_path: Path, options: ReadOptions) -> None:
    write(tmp_path, "a.csv")
    files = source(tmp_path, options)
    (arrival,) = files.arrivals()
    with pytest.raises(NotInParts):
        files.parts(arrival, 0)


def test_a_small_text_is_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, "a.csv")
    files = source(tmp_path)
    (arrival,) = files.arrivals()
    with pytest.raises(NotInParts):
        files.parts(arrival, 2**33)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.parquet")
    files = source(tmp_path)
    (arrival,) = files.arrivals()
    frame().head(5).write_parquet(tmp_path / "landing" / "a.parquet")
    with pytest.raises(SourceError, match="changed"):
        list(files.parts(arrival, 0).begin())


def test_a_file_that_grows_while_it_is_read_is_no_batch(tmp_path: Path) -> None:
    write(tmp_path, "a.csv")
    files = source(tmp_path)
    (arrival,) = files.arrivals()
    batches = files.parts(arrival, 0).begin()
    next(batches)
    with (tmp_path / "landing" / "a.csv").open("a", encoding="utf-8") as file:
        file.write("late,,1,2026-03-01T00:00:00\n")
    with pytest.raises(SourceError, match="has changed since it was listed"):
        list(batches)
