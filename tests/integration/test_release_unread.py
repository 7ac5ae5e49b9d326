"""A row that was held for a text that does not cast is released: the answer says whether the cell is read or empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.app import build, process_requests
from sluice.domain import Request
from sluice.messages import render

CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  prices:
    source: {{files: "landing/*.csv"}}
    mode: append
    columns: {{sku: {{}}, VK-Preis: {{type: number{unit}}}}}
    clean: [parse]
"""
EMPTY_CELL = "1 of 1 row was released; VK-Preis of 1 row is empty, since `cast:VK-Preis` could not read its text"


@pytest.mark.parametrize(("unit", "answer", "price"), [("", EMPTY_CELL, None), (", unit: EUR", "1 of 1 row was released", 49.9)], ids=["no unit", "unit"])
def test_a_release_says_which_cells_are_empty(tmp_path: Path, unit: str, answer: str, price: float | None) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "prices-2026-03-01.csv").write_text('sku,VK-Preis\na,12.5\nb,"49,90 €"\n', encoding="utf-8")
    (tmp_path / "sluice.yaml").write_text(CONFIG.format(unit=""), encoding="utf-8")
    with build(tmp_path / "sluice.yaml") as app:
        (run,) = app.run(app.pending_arrivals())
        assert (run.good, run.bad) == (1, 1)
    (tmp_path / "sluice.yaml").write_text(CONFIG.format(unit=unit), encoding="utf-8")
    with build(tmp_path / "sluice.yaml") as app:
        app.store.requests.submit(Request("r1", "release", "prices", "Ada", "checked", app.now(), rule="cast:VK-Preis"))
        process_requests(app)
        request = app.store.requests.get("r1")
        assert request is not None
        assert render(request.answer) == answer
        rows = app.store.snapshot().published("prices").collect()
        assert dict(zip(rows["sku"], rows["VK-Preis"], strict=True)) == {"a": 12.5, "b": price}
