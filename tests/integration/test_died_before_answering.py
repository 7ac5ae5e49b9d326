"""A worker that dies between the effect of a request and its answer: the next one answers what was done, does nothing twice, and it can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from numpy import zeros
from safetensors.numpy import save

from sluice.app import App, build, process_requests
from sluice.config.text import digest_of, read_text
from sluice.domain import ROW, Artifact, CorrectedCell, Request, RequestKind, RuleEdit, Trial
from sluice.errors import Fenced
from sluice.store.dashboard_queries import all_runs
from sluice.store.undoable import undoable
from tests.integration.prices_shop import PRICE, SUITE, answer_to, carry_out, config_of, published_shop, write_shop

CONFIG = config_of(SUITE)
MODEL = "prices.network"


class Killed(BaseException):
    """Ends a worker where it stands."""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A shop of two days, each with two rows whose price is below 0."""
    lines = {day: [f"s{day}-{number},{-5 if number < 2 else 5}" for number in range(20)] for day in (1, 2)}
    with published_shop(write_shop(tmp_path, CONFIG, lines)) as app:
        yield app


def answer_after_a_death(app: App, name: str, kind: RequestKind, *args: Any, **facts: Any) -> str:
    """Carry a request out twice, the first time by a worker that dies once it has answered in memory alone, and return state and answer."""
    finish = app.store.requests.finish

    def die(*_: object, **__: object) -> None:
        raise Killed

    app.store.requests.finish = die  # type: ignore[method-assign]  # a worker ends here
    with pytest.raises(Killed):
        carry_out(app, name, kind, *args, **facts)
    app.store.requests.finish = finish  # type: ignore[method-assign]  # as it was
    process_requests(app)
    return answer_to(app, name)


def held(app: App) -> list[str]:
    return app.store.quarantine.held("prices")[ROW].sort().to_list()


def names_of_undoable(app: App) -> list[str]:
    return [entry.request.id for entry in undoable(app.store, all_runs(app.store), app.now())]


def log_of(app: App, *what: str) -> list[str]:
    return [entry.what for entry in app.store.activity.entries() if entry.what in what]


def versions(app: App, name: str = MODEL) -> list[tuple[int, str]]:
    return [(model.version, model.state) for model in app.store.models.versions(name)]


def test_a_release(app: App) -> None:
    assert answer_after_a_death(app, "q1", "release", rule=PRICE) == "done: 4 of 4 rows were released"
    assert (held(app), names_of_undoable(app)) == ([], ["q1"])


def test_the_undo_of_a_release_of_two_batches(app: App) -> None:
    before = held(app)
    carry_out(app, "q1", "release", rule=PRICE)
    assert answer_after_a_death(app, "q2", "undo_release", ("q1",)) == "done: 4 rows are held again"
    assert (held(app), names_of_undoable(app)) == (before, [])
    assert carry_out(app, "q3", "undo_release", ("q1",)).startswith("refused: ")


def test_a_rejection_and_its_undo(app: App) -> None:
    before = held(app)
    assert answer_after_a_death(app, "q1", "reject", tuple(before)) == "done: 4 rows were rejected"
    assert (held(app), names_of_undoable(app)) == ([], ["q1"])
    assert answer_after_a_death(app, "q2", "undo_reject", ("q1",)) == "done: 4 rows are held again"
    assert (held(app), names_of_undoable(app)) == (before, [])
    assert log_of(app, "reject", "undo_reject") == ["undo_reject", "reject"]


def test_a_correction_names_the_rows_that_it_left_out_and_no_other(app: App) -> None:
    rows = tuple(held(app))
    cells = tuple(CorrectedCell(row, "price", text) for row, text in zip(rows, ("4", "4", "4", "-1"), strict=True))
    answer = answer_after_a_death(app, "q1", "correct", rows, cells=cells)
    assert answer == f"done: 3 of 4 corrected rows were published; 1 row left out: {PRICE} still fails ({rows[3]})"
    assert (held(app), names_of_undoable(app)) == ([rows[3]], ["q1"])


