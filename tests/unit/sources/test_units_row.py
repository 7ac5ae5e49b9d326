"""A second row of the header, which holds units, is no row of data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sluice.config import FileSource as Settings
from sluice.config import Limits
from sluice.sources import FileSource
from sluice.sources.infer import infer

ROWS = [f"{n:05};Lampe {n} cm;{3 + n},90;{n % 9 + 1}" for n in range(1, 31)]
HEAD, UNITS = "Artikel;Bezeichnung;EK-Preis;Lieferzeit", ";;EUR netto;Tage"


@pytest.mark.parametrize(
    ("lines", "header_rows"),
    [
        ([HEAD, UNITS, *ROWS], 2),
        (["Preisliste Müller;;;", "Stand: 26.11.2026;;;", HEAD, UNITS, *ROWS], 2),
        ([HEAD, *ROWS], 1),
        ([HEAD, "L-neu;Lampe;auf Anfrage;unbekannt", *ROWS], 1),  # a product whose price nobody knows
        ([HEAD, ";;EUR netto;", *ROWS], 1),  # one word says little
    ],
)
def test_units_below_the_names_are_left_out_of_each_file(tmp_path: Path, lines: list[str], header_rows: int) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "preise_2026-11-26.csv").write_bytes("\r\n".join(lines).encode("cp1252"))
    (dataset,) = infer(tmp_path / "landing")
    assert dataset.options.header_rows == header_rows
    assert any("EUR netto, Tage" in check.text for check in dataset.checks) is (header_rows == 2)
    source = FileSource(dataset.schema, dataset.pattern, tmp_path, Limits(), dataset.options)
    rows = source.read(next(iter(source.arrivals()))).rows
    if header_rows == 2:
        assert rows["Artikel"].to_list() == [f"{n:05}" for n in range(1, 31)]
        assert rows["EK-Preis"].to_list() == [3 + n + 0.9 for n in range(1, 31)]
        assert rows["_raw"].null_count() == 30


def test_a_later_file_without_the_row_of_units_loses_no_row(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    for day, lines in ((26, [HEAD, UNITS, *ROWS]), (27, [HEAD, *ROWS])):
        (tmp_path / "landing" / f"preise_2026-11-{day}.csv").write_bytes("\r\n".join(lines).encode("cp1252"))
    (dataset,) = infer(tmp_path / "landing")
    source = FileSource(dataset.schema, dataset.pattern, tmp_path, Limits(), replace(dataset.options, header="search", header_rows=2))
    assert [source.read(arrival).rows["Artikel"].to_list()[:2] for arrival in source.arrivals()] == [["00001", "00002"]] * 2


def test_rows_of_a_header_need_one_that_is_searched() -> None:
    with pytest.raises(ValueError, match="header: search"):
        Settings(files="a.csv", header_rows=2)
