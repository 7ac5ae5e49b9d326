"""What a score is a score of, from landed files through the worker process to the gate."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.app import App
from sluice.cli.main import outcome
from sluice.domain import Message, truncate_share, whole_percent

Opened = Callable[[Path], App]
PUBLISHING, MEASURING = Message("step_publishing"), Message("step_measuring_guarded")
ROWS = "".join(f"i{number},{1 + number % 9}.5,note {number}\n" for number in range(400))
CONFIG = """\
shop: Cups
clock: 2026-03-02T09:00:00Z
datasets:
  items:
    source: {files: landing/items-*.csv}
    columns: {id: {type: string}, price: {type: number}, note: {type: string}}
    suite:
      - expect_column_values_to_not_be_null: {column: price}
      - expect_column_values_to_be_between: {column: price, min_value: 1, max_value: 10}
    gate: {minimum_guarded: LIMIT}
"""


@pytest.fixture
def landed(tmp_path: Path) -> Path:
    """The sluice.yaml of a shop of whose three columns one is guarded."""
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "items-2026-03-01.csv").write_text("id,price,note\n" + ROWS, encoding="utf-8")
    (tmp_path / "sluice.yaml").write_text(CONFIG.replace("LIMIT", "0.1"), encoding="utf-8")
    return tmp_path / "sluice.yaml"


def test_run_and_gate_say_of_what_the_score_is_one(landed: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert outcome(["run", "--config", str(landed), "--format", "json"]) == 0
    (run,) = json.loads(capfd.readouterr().out)
    assert run["published"] == 100
    assert 0.15 < run["guarded"] < 0.4, "one of three columns"
    assert outcome(["gate", "items", "--config", str(landed)]) == 0
    assert f"items: open, score 100.0 of the {whole_percent(run['guarded'])} % of cells that something guards" in capfd.readouterr().out
    landed.write_text(CONFIG.replace("LIMIT", "0.5"), encoding="utf-8")
    assert outcome(["gate", "items", "--config", str(landed)]) == 1
    assert "something guards" in capfd.readouterr().out


def test_columns_are_measured_when_asked_and_after_the_first_batch_alone(landed: Path, opened: Opened, capfd: pytest.CaptureFixture[str]) -> None:
    app = opened(landed)
    reports: list[tuple[object, ...]] = []
    list(app.run(app.pending_arrivals(), progress=lambda *report: reports.append(report)))
    assert reports == [(PUBLISHING, 1, 1), (MEASURING, 0, 1), (MEASURING, 1, 1)]
    (first,) = app.store.guarded.of("items")
    assert {"id", "note"} == set(first.unguarded)
    assert first.shares["price"] > 0.5
    (landed.parent / "landing" / "items-2026-03-02.csv").write_text("id,price,note\nz,3.5,last\n", encoding="utf-8")
    reports.clear()
    list(app.run(app.pending_arrivals(), progress=lambda *report: reports.append(report)))
    assert reports == [(PUBLISHING, 1, 1)]
    assert list(app.store.guarded.of("items")) == [first], "nothing has changed that decides what is found"
    assert outcome(["guarded", "items", "--config", str(landed), "--format", "json"]) == 0
    columns = {row["column"]: row["guarded"] for row in json.loads(capfd.readouterr().out)}
    assert columns == {name: truncate_share(share) for name, share in first.shares.items()}, "the same rows and the same draws"


def test_a_dataset_without_rows_cannot_be_measured(landed: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert outcome(["guarded", "items", "--config", str(landed)]) != 0
    assert "sluice run" in capfd.readouterr().err
