"""What `sluice run` prints of a batch: each thing that a person should look at, by file, rule and column."""

from __future__ import annotations

from pathlib import Path

from sluice.app import build
from sluice.app.findings import finding_lines

CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  products:
    source: {files: "landing/*.csv"}
    mode: snapshot
    key: [sku]
    columns: {sku: {type: string}, price: {type: number}, on_sale: {type: boolean}}
    clean: [parse]
"""


def test_cells_that_do_not_fit_and_blank_keys_are_named(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    rows = [*(f"A{number},{number}.5,true" for number in range(20)), 'A20,"1.234,50",true', "A21,auf Anfrage,true", "A22,5.0,vielleicht", ",7.0,true"]
    (tmp_path / "landing" / "products_2026-03-01.csv").write_text("sku,price,on_sale\n" + "\n".join(rows) + "\n")
    with build(tmp_path / "sluice.yaml") as app:
        (run,) = app.run(app.pending_arrivals())
        lines = [line.removeprefix("products products_2026-03-01.csv: ") for line in finding_lines(app, [run])]
    assert run.bad == 3
    assert lines == [
        "cast:price: price is not of type number; 1 of 24 rows (4.17%) (critical)",
        "cast:on_sale: on_sale is not of type boolean; 1 of 24 rows (4.17%) (critical)",
        "key_present: the key (sku) is empty; 1 of 24 rows (4.17%) (critical)",
    ]


def test_counts_of_the_rows_as_they_arrived_and_once_cleaned_say_which_they_are(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    config = CONFIG.replace("price: {type: number}", "title: {type: string}").replace("clean: [parse]", "clean: [normalize_text]")
    suite = "    suite: [expect_column_value_lengths_to_be_between: {column: title, max_value: 6, on_fail: flag}]\n"
    (tmp_path / "sluice.yaml").write_text(config + suite)
    rows = [*(f"A{number},Mug {number},true" for number in range(18)), "A20,Mug 20   ,true", "A21,Teapots,true"]
    (tmp_path / "landing" / "products_2026-03-01.csv").write_text("sku,title,on_sale\n" + "\n".join(rows) + "\n")
    with build(tmp_path / "sluice.yaml") as app:
        (run,) = app.run(app.pending_arrivals())
        (line,) = finding_lines(app, [run])
    assert line.endswith("; as they arrived: 2 of 20 rows (10.00%); once cleaned: 1 of 20 rows (5.00%) (critical)")
