"""`sluice suggest`: proposals from two weeks of accepted batches, and the lines that a person accepts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sluice.cli.main import outcome
from sluice.config import load

CONFIG = """# mine
datasets:
  orders:
    source: {files: "landing/orders_*.csv"}  # every night
    key: [order_no]
    time: placed_at
    columns:
      order_no: {type: string}
      status: {type: string}
      placed_at: {type: timestamp}
    suite:
      - expect_column_values_to_not_be_null: {column: status, mostly: 0.9, severity: info, on_fail: flag}  # for now
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "landing").mkdir()
    for day in range(1, 15):
        lines = [f"{day}{number:04},{('paid', 'shipped')[number % 2]},2026-11-{day:02}T10:{number % 60:02}:00Z" for number in range(250)]
        (tmp_path / "landing" / f"orders_2026-11-{day:02}.csv").write_text("\n".join(["order_no,status,placed_at", *lines, ""]), encoding="utf-8")
    (tmp_path / "sluice.yaml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_suggestions_are_a_diff_and_a_rule_holds_once_it_is_named(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["run"]) == 0
    capsys.readouterr()

    assert outcome(["suggest", "orders", "--format", "json"]) == 0
    proposals = {(row["proposal"], row["rule"]): row["evidence"] for row in json.loads(capsys.readouterr().out)}
    assert proposals["add", "expect_column_values_to_be_in_set:status"] == "true in 14 of 14 batches; 0.00 % of 3,500 rows would fail"
    holding = "expect_column_values_to_not_be_null:status"
    assert ("hold", holding) in proposals

    assert outcome(["suggest", "orders"]) == 0
    printed = capsys.readouterr()
    assert '+      - expect_column_values_to_be_in_set: {column: status, value_set: ["paid", "shipped"]' in printed.out
    assert f"--hold {holding} --write" in printed.err
    assert (shop / "sluice.yaml").read_text(encoding="utf-8") == CONFIG

    assert outcome(["suggest", "orders", "--hold", holding, "--write"]) == 0
    text = (shop / "sluice.yaml").read_text(encoding="utf-8")
    assert "{column: status, severity: critical, on_fail: quarantine}  # for now" in text
    assert 'source: {files: "landing/orders_*.csv"}  # every night' in text
    assert len(load(shop / "sluice.yaml").datasets["orders"].suite) > 3
    assert outcome(["check"]) == 0
    assert outcome(["suggest", "orders", "--hold", holding]) == 2
    assert "is not proposed to hold rows" in capsys.readouterr().err


def test_run_reports_a_field_that_is_gone_and_publishes_its_rows(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in sorted((shop / "landing").iterdir())[1:]:
        file.unlink()
    gone = "order_no,status,placed_at\n" + "".join(f"x{number},,2026-11-02T10:{number:02}:00Z\n" for number in range(40))
    (shop / "landing" / "orders_2026-11-02.csv").write_text(gone, encoding="utf-8")
    assert outcome(["run"]) == 0
    printed = capsys.readouterr()
    rule = "expect_column_values_to_not_be_null:status"
    line = next(line for line in printed.err.splitlines() if line.startswith(f"orders orders_2026-11-02.csv: {rule}"))
    assert "status is empty since 2026-11-02 10:00" in line
    assert line.endswith("(info)")
    assert "held" in printed.out
