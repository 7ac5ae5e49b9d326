"""The same day sent again, changed days, and a table that lost its rows, through the whole program."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sluice.app import App, build, process_requests
from sluice.domain import ROW, STATE, Request, Run
from sluice.store.row_states import row_states

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
