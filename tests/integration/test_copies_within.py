"""Copies of a row of the same file are told apart from copies of a row published before."""

from __future__ import annotations

from pathlib import Path

from sluice.app import build
from sluice.messages import render
from sluice.rules import repeats_of

CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  orders:
    source: {files: "landing/*.csv"}
    mode: append
    key: [id]
    columns: {id: {required: true}, price: {type: number}}
"""


def test_a_run_says_which_rows_repeat_which(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    texts = []
    for day, ids in ((1, "aab"), (2, "abcddd"), (3, "e")):
        (tmp_path / "landing" / f"orders-2026-03-0{day}.csv").write_text("id,price\n" + "".join(f"{name},1.5\n" for name in ids))
        with build(tmp_path / "sluice.yaml") as app:
            (run,) = app.run(app.pending_arrivals())
            assert app.store.quarantine.outdated_by(run) == 0
            texts.append(render(repeats_of(run, app.store.snapshot().copies_within(run))))
    assert texts == [
        "1 of 3 rows repeats another row of the same file",
        "2 of 6 rows repeat another row of the same file; 2 of 6 rows repeat a row that came before",
        "",
    ]


def test_held_rows_that_a_file_replaces_are_counted_apart_from_published_ones(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG.replace("mode: append", "mode: upsert"))
    for day, rows in ((1, "a,1\nb,2\nc,free\nd,gift\n"), (2, "a,7\nb,2\nc,3\nd,4\n")):
        (tmp_path / "landing" / f"orders-2026-03-0{day}.csv").write_text(f"id,price\n{rows}")
        with build(tmp_path / "sluice.yaml") as app:
            (run,) = app.run(app.pending_arrivals())
            outdated = app.store.quarantine.outdated_by(run)
    assert (run.replaced, outdated) == (3, 2)
    assert render(repeats_of(run, 0, outdated)).endswith(
        "1 published row was replaced; 2 rows that were held are settled, since rows of this file stand in their place"
    )
