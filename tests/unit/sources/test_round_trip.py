"""Any table of text, written in any format, is read back cell for cell, however it is cut into chunks."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.config import Limits
from sluice.domain import Column, Schema
from sluice.sources import FileSource
from sluice.sources.csv_layout import Layout, _count_fields, _read_regular, read_layout

CELLS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6),
    st.sampled_from([",", '"', '"",', "a\nb", "\r\n", " x ", "NA", "007"]),
)
NAMES = ("a", "b c", "é,x")
TABLES = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.tuples(*[CELLS] * width), max_size=8).map(
        lambda rows: pl.DataFrame(rows, schema=dict.fromkeys(NAMES[:width], pl.String), orient="row")
    )
)


def written(table: pl.DataFrame, ending: str) -> bytes:
    buffer = io.BytesIO()
    if ending.startswith("csv"):
        table.write_csv(buffer)
    elif ending.startswith("jsonl"):
        table.write_ndjson(buffer)
    else:
        table.write_parquet(buffer)
    return gzip.compress(buffer.getvalue()) if ending.endswith(".gz") else buffer.getvalue()


def rows_of_csv(table: pl.DataFrame) -> list[tuple[str | None, ...]]:
    """Return the rows that CSV can hold: among several columns, a row without any value is none."""
    return [row for row in table.rows() if len(row) == 1 or any(cell is not None for cell in row)]


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "jsonl", "jsonl.gz", "parquet"])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(table=TABLES)
def test_a_table_of_text_comes_back(tmp_path: Path, ending: str, table: pl.DataFrame) -> None:
    if ending.startswith("jsonl") and not table.height:
        return  # JSON lines without lines have no columns
    (tmp_path / f"t.{ending}").write_bytes(written(table, ending))
    source = FileSource(Schema("t", columns=tuple(map(Column, table.columns))), f"t.{ending}", tmp_path, Limits())
    (arrival,) = source.arrivals()
    batch = source.read(arrival)
    assert batch.columns == tuple(table.columns)
    assert batch.rows.select(table.columns).rows() == (rows_of_csv(table) if ending.startswith("csv") else table.rows())


@settings(deadline=None)
@given(table=TABLES, size=st.integers(1, 7), crlf=st.booleans())
def test_a_layout_does_not_depend_on_the_chunks(table: pl.DataFrame, size: int, crlf: bool) -> None:
    text = table.write_csv(line_terminator="\r\n" if crlf else "\n").encode()
    counted = read_layout((text[at : at + size] for at in range(0, len(text), size)), "t", ",", Limits())
    assert counted == read_layout([text], "t", ",", Limits())
    assert counted.records - len(counted.blank) == len(rows_of_csv(table))


@given(text=st.text("ab,\r\n", max_size=40).map(str.encode), size=st.integers(1, 50), cell=st.sampled_from([2, 5, 100]), columns=st.integers(1, 3))
def test_a_regular_text_is_laid_out_as_any_other(text: bytes, size: int, cell: int, columns: int) -> None:
    limits = Limits(cell=cell, columns=columns)
    regular = _read_regular([text[at : at + size] for at in range(0, len(text), size)], ",", limits)
    if regular is not None:
        assert regular == _count_fields([text], "t", ",", limits)


def test_a_regular_text_is_read_without_numpy() -> None:
    assert _read_regular([b"a,b\r\n1,", b"2\r\n3,\r\n"], ",", Limits()) == Layout(("a", "b"), 2, ())
    code = "import sys; from sluice.config import Limits; from sluice.sources.csv_layout import read_layout; read_layout([b'a,b\\n1,2'], 't', ',', Limits())"
    subprocess.run([sys.executable, "-c", code + "; assert 'numpy' not in sys.modules"], check=True)
