"""Rows of a file that were not published are written as they stand in it, to be sent back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from sluice.app import App, build, carry_out
from sluice.app.rejects import rejects_of
from sluice.cli.main import outcome
from sluice.domain import ROW, Request
from sluice.errors import UsageError

CONFIG = """
clock: 2026-03-03T06:00:00Z
datasets:
  prices:
    source: {files: "landing/*.csv", separator: ";"}
    columns: {sku: {type: string}, price: {type: number}, mail: {type: string, personal: true}}
    suite: [expect_column_values_to_be_between: {column: price, min_value: 0}]
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A file of 20 rows: of the first three the price is wrong; two of its columns are not declared, or called otherwise."""
    (tmp_path / "landing").mkdir()
    lines = [f"=s{number};{number - 2 if number < 2 else 'free' if number == 2 else 5};a@b.example;note {number}" for number in range(20)]
    (tmp_path / "landing" / "prices.csv").write_text("\n".join(["sku;price;Mail;Reason", *lines]) + "\n")
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        yield app


def test_the_rows_of_a_file_go_back_as_they_stand_in_it(app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "from the supplier.csv"
    copy.write_bytes((tmp_path / "landing" / "prices.csv").read_bytes())
    back, config = tmp_path / "back.csv", ["--config", str(app.path), "--format", "json"]
    assert outcome(["rejects", str(copy), "--to", str(back), *config]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(back), "dataset": "prices", "rows": 3, "encoding": "utf-8"}
    table = pl.read_csv(back, separator=";", infer_schema=False)
    assert table.columns == ["sku", "price", "Mail", "Reason", "Reason (Sluice)", "Row of the file"]
    assert table.drop("Reason (Sluice)").rows() == [
        ("'=s0", "-2", "•••", "note 0", "1"),
        ("'=s1", "-1", "•••", "note 1", "2"),
        ("'=s2", "free", "•••", "note 2", "3"),
    ]
    assert table["Reason (Sluice)"].to_list() == ["price is below 0", "price is below 0", "price is not of type number"]
    assert outcome(["rejects", str(copy), "--to", str(back), *config]) == 2
    assert outcome(["rejects", "prices.csv", "--to", str(tmp_path / "back.xlsx"), *config]) == 0
    assert pl.read_excel(tmp_path / "back.xlsx")["sku"].to_list() == ["=s0", "=s1", "=s2"]
    assert outcome(["rejects", str(copy), "--to", str(tmp_path / "back.json"), *config]) == 2


def test_rejected_rows_go_back_and_released_ones_do_not(app: App, tmp_path: Path) -> None:
    rows = app.store.quarantine.held("prices").sort(ROW)[ROW].to_list()
    with app.store.lease("prices") as lease:
        app.store.quarantine.reject(lease, Request("r1", "reject", "prices", "Ann", "", app.now(), (rows[0],)), rows[:1])
    carry_out(app, app.store.requests.submit(Request("r2", "release", "prices", "Ann", "", app.now(), (rows[1],))))
    assert rejects_of(app, "prices.csv").rows["Row of the file"].to_list() == [1, 3]
    (tmp_path / "other.csv").write_text("sku;price;Mail;Reason\nx;1;;\n")
    with pytest.raises(UsageError, match="no published run read a file with these bytes"):
        rejects_of(app, str(tmp_path / "other.csv"))


@pytest.mark.parametrize(("encoding", "mask"), [("cp1252", "•••"), ("iso8859-1", "***"), ("gb18030", "•••")])
def test_the_rows_go_back_in_the_encoding_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str, mask: str) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "prices.csv").write_bytes("sku;price;mail\nTür;-1;a@b.example\n".encode(encoding))
    (tmp_path / "sluice.yaml").write_text(CONFIG.replace('separator: ";"', f'separator: ";", encoding: {encoding}'))
    config, back = ["--config", str(tmp_path / "sluice.yaml")], tmp_path / "back.csv"
    outcome(["run", *config])
    capsys.readouterr()
    assert outcome(["rejects", "prices.csv", "--to", str(back), *config]) == 0
    assert f"back.csv ({encoding}): 1 row of prices.csv" in capsys.readouterr().out.replace("\n", "")
    assert back.read_bytes().decode(encoding).splitlines()[1] == f"Tür;-1;{mask};price is below 0;1"
    chinese = ["rejects", "prices.csv", "--to", str(back), "--language", "zh", "--force", *config]
    assert outcome(chinese) == (0 if encoding == "gb18030" else 2)
    if encoding != "gb18030":
        assert f"is in {encoding}, which has no" in capsys.readouterr().err
