"""Whoever marks an incident as expected can widen its rule: the change is recorded, judges the next batch, and is taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.app import App
from sluice.cli.main import outcome

CONFIG = """
datasets:
  items:
    source: {files: "landing/*.csv"}
    key: [id]
    columns: {id: {type: string, required: true}, size: {type: string}, price: {type: number}, name: {type: string, personal: true}}
    suite:
      - expect_column_values_to_be_in_set: {column: size, value_set: [S, M]}  # as the supplier says
      - expect_column_values_to_be_between: {column: price, max_value: 50}
      - expect_column_values_to_be_in_set: {column: name, value_set: [Ann]}
      - expect_column_mean_to_be_between: {column: price, max_value: 11, severity: warning, on_fail: flag}
"""
IN_SET, BETWEEN, MEAN = "expect_column_values_to_be_in_set", "expect_column_values_to_be_between", "expect_column_mean_to_be_between"


@pytest.fixture
def shop(tmp_path: Path, opened: Callable[[Path], App]) -> App:
    """A batch of ten rows, two of which have a size that the rules do not know, a high price, and a name of somebody else."""
    (tmp_path / "landing").mkdir()
    land(tmp_path, 1)
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    app = opened(tmp_path / "sluice.yaml")
    list(app.run(app.pending_arrivals()))
    return app


def land(folder: Path, day: int) -> None:
    rows = [f"d{day}-{row},{'XL' if row > 8 else 'S'},{80 if row > 8 else 10},{'Bo' if row > 8 else 'Ann'}" for row in range(10)]
    (folder / f"landing/items-2026-03-0{day}.csv").write_text("\n".join(["id,size,price,name", *rows]) + "\n")


def incident_of(app: App, rule: str) -> int:
    return next(incident.id for incident in app.store.incidents.all("items") if incident.rule == rule)


def expect(app: App, rule: str) -> int:
    number = str(incident_of(app, rule))
    return outcome(["incidents", "expect", number, "--cause", "promotion", "--adjust", "--by", "Ann", "--config", str(app.path)])


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (f"{IN_SET}:size", '{column: size, value_set: ["S", "M", "XL"]}  # as the supplier says'),
        (f"{BETWEEN}:price", "expect_column_values_to_be_between: {column: price, max_value: 80"),
        (f"{IN_SET}:name", "{column: name, value_set: [Ann], mostly: 0.9}"),  # no value of a personal column
        (f"{MEAN}:price", "expect_column_mean_to_be_between: {column: price, max_value: 17"),
    ],
)
def test_the_rule_is_widened_to_what_happened_and_its_comments_stay(shop: App, rule: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert expect(shop, rule) == 0
    assert line in shop.path.read_text()
    assert "+++" in capsys.readouterr().err
    assert shop.store.incidents.get(incident_of(shop, rule)).state == "expected"
    (entry,) = [entry for entry in shop.store.activity.entries() if entry.what == "change_rule"]
    assert (entry.who, entry.reason.params["text"]) == ("Ann", f"incident {incident_of(shop, rule)} is expected: promotion")


def test_the_next_batch_is_judged_by_it_and_the_change_is_undone(shop: App, opened: Callable[[Path], App]) -> None:
    before = shop.path.read_text()
    for rule in (f"{IN_SET}:size", f"{BETWEEN}:price", f"{IN_SET}:name"):
        assert expect(shop, rule) == 0
    land(shop.path.parent, 2)
    app = opened(shop.path)
    (run,) = app.run(app.pending_arrivals())
    assert (run.good, run.bad) == (9, 1)  # of the personal column: such rows are held as before, and raise no incident
    assert incident_of(app, f"{IN_SET}:name") and app.store.incidents.get(incident_of(app, f"{IN_SET}:name")).passing
    changes = [request.id for request in app.store.requests.all() if request.kind == "change_rule"]
    assert [outcome(["undo", change, "--by", "Ann", "--config", str(app.path)]) for change in changes] == [0, 0, 0]
    assert app.path.read_text() == before
