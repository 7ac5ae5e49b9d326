"""What must never break, on the whole program: the same twice, no value told, nothing unpickled, the newest row of a key."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import inspect, text

from sluice import demo
from sluice.app import App, build
from sluice.domain import REASONS, ROW

Opened = Callable[[Path], App]
ROOT = Path(__file__).parents[2]
ROOMS = ("sluice", "checks", "detectors", "cleaning", "recommender", "dashboard", "migrations")
UNSAFE = {"pickle", "joblib", "shelve", "marshal", "dill", "cloudpickle"}
CALLS = {"eval", "exec", "torch.load", "yaml.load", "joblib.load", "pl.SQLContext", "np.load"}


def sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")


def test_nothing_is_unpickled_and_no_text_is_evaluated() -> None:
    places = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in CALLS or UNSAFE & {name.partition(".")[0] for name in names}:
                places.append(f"{path.relative_to(ROOT)}:{node.lineno}")  # type: ignore[attr-defined]  # statements and calls have one
    assert places == []


def test_the_same_files_configuration_and_seed_give_the_same_rows_scores_and_weights(
    worked: Path, tmp_path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLARS_MAX_THREADS", "4")  # of the worker: what it finds may not depend on the order in which threads end
    card = json.loads((worked / "truth" / "shop.json").read_text())
    demo.write(tmp_path, card["seed"], demo.Size(**{name: card[name] for name in ("days", "items", "users", "per_day")}))
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        app.retrain(by="test")
    first, second = opened(worked / "sluice.yaml"), opened(tmp_path / "sluice.yaml")
    for dataset in first.config.datasets:
        one, two = first.store.snapshot(), second.store.snapshot()
        assert one.published(dataset).collect().sort(ROW).equals(two.published(dataset).collect().sort(ROW))
        assert first.store.quarantine.held(dataset).sort(ROW).drop(REASONS).equals(second.store.quarantine.held(dataset).sort(ROW).drop(REASONS))
        scores = [[(run.id, run.arrival, run.published, run.decision) for run in snapshot.runs(dataset)] for snapshot in (one, two)]
        assert scores[0] == scores[1]
        assert first.gate(dataset) == second.gate(dataset)
    for name in first.store.models.names():
        mine, yours = first.store.models.load(name), second.store.models.load(name)
        assert mine is not None
        assert yours is not None
        assert mine.tensors == yours.tensors


def test_no_cell_of_a_personal_or_free_column_is_in_the_records(worked: Path, opened: Opened) -> None:
    app = opened(worked / "sluice.yaml")
    rows = app.store.snapshot().published("events").select("ip", "review_text").collect()
    values = {value for column in rows for value in column.drop_nulls().unique().head(400) if len(value) > 8}
    records = []
    with app.store.database.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                records.append(" ".join(map(str, row)))
    everything = "\n".join(records)
    assert len(everything) > 10_000
    assert [value for value in values if value in everything] == []


UPSERT = """
clock: 2026-03-05T00:00:00Z
datasets:
  stock:
    source: {files: "landing/*.csv"}
    mode: upsert
    key: [sku]
    time: changed
    columns: {sku: {type: string, required: true}, left: {type: integer}, changed: {type: timestamp}}
    suite: [expect_column_values_to_be_between: {column: left, min_value: 0}]
"""


@pytest.fixture
def stock(tmp_path: Path) -> Path:
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(UPSERT)
    return tmp_path


def land(stock: Path, day: int, *lines: str) -> pl.DataFrame:
    """Land a file, run, and give what is published."""
    (stock / "landing" / f"stock-2026-03-{day:02}.csv").write_text("sku,left,changed\n" + "\n".join(lines) + "\n")
    with build(stock / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        return app.store.snapshot().published("stock").collect().sort("sku").select("sku", "left")


def test_an_upsert_keeps_the_newest_good_row_of_each_key(stock: Path) -> None:
    land(stock, 1, "a,5,2026-03-01T10:00:00Z", "b,7,2026-03-01T10:00:00Z")
    after = land(stock, 2, "b,6,2026-03-02T10:00:00Z", "c,-1,2026-03-02T10:00:00Z")
    assert after.rows() == [("a", 5), ("b", 6)]
    late = land(stock, 3, "a,9,2026-02-01T10:00:00Z")
    assert late.rows() == [("a", 5), ("b", 6)]
