"""A worker that dies between the effect of a request and its answer: the next one answers what was done, and it can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.app import App, build, process_requests
from sluice.config.text import digest_of, read_text
from sluice.domain import ROW, CorrectedCell, Request, RequestKind, RuleEdit, Trial
from sluice.messages import render
from sluice.store.dashboard_queries import all_runs
from sluice.store.undoable import undoable

CONFIG = """
clock: 2026-03-03T06:00:00Z
datasets:
  prices:
    source: {files: "landing/*.csv"}
    key: [sku]
    columns: {sku: {type: string}, price: {type: number}}
    suite: [expect_column_values_to_be_between: {column: price, min_value: 0}]
"""
PRICE = "expect_column_values_to_be_between:price"


class Killed(BaseException):
    """Ends a worker where it stands."""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A shop of two days, each with two rows whose price is below 0."""
    (tmp_path / "landing").mkdir()
    for day in (1, 2):
        lines = [f"s{day}-{number},{-5 if number < 2 else 5}" for number in range(20)]
        (tmp_path / "landing" / f"prices-2026-03-0{day}.csv").write_text("\n".join(["sku,price", *lines]) + "\n")
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        yield app


def answer_after_a_death(app: App, request: Request, cells: tuple[CorrectedCell, ...] = ()) -> str:
    """File a request, carry it out twice, the first time by a worker that dies before it answers, and return state and answer."""
    app.store.requests.submit(request, cells)
    finish = app.store.requests.finish

    def die(*_: object, **__: object) -> None:
        raise Killed

    app.store.requests.finish = die  # type: ignore[method-assign]  # a worker ends here
    with pytest.raises(Killed):
        process_requests(app)
    app.store.requests.finish = finish  # type: ignore[method-assign]  # as it was
    process_requests(app)
    answered = app.store.requests.get(request.id)
    assert answered is not None
    return f"{answered.state}: {render(answered.answer)}"


def ask(app: App, kind: RequestKind, rows: tuple[str, ...] = (), rule: str | None = None) -> Request:
    return Request("q1", kind, "prices", "Ann", "decided", app.now(), rows, rule)


def held(app: App) -> list[str]:
    return app.store.quarantine.held("prices")[ROW].sort().to_list()


def names_of_undoable(app: App) -> list[str]:
    return [entry.request.id for entry in undoable(app.store, all_runs(app.store), app.now())]


def test_a_release(app: App) -> None:
    assert answer_after_a_death(app, ask(app, "release", rule=PRICE)) == "done: 4 of 4 rows were released"
    assert (held(app), names_of_undoable(app)) == ([], ["q1"])


def test_a_rejection(app: App) -> None:
    assert answer_after_a_death(app, ask(app, "reject", tuple(held(app)))) == "done: 4 rows were rejected"
    assert (held(app), names_of_undoable(app)) == ([], ["q1"])


def test_a_correction_names_the_rows_that_it_left_out_and_no_other(app: App) -> None:
    rows = tuple(held(app))
    cells = tuple(CorrectedCell(row, "price", text) for row, text in zip(rows, ("4", "4", "4", "-1"), strict=True))
    answer = answer_after_a_death(app, ask(app, "correct", rows), cells)
    assert answer == f"done: 3 of 4 corrected rows were published; 1 row left out: {PRICE} still fails ({rows[3]})"
    assert (held(app), names_of_undoable(app)) == ([rows[3]], ["q1"])


def test_a_change_of_a_rule_and_its_undo(app: App) -> None:
    edit = RuleEdit("prices", "expect_column_values_to_be_between", {"column": "price", "min_value": 0, "max_value": 40}, 0)
    app.store.trials.save(Trial("t1", edit, digest_of(CONFIG), 14))
    answer = answer_after_a_death(app, ask(app, "change_rule", ("t1",)))
    assert answer == "done: expect_column_values_to_be_between is in sluice.yaml now, and judges the next batch"
    assert "max_value: 40" in read_text(app.path)
    assert names_of_undoable(app) == ["q1"]
    undo = Request("q2", "undo_change_rule", "prices", "Ann", "wrong", app.now(), ("q1",))
    assert answer_after_a_death(app, undo).startswith("done: ")
    assert (read_text(app.path), names_of_undoable(app)) == (CONFIG, [])
