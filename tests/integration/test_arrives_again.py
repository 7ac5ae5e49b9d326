"""The same day sent again, changed days, and a table that lost its rows, through the whole program."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import delete

from sluice.app import App, build, process_requests
from sluice.domain import ROW, STATE, Request, Run
from sluice.messages import render
from sluice.store.row_states import row_states
from sluice.store.tables import QUARANTINE_STATUS

CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  orders:
    source: {{files: "landing/*.csv"}}
    mode: {mode}
    key: [id]
    columns: {{id: {{required: true}}, price: {{type: number}}, ts: {{type: timestamp}}}}
    {more}
    suite:
      - expect_column_values_to_be_between: {{column: price, min_value: 0}}
      - expect_table_row_count_to_be_between: {{min_value: 50}}
"""


def shop(folder: Path, mode: str, more: str = "") -> Path:
    (folder / "landing").mkdir()
    (folder / "sluice.yaml").write_text(CONFIG.format(mode=mode, more=more))
    return folder


def land(folder: Path, name: str, rows: range, *, changed: range = range(0)) -> Run:
    """Land a file whose prices are 1.5 or, where a row has changed, 2.5, and run."""
    lines = [f"o{row},{2.5 if row in changed else 1.5},2026-03-01T10:00:00Z" for row in rows]
    (folder / "landing" / name).write_text("id,price,ts\n" + "\n".join(lines) + "\n")
    with build(folder / "sluice.yaml") as app:
        (run,) = app.run(app.pending_arrivals())
    return run


def opened(folder: Path) -> App:
    return build(folder / "sluice.yaml")


@pytest.mark.parametrize(
    ("mode", "more", "figures"),
    [
        ("append", "", (97, 2, 1, 0, 0)),
        ("append", "on_change: replace", (97, 0, 3, 0, 2)),
        ("append", "on_change: keep", (97, 0, 1, 2, 0)),
        ("upsert", "", (97, 0, 3, 0, 2)),
        ("snapshot", "", (0, 0, 100, 0, 99)),
    ],
)
def test_a_day_that_is_sent_again_with_late_and_changed_rows(tmp_path: Path, mode: str, more: str, figures: tuple[int, ...]) -> None:
    folder = shop(tmp_path, mode, more)
    land(folder, "orders-2026-03-01.csv", range(99))
    run = land(folder, "orders-2026-03-01-again.csv", range(100), changed=range(5, 7))
    assert (run.copies, run.bad, run.good, run.superseded, run.replaced) == figures
    assert run.decision == "open"
    with opened(folder) as app:
        assert app.gate("orders").open
        states = row_states(app.store, "orders")
        assert states[ROW].is_unique().all()
        assert states.height == 199
        published = app.store.snapshot().published("orders").collect()
        assert published.filter(pl.col("price") == 2.5).height == (0 if figures[1] or figures[3] else 2)
        assert published["id"].is_unique().all()


def test_a_file_of_copies_alone_needs_nobody(tmp_path: Path) -> None:
    folder = shop(tmp_path, "append")
    land(folder, "orders-2026-03-01.csv", range(60))
    run = land(folder, "orders-2026-03-02.csv", range(60))
    assert (run.rows, run.copies, run.decision, run.reasons) == (60, 60, "open", ())
    with opened(folder) as app:
        assert app.gate("orders").open
        assert set(row_states(app.store, "orders")[STATE]) == {"published", "copy"}


def test_a_table_that_lost_most_of_its_rows_is_held_until_a_person_accepts_it(tmp_path: Path) -> None:
    folder = shop(tmp_path, "snapshot", "max_shrink: 0.3")
    land(folder, "orders-2026-03-01.csv", range(200))
    run = land(folder, "orders-2026-03-02.csv", range(60))
    assert (run.good, run.bad, run.decision, run.reasons[-1].code) == (0, 60, "closed", "snapshot_shrunk_held")
    with opened(folder) as app:
        assert not app.gate("orders").open
        assert app.store.snapshot().published("orders").collect().height == 200
        app.store.requests.submit(Request("r1", "release", "orders", "Ada", "a smaller shop", app.now(), rule="max_shrink"))
        process_requests(app)
        assert app.store.snapshot().published("orders").collect().height == 60
        assert app.gate("orders").open
        states = row_states(app.store, "orders")
        assert states.group_by(STATE).len().sort(STATE).rows() == [("published", 60), ("superseded", 200)]


