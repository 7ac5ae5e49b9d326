"""Published rows are judged once a rule about another dataset can be evaluated, from landed files through the worker process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sluice.app import App, build, process_requests
from sluice.domain import Request, Run
from sluice.messages import render
from sluice.store.row_states import row_states
from tests.integration.catalog_shop import write_shop
from tests.processes import Started

Opened = Callable[[Path], App]

ORDERS = """\
  orders:
    source: {files: landing/orders*.csv}
    key: [id]
    columns: {id: {type: string}, item: {type: string}, price: {type: number}}
    suite:
    - expect_column_values_to_exist_in_dataset: {column: item, dataset: items, reference_column: id}
    - expect_column_values_to_be_between: {column: price, min_value: 0}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop without files; gives its sluice.yaml."""
    return write_shop(tmp_path, ORDERS)


def land(shop: Path, name: str, rows: Sequence[tuple[object, ...]]) -> None:
    head = "id,item,price" if name.startswith("orders") else "id,price"
    lines = [head, *(",".join(map(str, row)) for row in rows)]
    (shop.parent / "landing" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def run(app: App) -> list[Run]:
    return list(app.run(app.pending_arrivals()))


def states(app: App) -> dict[str, str]:
    return {row["_row_id"].partition(".")[2]: row["_state"] for row in row_states(app.store, "orders").iter_rows(named=True)}


def test_rows_that_were_published_before_their_reference_came_are_judged_then(shop: Path, opened: Opened) -> None:
    land(shop, "orders-2026-03-01", [*((f"o{n}", f"i{n}", 1) for n in range(9)), ("o9", "nothing", 1)])
    app = opened(shop)
    (first,) = run(app)
    assert (first.good, first.decision, app.gate("orders").open) == (10, "unknown", False)
    land(shop, "items-2026-03-02", [(f"i{n}", 1) for n in range(9)])
    _, again = run(app)
    assert (again.kind, again.rows, again.good, again.bad) == ("recheck", 10, 9, 1)
    (revision,) = again.revisions
    assert (revision.run, revision.good, revision.bad, revision.decision) == (first.id, 9, 1, "open")
    assert revision.published.value == 100.0
    assert app.store.runs.get(first.id) == first, "the first record stays as it was"
    assert states(app)["9"] == "held"
    decision = app.gate("orders")
    assert (decision.state, decision.runs) == ("open", (first.id,))
    assert app.published_rows("orders", decision).collect().height == 9
    land(shop, "items-2026-03-03", [*((f"i{n}", 1) for n in range(9)), ("nothing", 1)])
    _, released = run(app)
    assert (released.kind, released.good) == ("replay", 1), "a row that a recheck held is judged again like any other"
    assert set(states(app).values()) == {"published"}
    assert [run(app), app.store.unevaluated("orders", ["expect_column_values_to_exist_in_dataset:item"])] == [[], {}]


def test_too_many_breaches_close_the_gate_and_name_the_share(shop: Path, opened: Opened) -> None:
    land(shop, "orders-2026-03-01", [(f"o{n}", f"i{n}", 1) for n in range(10)])
    app = opened(shop)
    run(app)
    land(shop, "items-2026-03-02", [(f"i{n}", 1) for n in range(5)])
    _, again = run(app)
    assert [(revision.bad, revision.decision) for revision in again.revisions] == [(5, "closed")]
    decision = app.gate("orders")
    assert decision.state == "closed"
    assert any("50.0% of the rows are quarantined" in render(reason) for reason in decision.reasons)


def test_rows_of_a_release_before_the_reference_came_are_judged_and_open_the_gate(shop: Path, opened: Opened) -> None:
    land(shop, "orders-2026-03-01", [*((f"o{n}", f"i{n}", 1) for n in range(8)), ("o8", "i8", -1), ("o9", "nothing", -1)])
    app = opened(shop)
    (first,) = run(app)
    app.store.requests.submit(Request("q", "release", "orders", "Ada", "returns", app.now(), rule="expect_column_values_to_be_between:price"))
    process_requests(app)
    land(shop, "items-2026-03-02", [(f"i{n}", 1) for n in range(9)])
    _, *again = run(app)
    assert [(done.kind, done.good, done.bad) for done in again] == [("recheck", 8, 0), ("recheck", 1, 1)]
    assert [revision.run for revision in again[1].revisions] == ["release-q", first.id]
    decision = app.gate("orders")
    assert (decision.state, set(decision.runs)) == ("open", {first.id, "release-q"})


def test_nothing_is_judged_while_every_row_of_the_reference_is_held(shop: Path, opened: Opened) -> None:
    land(shop, "orders-2026-03-01", [("o1", "i1", 1)])
    land(shop, "items-2026-03-01", [("i1", -1)])
    app = opened(shop)
    assert [(done.dataset, done.kind, done.good, done.decision) for done in run(app)] == [("items", "ingest", 0, "closed"), ("orders", "ingest", 1, "unknown")]
    land(shop, "items-2026-03-02", [("i1", 1)])
    assert [(done.dataset, done.kind) for done in run(app)] == [("items", "ingest"), ("orders", "recheck")]
    assert app.gate("orders").open


def run_and_die(shop: Path, point: str) -> None:
    """Run the batch of items, and die at a point of the recheck that follows."""
    app = build(shop)
    runs = app.run(app.pending_arrivals())
    assert next(runs).dataset == "items"
    app.worker.close()  # the next one has the environment of this moment
    os.environ["SLUICE_KILL_AT"] = point
    list(runs)


@pytest.mark.parametrize("point", ["staged", "recorded"])
def test_a_recheck_whose_process_was_killed_is_carried_out_by_the_next_run(shop: Path, opened: Opened, point: str) -> None:
    land(shop, "orders-2026-03-01", [*((f"o{n}", f"i{n}", 1) for n in range(9)), ("o9", "nothing", 1)])
    app = opened(shop)
    run(app)
    app.worker.close()
    land(shop, "items-2026-03-02", [(f"i{n}", 1) for n in range(9)])
    Started(run_and_die, shop, point).expect(-signal.SIGKILL)
    assert not app.gate("orders").open
    run(app)
    assert app.gate("orders").open
    assert states(app)["9"] == "held"
    rechecks = [done for done in app.store.runs.of("orders") if done.kind == "recheck" and done.state == "published"]
    assert [(done.good, done.bad) for done in rechecks] == [(9, 1)]


def test_a_replay_that_was_not_begun_is_carried_out_by_the_next_run_and_once(shop: Path, opened: Opened) -> None:
    land(shop, "items-2026-03-01", [("i1", 1)])
    land(shop, "orders-2026-03-01", [*((f"o{n}", "i1", 1) for n in range(9)), ("o9", "i9", 1)])
    app = opened(shop)
    run(app)
    assert states(app)["9"] == "held"
    land(shop, "items-2026-03-02", [("i1", 1), ("i9", 1)])
    interrupted = app.run(app.pending_arrivals())
    assert next(interrupted).dataset == "items"
    interrupted.close()
    assert [(done.kind, done.good) for done in run(app)] == [("replay", 1)]
    assert set(states(app).values()) == {"published"}
    app.worker.close()
    assert run(app) == []
    assert not app.worker.started, "nothing is left to do"
