"""`sluice check --since` on batches of which some rows are copies of held ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.cli.main import outcome
from tests.integration.test_backtest import CONFIG, backtest, sku

HEAD = "order_no,sku,price,placed_at"
DAY = [f"7{number:03},{sku(number)},{'-1.0' if number < 10 else '5.0'},2026-11-06T01:{number % 60:02}:00Z" for number in range(100)]
NEXT = [f"8{number:03},{sku(number)},{'-1.0' if number < 3 else '5.0'},2026-11-06T02:{number % 60:02}:00Z" for number in range(100)]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop of which nothing is published, in which the command runs."""
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def publish_overlapping(shop: Path, config: str, second: list[str]) -> None:
    """Publish two files, the second of which has rows of the first, held ones among them, as the clock says of one day."""
    (shop / "sluice.yaml").write_text(config, encoding="utf-8")
    for name, lines in (("a", DAY), ("b", second)):
        (shop / "landing" / f"orders_2026-11-05_{name}.csv").write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")
    assert outcome(["run", "orders"]) == 0


@pytest.mark.parametrize("key", ["    key: [order_no]\n", ""])
def test_bad_rows_that_equal_held_ones_and_rules_about_the_batch_are_judged_again(shop: Path, capsys: pytest.CaptureFixture[str], key: str) -> None:
    whole = "min_value: 0}\n      - expect_table_row_count_to_be_between: {min_value: 150, severity: warning}"
    config = CONFIG.replace("min_value: 0}", whole).replace("    key: [order_no]\n    time", f"{key}    time")
    publish_overlapping(shop, config, [*DAY[:60], *NEXT])
    printed = backtest(capsys, "orders")
    batches = printed["batches"]
    assert [(batch["held"], batch["recorded_held"], batch["repeating"]) for batch in batches] == [(10, 10, 0), (3, 3, 60)]
    rules = {rule["rule"]: rule for rule in printed["rules"]}
    assert rules["expect_column_values_to_be_between:price"]["recorded_failing_rows"] == 23
    assert [rule for rule in rules.values() if rule["failing_rows"] != rule["recorded_failing_rows"]] == []
    assert rules["expect_table_row_count_to_be_between"]["failing"] == 2
    assert [batch["score"] for batch in batches] == [batch["recorded_score"] for batch in batches]


def test_rows_of_a_file_that_grew_are_not_judged_again(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shop / "landing" / "orders_2026-11-05_a.csv"
    for lines in (DAY, [*DAY, *NEXT]):
        path.write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")
        assert outcome(["run", "orders"]) == 0
    rules = {rule["rule"]: rule for rule in backtest(capsys, "orders")["rules"]}
    assert rules["file_grew"]["recorded_failing"] == 1
    assert rules["expect_column_values_to_be_between:price"]["failing_rows"] == rules["expect_column_values_to_be_between:price"]["recorded_failing_rows"] == 13