def test_a_held_table_is_not_released_over_a_newer_one(tmp_path: Path) -> None:
    folder = shop(tmp_path, "snapshot", "max_shrink: 0.3")
    land(folder, "orders-2026-03-01.csv", range(200))
    land(folder, "orders-2026-03-02.csv", range(60))
    land(folder, "orders-2026-03-03.csv", range(201))
    with opened(folder) as app:
        with app.store.database.write() as connection:  # as where it was released, rejected or superseded since the backup of a database
            connection.execute(delete(QUARANTINE_STATUS))
        app.store.requests.submit(Request("r1", "release", "orders", "Ada", "a smaller shop", app.now(), rule="max_shrink"))
        app.store.requests.submit(Request("r2", "release", "orders", "Ada", "", app.now(), rule="cast:price"))
        process_requests(app)
        answers = {request.id: (request.state, render(request.answer)) for request in app.store.requests.all()}
        assert answers["r1"] == ("refused", OLDER)
        assert answers["r2"][1].startswith("no row is held for cast:price alone")
        assert app.store.snapshot().published("orders").collect().height == 201


OLDER = (
    "orders-2026-03-02.csv is older than the table of 2026-03-04 00:00, which is published and stays; its rows need no release: "
    "`sluice quarantine reject orders --rule max_shrink`"
)


def land_prices(folder: Path, name: str, prices: list[float]) -> Run:
    """Land a file of one row for each price, and run."""
    lines = [f"o{row},{price},2026-03-01T10:00:00Z" for row, price in enumerate(prices)]
    (folder / "landing" / name).write_text("id,price,ts\n" + "\n".join(lines) + "\n")
    with build(folder / "sluice.yaml") as app:
        (run,) = app.run(app.pending_arrivals())
    return run


def test_a_corrected_file_replaces_the_rows_of_a_closed_batch_and_opens_the_gate(tmp_path: Path) -> None:
    folder = shop(tmp_path, "append")
    first = land_prices(folder, "orders-2026-03-01.csv", [*([-1.0] * 40), *([1.5] * 60)])
    assert (first.decision, first.bad) == ("closed", 40)
    correction = land_prices(folder, "orders-2026-03-01-corrected.csv", [*([1.5] * 40), *([2.5] * 3), *([1.5] * 57)])
    assert (correction.good, correction.bad, correction.copies, correction.replaced) == (43, 0, 57, 43)
    (revision,) = correction.revisions
    assert (revision.run, revision.good, revision.bad, revision.superseded, revision.own, revision.decision) == (first.id, 57, 0, 43, 57, "open")
    with opened(folder) as app:
        decision = app.gate("orders")
        assert (decision.state, set(decision.runs)) == ("open", {first.id, correction.id})
        assert app.published_rows("orders", decision).collect().height == 100
        assert row_states(app.store, "orders")[ROW].is_unique().all()


@pytest.mark.parametrize("heading", ["id,ts", "id,renamed,ts"])
def test_a_corrected_file_replaces_the_rows_of_a_batch_that_could_not_be_judged(tmp_path: Path, heading: str) -> None:
    folder = shop(tmp_path, "append")
    settings = (folder / "sluice.yaml").read_text().replace("min_value: 0}", "min_value: 0, severity: critical}")
    (folder / "sluice.yaml").write_text(settings)
    land_prices(folder, "orders-2026-02-28.csv", [1.5] * 80)
    lines = [f"p{row},{'2.5,' if 'renamed' in heading else ''}2026-03-01T10:00:00Z" for row in range(60)]
    (folder / "landing" / "orders-2026-03-01.csv").write_text("\n".join([heading, *lines]) + "\n")
    with opened(folder) as app:
        (lost,) = app.run(app.pending_arrivals())
        assert (lost.decision, lost.good) == ("unknown", 60)
        assert app.gate("orders").state != "open"
    (folder / "landing" / "orders-2026-03-01-corrected.csv").write_text("id,price,ts\n" + "".join(f"p{row},2.5,2026-03-01T10:00:00Z\n" for row in range(60)))
    with opened(folder) as app:
        (correction,) = app.run(app.pending_arrivals())
        assert (correction.good, correction.bad, correction.replaced, correction.decision) == (60, 0, 60, "open")
        assert app.gate("orders").open
        published = app.store.snapshot().published("orders").filter(pl.col("id").str.starts_with("p")).collect()
        assert published["price"].to_list() == [2.5] * 60


@pytest.mark.parametrize("more", ["", "on_change: hold"])
def test_a_changed_row_of_an_open_batch_is_held_and_of_a_closed_one_where_that_is_set(tmp_path: Path, more: str) -> None:
    folder = shop(tmp_path, "append", more)
    land_prices(folder, "orders-2026-03-01.csv", [*([-1.0] * (40 if more else 0)), *([1.5] * 60)])
    again = land_prices(folder, "orders-2026-03-01-again.csv", [*([-1.0] * (40 if more else 0)), 2.5, *([1.5] * 59)])
    assert (again.bad, again.replaced) == (1, 0)
