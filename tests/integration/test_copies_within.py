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
            texts.append(render(repeats_of(run, app.store.snapshot().copies_within(run))))
    assert texts == [
        "1 of 3 rows repeats another row of the same file",
        "2 of 6 rows repeat another row of the same file; 2 of 6 rows repeat a row that came before",
        "",
    ]