def test_the_undo_of_a_repair(app: App) -> None:
    before = held(app)
    carry_out(app, "q0", "correct", (before[0],), cells=[CorrectedCell(before[0], "price", "4")])
    repair = app.store.quarantine.repairs("prices")["repair_id"].item()
    assert answer_after_a_death(app, "q1", "undo", (repair,)) == "done: 1 row was restored; it is held now"
    assert (held(app), [run.id for run in app.store.runs.of("prices") if run.kind == "undo"]) == (before, ["undo-q1"])
    assert carry_out(app, "q2", "undo", (repair,)).startswith("refused: ")


def test_a_change_of_a_rule_and_its_undo(app: App) -> None:
    edit = RuleEdit("prices", "expect_column_values_to_be_between", {"column": "price", "min_value": 0, "max_value": 40}, 0)
    app.store.trials.save(Trial("t1", edit, digest_of(CONFIG), 14))
    answer = answer_after_a_death(app, "q1", "change_rule", ("t1",))
    assert answer == "done: expect_column_values_to_be_between is in sluice.yaml now, and judges the next batch"
    assert "max_value: 40" in read_text(app.path)
    assert names_of_undoable(app) == ["q1"]
    assert answer_after_a_death(app, "q2", "undo_change_rule", ("q1",)).startswith("done: ")
    assert (read_text(app.path), names_of_undoable(app)) == (CONFIG, [])


def test_an_override_and_its_undo(app: App) -> None:
    until = app.now() + timedelta(hours=2)
    assert answer_after_a_death(app, "q1", "override", until=until).startswith("done: ")
    assert (len(app.store.decisions.overrides("prices")), names_of_undoable(app)) == (1, ["q1"])
    assert answer_after_a_death(app, "q2", "undo_override").startswith("done: ")
    assert (app.store.decisions.override("prices", app.now()), names_of_undoable(app)) == (None, [])
    assert log_of(app, "override", "undo_override") == ["undo_override", "override"]


def test_a_roll_back_goes_back_by_one_version_and_its_undo_too(app: App) -> None:
    for number in range(3):
        app.store.models.save(MODEL, Artifact(save({"weights": zeros(number + 1)}), {}), "champion", at=app.now())
    assert answer_after_a_death(app, "q1", "rollback", model=MODEL) == "done: version 2 is the champion again"
    assert (versions(app), names_of_undoable(app)) == ([(3, "rolled_back"), (2, "champion"), (1, "retired")], ["q1"])
    assert answer_after_a_death(app, "q2", "undo_rollback", model=MODEL) == "done: version 3 is the champion again"
    assert versions(app) == [(3, "champion"), (2, "retired"), (1, "retired")]
    assert log_of(app, "roll back", "undo_rollback") == ["undo_rollback", "roll back"]


def test_a_run_counts_the_batches_that_the_dead_worker_published(app: App) -> None:
    (app.path.parent / "landing" / "prices-2026-03-03.csv").write_text("sku,price\nnew,3\n")
    assert answer_after_a_death(app, "q1", "run") == "done: 1 batch was published"
    assert carry_out(app, "q2", "run") == "done: 0 batches were published"


def test_a_request_that_another_worker_took_over_has_no_effect_here(app: App) -> None:
    for number in range(3):
        app.store.models.save(MODEL, Artifact(save({"weights": zeros(number + 1)}), {}), "champion", at=app.now())
    app.store.requests.submit(Request("q1", "rollback", "prices", "Ann", "worse", app.now(), model=MODEL))
    with app.store.take(app.store.requests.unfinished()[0]) as slow:
        with app.store.database.write() as connection:
            connection.exec_driver_sql("UPDATE leases SET owner = NULL WHERE name = 'request.q1'")  # its lease ran out
        with build(app.path) as other:
            process_requests(other)
        with pytest.raises(Fenced), app.store.answering(slow):
            app.store.models.rollback(MODEL, by="Ann", reason="worse", at=app.now())
    assert versions(app) == [(3, "rolled_back"), (2, "champion"), (1, "retired")]


@pytest.mark.parametrize(("kind", "model"), [("retrain", ""), ("refit", "events.traffic")])
def test_a_model_is_trained_once(shop: Path, opened: Callable[[Path], App], kind: RequestKind, model: str) -> None:
    app, name = opened(shop), model or "recommender"
    before = len(versions(app, name))
    assert answer_after_a_death(app, "q1", kind, dataset="events", model=model).startswith("done: ")
    assert len(versions(app, name)) == before + 1
