"""A file without a key that arrives again under a new name, byte for byte: copies where its rows are many and have times, else a finding."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from sluice.app import build
from sluice.app.findings import finding_lines
from sluice.domain import OTHER, ROW, STATE

CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  sales:
    source: {{files: "landing/*.csv"}}
    mode: append
    {time}
    columns: {{ts: {{type: timestamp}}, price: {{type: number}}}}
"""


@pytest.mark.parametrize(
    ("time", "hours", "figures"),
    [("time: ts", 10, (0, 11)), ("", 10, (0, 11)), ("time: ts", 9, (10, 0))],
    ids=["times", "no declared time", "few rows"],
)
def test_the_same_bytes_under_a_new_name(tmp_path: Path, time: str, hours: int, figures: tuple[int, int]) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    (landing / "sales_2026-03-01.csv").write_text("ts,price\n" + "".join(f"2026-03-01T{hour:02}:00:00Z,1.5\n" for hour in [0, *range(hours)]))
    (tmp_path / "sluice.yaml").write_text(CONFIG.format(time=time))
    with build(tmp_path / "sluice.yaml") as app:
        (first,) = app.run(app.pending_arrivals())
        assert (first.good, first.copies) == (hours + 1, 0)  # two equal events may both have happened
        shutil.copy(landing / "sales_2026-03-01.csv", landing / "sales_2026-03-02.csv")
        (second,) = app.run(app.pending_arrivals())
        assert (second.good, second.copies) == figures
        snapshot = app.store.snapshot()
        repeated = snapshot.repeats("sales").select(ROW, STATE, OTHER).collect().rows()
        assert set(repeated) == {(f"{second.id}.{row}", "copy", f"{first.id}.{row}") for row in range(second.copies)}
        finding = snapshot.metrics("sales").filter(pl.col("rule") == "file_repeats")
        assert set(finding["run_id"]) == {second.id}
        text = f"file_repeats: the file is the same, byte for byte, as sales_2026-03-01.csv of the run {first.id} (info)"
        assert [line for line in finding_lines(app, [first, second]) if "file_repeats" in line] == [f"sales sales_2026-03-02.csv: {text}"]
        (landing / "sales_2026-03-03.csv").write_text("ts,price\n2026-03-03T10:00:00Z,1.5\n")
        (third,) = app.run(app.pending_arrivals())
        assert (third.good, third.copies) == (1, 0)


TABLE = """
clock: 2026-03-10T00:00:00Z
datasets:
  items:
    source: {files: "landing/*.csv"}
    mode: snapshot
    key: [id]
    columns: {id: {type: string, required: true}, price: {type: number}}
"""


def test_a_former_table_that_is_sent_again_changes_nothing(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    (tmp_path / "sluice.yaml").write_text(TABLE)
    for day in (1, 2):
        (landing / f"items_2026-03-0{day}.csv").write_text("id,price\n" + "".join(f"i{row},{row + day}.5\n" for row in range(20)))
    with build(tmp_path / "sluice.yaml") as app:
        first, second = app.run(app.pending_arrivals())
        shutil.copy(landing / "items_2026-03-01.csv", landing / "items_2026-03-01_resend.csv")
        (again,) = app.run(app.pending_arrivals())
        assert (again.state, again.decision, again.rows, again.copies, again.bad) == ("published", "open", 20, 20, 0)
        snapshot = app.store.snapshot()
        assert snapshot.published("items").select("_run_id").unique().collect().item() == second.id
        repeated = snapshot.repeats("items").filter(pl.col("_run_id") == again.id).select(ROW, STATE, OTHER).collect().rows()
        assert set(repeated) == {(f"{again.id}.{row}", "copy", f"{first.id}.{row}") for row in range(20)}
        assert app.gate("items").open
        (landing / "items_2026-03-01_other.csv").write_text("id,price\ni1,7.5\n")
        (older,) = app.run(app.pending_arrivals())
        assert (older.state, older.error.code) == ("failed", "file_older_than_snapshot")
