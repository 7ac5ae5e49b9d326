"""Which files are arrivals, what they are named, and what is read of them."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sluice.config import Limits
from sluice.domain import RAW, ROW, Batch, Schema
from sluice.errors import SourceError
from sluice.sources import FileSource
from sluice.sources.file_dates import period_end, period_ends

ROWS = b"e1,00501,9.5,1,true,2026-03-01,2026-03-01T10:00:00Z\ne2,,,,,,\n"


def names(source: FileSource) -> list[str]:
    return [Path(arrival.uri).name for arrival in source.arrivals()]


def test_reads_declared_columns_in_their_types(read: Callable[..., Batch], header: bytes, schema: Schema) -> None:
    batch = read(header + ROWS)
    assert dict(batch.rows.schema) == {**schema.dtypes, ROW: batch.rows.schema[ROW], RAW: batch.rows.schema[RAW]}
    assert batch.rows.row(0)[:7] == ("e1", "00501", 9.5, 1, True, datetime(2026, 3, 1).date(), datetime(2026, 3, 1, 10, tzinfo=UTC))  # noqa: DTZ001  # a date
    assert batch.rows.row(1)[:7] == ("e2", None, None, None, None, None, None)
    assert batch.rows[ROW].to_list() == [f"{batch.id}.0", f"{batch.id}.1"]
    assert batch.rows[RAW].to_list() == [None, None]
    assert batch.columns == schema.names
    assert batch.at == datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbf" + ROWS, id="byte order mark"),
        pytest.param(ROWS.replace(b"\n", b"\r\n"), id="Windows line ends"),
        pytest.param(ROWS.replace(b"\ne2", b"\n\n\r\ne2") + b"\n\n", id="blank lines"),
        pytest.param(ROWS.rstrip(b"\n"), id="no last line end"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_harmless_oddities_change_no_row(read: Callable[..., Batch], header: bytes, content: bytes, packed: bool) -> None:
    mark = content[:3] if content.startswith(b"\xef") else b""
    content = mark + header + content.removeprefix(mark)
    half = len(content) // 2
    odd = read(gzip.compress(content[:half]) + gzip.compress(content[half:]) if packed else content)
    assert odd.rows["event_id"].to_list() == ["e1", "e2"]
    assert odd.rows["zip"].to_list() == ["00501", None]


def test_a_header_alone_is_an_empty_batch(read: Callable[..., Batch], header: bytes, schema: Schema) -> None:
    batch = read(header)
    assert batch.rows.height == 0
    assert batch.rows.columns == [*schema.names, ROW, RAW]


def test_a_column_too_few_is_null_and_one_too_many_is_only_named(read: Callable[..., Batch]) -> None:
    batch = read(b"event_id,surprise\ne1,x\n")
    assert batch.columns == ("event_id", "surprise")
    assert batch.rows.row(0)[:3] == ("e1", None, None)
    assert "surprise" not in batch.rows.columns


def test_a_file_with_none_of_the_columns_keeps_its_rows(read: Callable[..., Batch]) -> None:
    batch = read(b"x,y\n1,2\n3,4\n")
    assert batch.rows["event_id"].to_list() == [None, None]


def test_json_lines_keep_numbers_and_nested_values_as_text(read: Callable[..., Batch]) -> None:
    batch = read(b'{"event_id": 7, "price": 9.5, "zip": {"a": [1]}, "more": 1}\n{"event_id": "x", "quantity": "two"}\n', "e.jsonl")
    assert batch.rows["event_id"].to_list() == ["7", "x"]
    assert batch.rows["price"].to_list() == [9.5, None]
    assert batch.rows["zip"][0].replace(" ", "") == '{"a":[1]}'
    assert batch.rows[RAW].to_list() == [None, [{"column": "quantity", "text": "two"}]]
    assert set(batch.columns or ()) == {"event_id", "price", "zip", "more", "quantity"}


def test_tabs_part_the_fields_of_a_tsv(read: Callable[..., Batch]) -> None:
    assert read(b"event_id\tprice\ne1\t2.5\n", "e.tsv").rows["price"].to_list() == [2.5]


def test_hidden_unfinished_and_foreign_files_are_no_arrivals(land: Callable[..., FileSource], tmp_path: Path, header: bytes) -> None:
    for name in (".hidden.csv", "a.csv.part", "b.csv.tmp", "c.csv~"):
        land(header, name)
    source = land(header, "e-2026-03-01.csv")
    (tmp_path / "outside.csv").write_bytes(header)
    (tmp_path / "landing" / "link.csv").symlink_to(tmp_path / "outside.csv")
    (tmp_path / "landing" / "folder.csv").mkdir()
    assert names(source) == ["e-2026-03-01.csv"]


def test_arrivals_come_by_the_time_in_their_names(land: Callable[..., FileSource], header: bytes) -> None:
    for name in ("z-2026-03-01.csv", "a-2026-03-03.csv", "b-2026-03-02.csv"):
        source = land(header, name)
    assert names(source) == ["z-2026-03-01.csv", "b-2026-03-02.csv", "a-2026-03-03.csv"]


def test_a_file_without_a_date_ends_when_it_was_written(land: Callable[..., FileSource], tmp_path: Path, header: bytes) -> None:
    source = land(header, "a.csv")
    os.utime(tmp_path / "landing" / "a.csv", (1_000_000_000, 1_000_000_000))
    assert next(iter(source.arrivals())).at == datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)


def test_an_id_is_made_of_dataset_path_and_content(land: Callable[..., FileSource], header: bytes, tmp_path: Path, schema: Schema) -> None:
    source = land(header, "a.csv")
    first = next(iter(source.arrivals()))
    assert next(iter(source.arrivals())) == first
    assert len(first.id) == 12
    land(header + ROWS, "a.csv")
    other_content = next(iter(source.arrivals()))
    other_dataset = next(iter(FileSource(Schema("other"), "landing/*", tmp_path, Limits()).arrivals()))
    land(header, "b.csv")
    other_path = list(source.arrivals())[1]
    assert len({first.id, other_content.id, other_dataset.id, other_path.id}) == 4


def test_files_that_are_still_written_wait(land: Callable[..., FileSource], header: bytes) -> None:
    assert names(land(header, is_complete=lambda path: path.stat().st_size < 2)) == []


def test_a_file_that_is_deleted_while_the_folder_is_listed_is_no_arrival(land: Callable[..., FileSource], header: bytes) -> None:
    def delete(path: Path) -> bool:
        path.unlink()
        return True

    assert names(land(header, is_complete=delete)) == []
    assert list(land(header, is_complete=delete).newest_first()) == []


def test_a_missing_folder_is_told(tmp_path: Path, schema: Schema) -> None:
    with pytest.raises(SourceError, match=r"events: there is no folder .*nowhere"):
        list(FileSource(schema, "nowhere/*.csv", tmp_path, Limits()).arrivals())


@pytest.mark.parametrize(
    ("name", "every", "end"),
    [
        ("events-2026-03-01.csv", None, datetime(2026, 3, 2, tzinfo=UTC)),
        ("events_20260301.csv", None, datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026/03/events-2026-02-28.csv", timedelta(days=1), datetime(2026, 3, 1, tzinfo=UTC)),
        ("dt=2026-03-01/part-0.parquet", None, datetime(2026, 3, 2, tzinfo=UTC)),
        ("events-2026-03-01T14.csv", None, datetime(2026, 3, 1, 15, tzinfo=UTC)),
        ("events-2026-03-01T14.csv", timedelta(hours=6), datetime(2026, 3, 1, 20, tzinfo=UTC)),
        ("events-2026-03-01T143000.csv", None, datetime(2026, 3, 1, 15, tzinfo=UTC)),
        ("catalog-2026-03-01.csv", timedelta(days=7), datetime(2026, 3, 8, tzinfo=UTC)),
        ("catalog-2026-03-01-001.csv", None, datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-02-01/events-2026-03-01.csv", None, datetime(2026, 3, 2, tzinfo=UTC)),
        ("wc-product-export-21-10-2025-1761033600123.csv", None, datetime(2025, 10, 22, tzinfo=UTC)),
        ("wc-product-export-5-11-2025-1762333200123.csv", None, datetime(2025, 11, 6, tzinfo=UTC)),
        ("report_11-05-2025_1762333200.csv", None, datetime(2025, 11, 6, tzinfo=UTC)),
        ("umsatz_05.11.2025.csv", timedelta(days=7), datetime(2025, 11, 12, tzinfo=UTC)),
        ("report_11-28-2026.txt", None, datetime(2026, 11, 29, tzinfo=UTC)),
        ("orders_1761033600.csv", None, datetime(2025, 10, 22, tzinfo=UTC)),
        ("orders_1161033600.csv", None, None),
        ("report_31-02-2026.csv", None, None),
        ("events-2026-02-30.csv", None, None),
        ("events-120260301.csv", None, None),
        ("events.csv", None, None),
    ],
)
def test_the_end_of_the_time_that_a_name_tells(name: str, every: timedelta | None, end: datetime | None) -> None:
    assert period_end(name, every) == end


def test_one_name_shows_the_order_of_month_and_day_for_all() -> None:
    names = ["report_11-05-2026.csv", "report_11-28-2026.csv"]
    assert period_ends(names) == [datetime(2026, 11, 6, tzinfo=UTC), datetime(2026, 11, 29, tzinfo=UTC)]
    assert period_ends(names[:1]) == [datetime(2026, 5, 12, tzinfo=UTC)]


def test_files_named_with_the_month_first_arrive_by_their_days(land: Callable[..., FileSource], header: bytes) -> None:
    source = next(reversed([land(header, f"events_{day}-2026.csv") for day in ("11-28", "12-01", "11-05")]))
    assert [Path(arrival.uri).name[7:12] for arrival in source.arrivals()] == ["11-05", "11-28", "12-01"]
