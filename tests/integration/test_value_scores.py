"""Each published batch is scored by the values of the columns of `score_by`; `sluice scores` shows that, and a restored database gets it back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from sluice.app import build
from sluice.cli.main import outcome

CONFIG = """
database: sqlite:///sluice.db
lake: lake
datasets:
  products:
    source: {files: "landing/*.csv"}
    key: [sku]
    columns:
      sku: {required: true}
      supplier: {}
      email: {personal: true}
      price: {type: number}
    suite:
      - expect_column_values_to_be_between: {column: price, min_value: 0}
      - expect_column_values_to_not_be_null: {column: email, severity: warning}
    clean: [parse, normalize_text]
    score_by: [supplier]
"""


def write_day(folder: Path, day: int, wrong: int) -> None:
    """Write 30 products of Acme, some with a wrong price, of which one in three is blank, and 10 of Bolt without a fault."""
    lines = ["sku,supplier,email,price"]
    for number in range(40):
        supplier = " Acme" if number % 7 == 0 and number < 30 else "Acme" if number < 30 else "Bolt"
        price = "" if number < 30 and number % 3 == 0 else "-1" if number < 30 and number % 3 == 1 and number < 3 * wrong else "2.5"
        lines.append(f"s{day}-{number},{supplier},s@mail.example,{price}")
    (folder / "landing").mkdir(exist_ok=True)
    (folder / "landing" / f"products_2026-03-{day:02}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sluice.yaml").write_text(CONFIG, encoding="utf-8")
    write_day(tmp_path, 4, wrong=2)
    write_day(tmp_path, 11, wrong=5)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scores_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what `sluice scores` prints as JSON."""
    capsys.readouterr()
    assert outcome(["scores", "products", *arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_value_has_the_score_of_its_rows(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["run"]) == 0
    rows = scores_of(capsys)
    assert [(row["value"], row["week"], row["rows"], row["held"], row["failing"]) for row in rows] == [
        ("Acme", "2026-03-02", 30, 2, 2),
        ("Acme", "2026-03-09", 30, 5, 5),
        ("Bolt", "2026-03-02", 10, 0, 0),
        ("Bolt", "2026-03-09", 10, 0, 0),
    ]
    assert rows[2]["score"] == 100.0
    validity, completeness = (1 - 2 / 20 + 1) / 2, 1.0  # of the prices that are there; casts pass; keys and addresses are there
    assert rows[0]["score"] == pytest.approx(100 * (validity + completeness) / 2)
    assert {row["week"] for row in scores_of(capsys, "--weeks", "1", "--by", "supplier")} == {"2026-03-09"}
    assert outcome(["scores", "products"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0].split() == ["value", "2026-03-02", "2026-03-09", "change", "rows", "held", "failing"]
    assert printed.out.splitlines()[1].split()[0] == "Acme"
    assert "by supplier" in printed.err


def test_what_is_not_there_is_said(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["scores", "products"]) == 2
    assert "`sluice run` keeps them" in capsys.readouterr().err
    assert outcome(["run"]) == 0
    assert outcome(["scores", "products", "--by", "sku"]) == 2
    assert "write `score_by: [sku]`" in capsys.readouterr().err


@pytest.mark.parametrize(("column", "problem"), [("email", "is personal"), ("suplier", "did you mean supplier?"), ("supplier, supplier", "is named twice")])
def test_a_column_that_cannot_be_scored_is_refused_with_its_line(shop: Path, capsys: pytest.CaptureFixture[str], column: str, problem: str) -> None:
    (shop / "sluice.yaml").write_text(CONFIG.replace("[supplier]", f"[{column}]"), encoding="utf-8")
    assert outcome(["run"]) == 2
    error = capsys.readouterr().err
    assert problem in error
    assert ":17:" in error or "line 17" in error


def test_a_column_that_became_personal_shows_no_value(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["run"]) == 0
    changed = CONFIG.replace("supplier: {}", "supplier: {personal: true}").replace("    score_by: [supplier]\n", "")
    (shop / "sluice.yaml").write_text(changed, encoding="utf-8")
    assert outcome(["scores", "products", "--by", "supplier"]) == 2
    assert "Acme" not in "".join(capsys.readouterr())


def test_a_restored_database_gets_the_scores_back(shop: Path) -> None:
    with build(shop / "sluice.yaml") as app:
        for file in shop.glob("sluice.db*"):
            shutil.copyfile(file, shop / f"backup-{file.name}")
        list(app.run(app.pending_arrivals()))
        expected = app.store.value_scores.batches("products", "supplier", 8)
    assert len(expected) == 2
    for file in shop.glob("sluice.db*"):
        file.unlink()
    for file in shop.glob("backup-*"):
        file.rename(shop / file.name.removeprefix("backup-"))
    with build(shop / "sluice.yaml") as app:
        app.store.recover()
        assert app.store.value_scores.batches("products", "supplier", 8) == expected
