"""Files that break parsers: each gives one line that says what, where and what to do; never a crash, never some of the rows."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import zstandard

from sluice.config import Limits
from sluice.domain import Batch, Message
from sluice.errors import SourceError, TooLarge
from sluice.messages import render
from sluice.sources import FileSource
from sluice.sources.infer import infer

ROW = b"e1,00501,9.5,1,true,2026-03-01,2026-03-01T10:00:00Z\n"
Read = Callable[..., Batch]


def parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


PARQUET = parquet(pl.DataFrame({"event_id": [f"e{n}" for n in range(1000)]}))
ZIPPED = gzip.compress(b"event_id,zip\n" + b"".join(b"e%d,00501\n" % n for n in range(1000)))

HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "empty": ("a.csv", b"", "is empty"),
    "UTF-16": ("a.csv", "event_id,zip\né,1\n".encode("utf-16"), "is UTF-16; set `encoding: utf-16` for this source"),
    "UTF-16 without mark": ("a.csv", "event_id,zip\né,1\n".encode("utf-16-le"), "byte 1 is NUL"),
    "NUL": ("a.csv", b"event_id,zip\na\0b,1\n", "byte 14 is NUL"),
    "latin-1": ("a.csv", b"event_id,zip\ncaf\xe9,1\n", "line 2: byte 16 is not UTF-8; set `encoding:`"),
    "cut inside a character": ("a.csv", b"event_id,zip\ncaf\xc3", "is not UTF-8"),
    "a field too many": ("a.csv", b"event_id,zip\n1,2\n1,2,3\n", "line 3: 3 fields where the header has 2"),
    "a field too few": ("a.csv", b"event_id,zip,day\n1,2,\n\n1,2\n", "line 4: 2 fields where the header has 3"),
    "a field too few after a cell of two lines": ("a.csv", b'event_id,zip\n"a\nb",2\n1\n', "line 4: 1 fields"),
    "open quote": ("a.csv", b'event_id,zip\n1,2\n"1,2\n3,4\n', "line 3: a quote opens and is never closed"),
    "text after a quote": ("a.csv", b'event_id,zip\n"a" ,2\n', "line 2: text follows a closing quote"),
    "a quote and a separator inside a field": ("a.csv", b'event_id,zip\n1,a "b, c" d\n', "line 2: 3 fields where the header has 2, and a quote inside a field"),
    "another separator": ("a.csv", b"event_id;zip\n1;2\n", "set `separator: ';'`"),
    "old Mac line ends": ("a.csv", b"event_id,zip\r1,2\r", "lone carriage return"),
    "an ending that tells nothing": ("a.xls", b"event_id\n1\n", "set `format:`"),
    "truncated gzip": ("a.csv.gz", ZIPPED[:-20], "ends too early"),
    "gzip without its check sum": ("a.csv.gz", ZIPPED[:-4], "ends too early"),
    "damaged gzip": ("a.csv.gz", ZIPPED[:50] + b"\xff\xff\xff\xff" + ZIPPED[54:], "is damaged"),
    "damaged zstd": ("a.csv", b"\x28\xb5\x2f\xfd" + b"x" * 20, "is damaged"),
    "zstd cut short": ("a.csv.zst", zstandard.compress(b"event_id,zip\n1,2\n" * 1000)[:-4], "ends too early"),
    "damaged xz": ("a.csv", b"\xfd7zXZ\x00" + b"x" * 20, "is damaged"),
    "damaged zip": ("a.csv", b"PK\x03\x04" + b"x" * 20, "is damaged"),
    "truncated Parquet": ("a.parquet", PARQUET[:-30], "cannot be read to its end"),
    "Parquet without a head": ("a.parquet", PARQUET[20:], "cannot be read"),
    "text as Parquet": ("a.parquet", b"event_id,zip\n1,2\n", "cannot be read to its end"),
    "empty Parquet": ("a.parquet", b"", "is empty"),
    "broken JSON": ("a.jsonl", b'{"event_id":"1"}\n\n{"event_id":\n{"event_id":"2"}\n', "line 3, character 13 is not JSON"),
    "JSON cut short": ("a.jsonl", b'{"event_id":"1"}\n{"event_id":"2', "line 2, character 13 is not JSON"),
    "a broken JSON document": ("a.json", b'[{"event_id":"1"},\n {"event_id" 2}]\n', "line 2, character 14: the JSON document is broken"),
    "a JSON document cut short": ("a.json", b'[{"event_id":"1"},\n', "line 2, character 1: the JSON document is broken or cut short"),
    "deep JSON": ("a.json", b'[{"event_id":' + b"[" * 200_000, "is nested too deeply"),
    "a JSON array a line": ("a.jsonl", b'{"event_id":"1"}\n[1]\n', "line 2 is a JSON array"),
    "a JSON number": ("a.jsonl", b'{"event_id":"1"}\n5\n', "line 2 is not a JSON object"),
    "text as JSON lines": ("a.jsonl", b"event_id,zip\n1,2\n", "line 1, character 1 is not JSON"),
}


@pytest.mark.parametrize(("name", "content", "words"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_gives_one_plain_line(read: Read, name: str, content: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words) as error:
        read(content, name)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith(f"{name}: ")
    assert "Error" not in str(error.value)


TOO_LARGE: dict[str, tuple[str, bytes, Limits, str]] = {
    "a 10 MB cell": ("a.csv", b'event_id,zip\n1,2\n"' + b"x" * 10 * 2**20 + b'",2\n', Limits(), "line 3: a cell has more than 1,048,576 bytes"),
    "a 10 MB cell at the end": ("a.csv", b"event_id,zip\n1," + b"x" * 10 * 2**20, Limits(), "line 2: a cell has more than"),
    "a 10 MB cell of JSON": ("a.jsonl", b'{"event_id":"' + b"x" * 10 * 2**20 + b'"}\n', Limits(), "column event_id: a cell has 10,485,760 bytes"),
    "a 10 MB cell of Parquet": ("a.parquet", parquet(pl.DataFrame({"event_id": ["x" * 10 * 2**20]})), Limits(), "column event_id"),
    "too many columns": ("a.csv", b",".join(b"c%d" % n for n in range(50)) + b"\n", Limits(columns=49), "more than 49 columns"),
    "too many columns of Parquet": ("a.parquet", parquet(pl.DataFrame({f"c{n}": [1] for n in range(50)})), Limits(columns=49), "more than 49 columns"),
    "a large file": ("a.csv", b"event_id,zip\n1,2\n", Limits(file=10), "has 17 bytes, more than 10"),
    "a gzip bomb": ("a.csv.gz", gzip.compress(b"1,2\n" * 2**23, 1), Limits(unpacked=2**20), "more than 1,048,576 bytes once unpacked"),
    "a zstd bomb": ("a.csv.zst", zstandard.compress(b"event_id,zip\n" + b"1,2\n" * 2**20), Limits(unpacked=2**20), "once unpacked"),
    "an xz bomb": ("a.csv.xz", lzma.compress(b"event_id,zip\n" + b"1,2\n" * 2**20), Limits(unpacked=2**20), "once unpacked"),
    "a gzip bomb of JSON": ("a.jsonl.gz", gzip.compress(b'{"event_id":1}\n' * 2**20, 1), Limits(unpacked=2**20), "once unpacked"),
    "a Parquet bomb": ("a.parquet", parquet(pl.DataFrame({"event_id": pl.repeat("A" * 1000, 20_000, eager=True)})), Limits(unpacked=2**20), "once unpacked"),
}


@pytest.mark.parametrize(("name", "content", "limits", "words"), TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_what_is_beyond_a_limit_is_not_read(read: Read, name: str, content: bytes, limits: Limits, words: str) -> None:
    with pytest.raises(TooLarge, match=words):
        read(content, name, limits=limits)


def test_messages_hold_no_cell(read: Read) -> None:
    with pytest.raises(SourceError) as error:
        read(b'event_id,zip\n"secret" ,2\n')
    assert "secret" not in str(error.value)


def test_a_file_that_changed_since_it_was_found_is_not_read(land: Callable[..., FileSource], header: bytes) -> None:
    source = land(header + ROW)
    (arrival,) = source.arrivals()
    land(header + ROW + ROW)
    with pytest.raises(SourceError, match="has changed since it was listed"):
        source.read(arrival)
    (again,) = source.arrivals()
    assert again.id != arrival.id


def test_a_file_that_vanished_is_told(land: Callable[..., FileSource], header: bytes) -> None:
    source = land(header + ROW)
    (arrival,) = source.arrivals()
    Path(arrival.uri).unlink()
    with pytest.raises(SourceError, match="is not there any more"):
        source.read(arrival)


def test_a_folder_in_the_place_of_a_file_is_told(land: Callable[..., FileSource], header: bytes) -> None:
    source = land(header + ROW)
    (arrival,) = source.arrivals()
    Path(arrival.uri).unlink()
    Path(arrival.uri).mkdir()
    with pytest.raises(SourceError, match="is a folder"):
        source.read(arrival)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_stops_nothing_else(land: Callable[..., FileSource], header: bytes) -> None:
    land(header + ROW, "b.csv")
    source = land(header + ROW, "a.csv")
    Path(next(iter(source.arrivals())).uri).chmod(0)
    forbidden, fine = sorted(source.arrivals(), key=lambda arrival: arrival.uri)
    with pytest.raises(SourceError, match="may not be read"):
        source.read(forbidden)
    assert source.read(fine).rows.height == 1


def damaged_archive() -> bytes:
    """Return a zip archive with a byte of its directory changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/a.csv", "sku,price\n" + "A1,2.50\n" * 500)
    return buffer.getvalue()[:-60]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("b_2026-11-27.csv.zip", damaged_archive()),
        ("b_2026-11-27.csv", damaged_archive()),  # a sheet under another ending
        ("b_2026-11-27.xlsx", damaged_archive()),
        ("b_2026-11-27.xls", b"\xd0\xcf\x11\xe0" + b"a" * 600),
        ("b_2026-11-27.csv.xz", lzma.compress(b"sku,price\n" * 900)[:40] + b"a" * 40),
        ("b_2026-11-27.csv.bz2", b"BZh9" + b"a" * 600),
        ("b_2026-11-27.csv.gz", ZIPPED[:20] + b"a" * 600),
        ("b_2026-11-27.csv.zst", zstandard.compress(b"sku,price\n" * 900)[:20] + b"a" * 40),
        ("b_2026-11-27.jsonl.zip", damaged_archive()),
        ("b_2026-11-27.xml.zip", damaged_archive()),
        ("b_2026-11-27.parquet", b"PAR1" + b"a" * 600 + b"PAR1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # an archive holds the time
)
def test_a_damaged_file_is_named_and_the_others_are_described(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "products_2026-11-27.csv").write_text("sku,price\n" + "".join(f"A{n},{n}.50\n" for n in range(40)))
    skipped: list[Message] = []

    (dataset,) = infer(tmp_path, skipped=skipped.append)

    assert dataset.dataset == "products"
    assert len(skipped) == 1
    assert name in render(skipped[0])


@pytest.mark.parametrize("ending", ["csv.zip", "csv"])
def test_a_damaged_file_among_others_of_its_dataset_is_set_aside(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"products_2026-11-28.{ending}").write_bytes(damaged_archive())
    (tmp_path / "products_2026-11-27.csv").write_text("sku,price\n" + "".join(f"A{n},{n}.50\n" for n in range(40)))

    (dataset,) = infer(tmp_path)

    assert (dataset.rows, dataset.files) == (40, 2)
    assert f"1 of its files cannot be read, such as products_2026-11-28.{ending}" in render(dataset.note)
