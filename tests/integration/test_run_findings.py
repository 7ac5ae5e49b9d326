"""What `sluice run` says of a file that it published, though something in it is in doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.cli.main import outcome
from sluice.store.detector_queries import FlagFilter, all_flags
from tests.integration.prices_shop import carry_out, config_of, published_shop, write_shop

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
        "normalize_text:ean: a spreadsheet wrote a code as a rounded number; its digits are lost; 5 of 5 rows",
        "order_unknown:counted_at: counted_at is in the hour that comes twice in Europe/Berlin",
        "column_matched:sku: the column SKU of the file is read as sku",
        "columns_known: the file has 1 column that is not declared: colour",
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


def test_rows_that_a_cleaner_flags_are_listed_and_its_incident_ends_with_a_batch_that_has_none(tmp_path: Path) -> None:
    header = "sku,ean"
    path = write_shop(tmp_path, config_of("clean: [normalize_text]", columns="sku: {type: string}, ean: {type: string}"), {1: ["a,4.01E+12", "b,"]}, header)
    with published_shop(path) as app:
        (incident,) = app.store.incidents.all("prices")
        listed = all_flags(app.store, FlagFilter("prices", incident.rule))
        assert listed.select("sku", "ean").rows() == [("a", "4.01E+12")]
        (tmp_path / "landing" / "prices-2026-03-02.csv").write_text(f"{header}\nc,4006381333931\n")
        list(app.run(app.pending_arrivals()))
        assert app.store.incidents.get(incident.id).state == "resolved"


def test_a_cell_that_does_not_cast_is_held_for_that_alone_and_not_as_empty(tmp_path: Path) -> None:
    suite = "suite: [expect_column_values_to_not_be_null: {column: price}]"
    with published_shop(write_shop(tmp_path, config_of(suite), {1: ["a,free", "b,", "c,2"]})) as app:
        held = app.store.quarantine.held("prices").sort("_row_id")
        names = [[reason["name"] for reason in reasons] for reasons in held["_reasons"].to_list()]
        assert names == [["cast:price"], ["expect_column_values_to_not_be_null:price"]]
        assert {incident.rule for incident in app.store.incidents.all("prices")} == {"cast:price", "expect_column_values_to_not_be_null:price"}
        released = carry_out(app, "q1", "release", rule="cast:price")
        assert released.startswith("done: 1 of 1 row was released")
