"""`sluice vacuum` follows `retention`: landing copies and bytes of models leave, what is needed stays, and the next run goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from safetensors.numpy import save
from sqlalchemy import update

from sluice.app import App, vacuum
from sluice.app.doctor import examine
from sluice.cli.main import outcome
from sluice.domain import Artifact
from sluice.messages import render
from sluice.store.tables import RUNS

CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  sales:
    source: {{url: "sqlite:///{root}/shop.db", table: sales, watermark: id, look_back: 0}}
    columns: {{id: {{type: integer}}, price: {{type: number}}}}
"""


@pytest.fixture
def app(tmp_path: Path, opened: Callable[[Path], App]) -> App:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as shop:
        shop.execute("create table sales (id integer, price real)")
        shop.commit()
    (tmp_path / "sluice.yaml").write_text(CONFIG.format(root=tmp_path))
    return opened(tmp_path / "sluice.yaml")


def sell(app: App, number: int) -> None:
    with closing(sqlite3.connect(app.config.root / "shop.db")) as shop:
        shop.execute("insert into sales values (?, 1.5)", (number,))
        shop.commit()


def publish(app: App) -> list[int]:
    return [run.good for run in app.run(app.pending_arrivals())]


def removed(app: App, kind: str, *, dry_run: bool = False) -> int:
    return sum(removal.count for removal in vacuum(app, dry_run=dry_run) if removal.kind == kind)


def test_landing_copies_leave_once_they_are_published_and_nothing_is_read_twice(app: App) -> None:
    for number in range(1, 4):
        sell(app, number)
        assert publish(app) == [1]
    with app.store.database.write() as connection:
        connection.execute(update(RUNS).values(finished=app.now() - timedelta(days=31)))
    sell(app, 4)
    assert len(app.pending_arrivals()) == 1  # landed, and not published
    folder = app.config.root / ".sluice" / "landing" / "sales"
    assert (removed(app, "landing", dry_run=True), len(list(folder.iterdir()))) == (3, 4)
    assert removed(app, "landing") == 3
    assert [path.name for path in folder.iterdir()] == ["sales-000004.parquet"]
    assert publish(app) == [1]
    sell(app, 5)
    assert publish(app) == [1]
    assert sorted(app.store.snapshot().published("sales").collect()["id"]) == [1, 2, 3, 4, 5]


def test_bytes_of_old_models_leave_and_their_records_stay(app: App) -> None:
    old = app.now() - timedelta(days=200)
    for _ in range(5):
        app.store.models.save("sales.test", Artifact(save({}), {"kind": "test", "picture": "large"}), "champion", at=old)
    assert removed(app, "models", dry_run=True) == 2
    assert removed(app, "models") == 2
    assert removed(app, "models") == 0
    models = {model.version: model for model in app.store.models.versions("sales.test")}
    assert sorted(models) == [1, 2, 3, 4, 5]
    assert ("picture" in models[1].card, "picture" in models[3].card) == (False, True)
    app.store.models.rollback("sales.test", by="Ada", reason="a test", at=app.now())
    app.store.models.rollback("sales.test", by="Ada", reason="a test", at=app.now())
    assert app.store.models.load("sales.test") is not None


def test_the_doctor_tells_size_and_growth(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    sell(app, 1)
    publish(app)
    storage = next(finding for finding in examine(app.path) if finding.subject == "storage")
    assert storage.state == "fine"
    assert "database" in render(storage.message)
    assert "the last 30 days added" in render(storage.message)
    assert outcome(["vacuum", "--dry-run", "--config", str(app.path)]) == 0
    assert capsys.readouterr().err.strip() == "everything is needed"
