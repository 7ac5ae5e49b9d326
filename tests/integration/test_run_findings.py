"""What `sluice run` says of a file that it published, though something in it is in doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.cli.main import outcome

CONFIG = """
zone: Europe/Berlin
datasets:
  stock:
    source: {files: "landing/*.csv"}
    columns: {sku: {type: string}, ean: {type: string}, counted_at: {type: timestamp}}
    clean: [normalize_text]
"""


def test_run_names_lost_digits_double_hours_and_columns_that_are_not_declared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "landing").mkdir()
    rows = "".join(f"s{row},4.0{row}E+12,2026-10-25 02:{row}0,blue\n" for row in range(1, 6))
    (tmp_path / "landing" / "stock.csv").write_text(f"SKU,ean,counted_at,colour\n{rows}")
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    assert outcome(["run", "--config", str(tmp_path / "sluice.yaml")]) == 0
    printed = capsys.readouterr().err
    for words in (
        "normalize_text:damaged_code:ean: a spreadsheet wrote a code as a rounded number; its digits are lost; 5 of 5 rows",
        "order_unknown:counted_at: counted_at is in the hour that comes twice in Europe/Berlin",
        "column_matched:sku: the column SKU of the file is read as sku",
        "columns_known: the file has 1 column that is not declared",
    ):
        assert words in printed
    assert "cast:" not in printed


def test_run_names_the_lines_that_are_left_out_as_footer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "stock.csv").write_text("sku,ean\n" + "".join(f"s{row},{row}\n" for row in range(2, 12)) + "Total\nEnd\n")
    source = 'datasets: {stock: {source: {files: "landing/*.csv", footer: true}, columns: {sku: {type: string}, ean: {type: string}}}}\n'
    (tmp_path / "sluice.yaml").write_text(source)
    assert outcome(["run", "--config", str(tmp_path / "sluice.yaml")]) == 0
    assert capsys.readouterr().err.count("2 records at the end of the file are left out as its footer: lines 12, 13") == 1
