"""`sluice check --since`: what another configuration would have made of published batches, on the rows as they arrived."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from sluice.cli.main import outcome

CONFIG = """
clock: 2026-11-06T06:00:00Z
datasets:
  items:
    source: {files: "landing/items_*.csv"}
    mode: snapshot
    key: [sku]
    columns:
      sku: {type: string, required: true}
      title: {type: string}
  orders:
    source: {files: "landing/orders_*.csv"}
    key: [order_no]
    time: placed_at
    columns:
      order_no: {type: string}
      sku: {type: string}
      price: {type: number}
      placed_at: {type: timestamp}
    clean: [normalise]
    suite:
      - expect_column_values_to_be_between: {column: price, min_value: 0}
"""
STRICTER = CONFIG.replace(
    "min_value: 0}", "min_value: 0, max_value: 15, severity: warning, on_fail: flag}\n      - expect_column_value_lengths_to_equal: {column: sku, value: 2}"
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five days of two datasets, published; their files are gone."""
    folder = tmp_path_factory.mktemp("shop")
    landing = folder / "landing"
    landing.mkdir()
    for day in range(1, 6):
        (landing / f"items_2026-11-{day:02}.csv").write_text("sku,title\n" + "".join(f"s{number},Mug {number}\n" for number in range(8)), encoding="utf-8")
        lines = [f"{day}{number:03},{sku(number)},{price(day, number)},2026-11-{day:02}T10:{number % 60:02}:00Z" for number in range(200)]
        (landing / f"orders_2026-11-{day:02}.csv").write_text("\n".join(["order_no,sku,price,placed_at", *lines, ""]), encoding="utf-8")
    (folder / "sluice.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "stricter.yaml").write_text(STRICTER, encoding="utf-8")
    assert outcome(["run", "--config", str(folder / "sluice.yaml")]) == 0
    shutil.rmtree(landing)
    landing.mkdir()
    return folder


@pytest.fixture
def shop(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shop, in which the command runs."""
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_columns_that_a_file_lacked_are_missing_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG, encoding="utf-8")
    (landing / "items_2026-11-01.csv").write_text("sku,title,note\n" + "".join(f"s{number},Mug {number},new\n" for number in range(8)), encoding="utf-8")
    (landing / "items_2026-11-02.csv").write_text("title\n" + "".join(f"Mug {number}\n" for number in range(8)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert outcome(["run", "items"]) in (0, 1)
    printed = backtest(capsys, "items")
    assert [(batch["held"], batch["recorded_held"], batch["decision"]) for batch in printed["batches"]] == [(0, 0, "open"), (8, 8, "closed")]
    assert [rule for rule in printed["rules"] if (rule["failing"], rule["incidents"]) != (rule["recorded_failing"], rule["recorded_incidents"])] == []


def sku(number: int) -> str:
    """Every eighth is written in full-width letters, which is repaired."""
    return f"\uff53{number % 8}" if number % 8 == 7 else f"s{number % 8}"


def price(day: int, number: int) -> float:
    """On day 3 ten prices are negative; on days 2, 3 and 5 twenty are above 15."""
    if day == 3 and number < 10:
        return -1.0
    return 20.0 if day in (2, 3, 5) and number >= 180 else 5.0 + number % 8


def backtest(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert outcome(["check", "--since", "2w", "--format", "json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_same_rules_judge_every_batch_as_it_was_recorded(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = backtest(capsys)
    assert len(printed["batches"]) == 10
    for batch in printed["batches"]:
        assert (batch["held"], batch["score"], batch["decision"]) == (batch["recorded_held"], batch["recorded_score"], batch["recorded_decision"])
    assert [rule for rule in printed["rules"] if rule["failing_rows"] != rule["recorded_failing_rows"]] == []
    assert sum(batch["held"] for batch in printed["batches"]) == 10


def test_another_configuration_is_tried_beside_what_was_recorded(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = backtest(capsys, "orders", "--config", "stricter.yaml")
    assert [(batch["held"], batch["recorded_held"]) for batch in printed["batches"]] == [(0, 0), (0, 0), (0, 10), (0, 0), (0, 0)]
    rules = {rule["rule"]: rule for rule in printed["rules"]}
    price = rules["expect_column_values_to_be_between:price"]
    assert (price["failing"], price["failing_rows"], price["incidents"]) == (3, 70, 2)
    assert (price["recorded_failing"], price["recorded_failing_rows"], price["recorded_incidents"]) == (1, 10, 1)
    assert printed["batches"][0]["reasons"] == []
    lengths = rules["expect_column_value_lengths_to_equal:sku"]
    assert (lengths["batches"], lengths["failing"], lengths["recorded_failing"]) == (5, 0, 0)


def test_rows_are_judged_as_they_arrived_whatever_became_of_them(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = backtest(capsys, "orders")
    assert outcome(["quarantine", "release", "orders", "--rule", "expect_column_values_to_be_between:price", "--by", "ann", "--reason", "refunds"]) == 0
    assert backtest(capsys, "orders") == before


def test_without_cleaning_the_cells_are_as_they_arrived(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strict = CONFIG.replace("    clean: [normalise]\n", "").replace(
        "min_value: 0}", "min_value: 0}\n      - expect_column_values_to_match_regex: {column: sku, regex: '^s'}"
    )
    (shop / "raw.yaml").write_text(strict, encoding="utf-8")
    printed = backtest(capsys, "orders", "--config", "raw.yaml")
    rules = {rule["rule"]: rule for rule in printed["rules"]}
    assert rules["expect_column_values_to_match_regex:sku"]["failing_rows"] == 5 * 25


def test_a_person_reads_tables_and_a_sum(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert outcome(["check", "orders", "--since", "2d", "--config", "stricter.yaml"]) == 0
    printed = capsys.readouterr()
    assert "orders_2026-11-05.csv" in printed.out
    assert "orders_2026-11-03.csv" not in printed.out
    assert "nothing was published" in printed.err
    assert outcome(["check", "--since", "soon"]) == 2
    assert "--since: 'soon' is not a span of time" in capsys.readouterr().err
    assert outcome(["check", "--since", "1s"]) == 0
    assert "no batch was published in this time" in capsys.readouterr().out


def test_batches_that_repeat_earlier_rows_are_decided_as_they_were(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = "order_no,sku,price,placed_at"
    former = [f"1{number:03},{sku(number)},{price(1, number)},2026-11-01T10:{number % 60:02}:00Z" for number in range(200)]
    late = [f"9{number:03},s1,{'-1.0' if number < 4 else '5.0'},2026-11-01T10:00:00Z" for number in range(5)]
    for name, lines in (("again", former), ("corrected", [*former[:195], *late])):
        (shop / "landing" / f"orders_2026-11-01_{name}.csv").write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    assert outcome(["run", "orders"]) in (0, 1)
    batches = {batch["batch"]: batch for batch in backtest(capsys, "orders")["batches"]}
    again, corrected = (batches[f"orders_2026-11-01_{name}.csv"] for name in ("again", "corrected"))
    assert (again["rows"], again["repeating"], corrected["rows"], corrected["repeating"]) == (0, 200, 5, 195)
    assert (corrected["held"], corrected["recorded_held"]) == (4, 4)  # most of the new rows, and few of all that came
    assert {(batch["decision"], batch["recorded_decision"]) for batch in batches.values()} == {("open", "open")}
    assert outcome(["check", "orders", "--since", "2w"]) == 0
    assert "395 rows repeated earlier ones" in capsys.readouterr().err
