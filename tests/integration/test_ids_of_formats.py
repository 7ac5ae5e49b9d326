"""The same id is the same text from CSV, JSON and Parquet, also once a program writes it as a float."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from sluice.app import build
from sluice.cli.main import outcome

ITEMS = 60


def land_events(folder: Path, day: int, write: str) -> None:
    """Write the events of a day; `write` gives an id as the file has it."""
    rows = [f"{day}{row:04},{write.format(row % ITEMS + 1) if row % 19 else ''},1.{row % 3}0,2026-11-{day}T{row // 30:02}:00:00Z" for row in range(200)]
    (folder / f"events_2026-11-{day}.csv").write_text("\n".join(["event_id,product_id,app_version,ts", *rows]) + "\n")


@pytest.mark.parametrize(("form", "days"), [("parquet", ("{}", "{}.0")), ("jsonl", ("{}.0", "{}"))])
def test_ids_written_as_floats_join_those_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, days: tuple[str, str]) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    monkeypatch.chdir(tmp_path)
    products = pl.DataFrame({"product_id": [float(number) for number in range(1, ITEMS + 1)], "title": [f"Mug {number}" for number in range(ITEMS)]})
    for day, write in zip((26, 27), days, strict=True):
        if form == "parquet":
            products.write_parquet(landing / f"products_2026-11-{day}.parquet")
        else:
            (landing / f"products_2026-11-{day}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in products.to_dicts()))
        land_events(landing, day, write)
        assert day == 27 or outcome(["init", "landing"]) == 0
        assert outcome(["run"]) == 0
    with build(tmp_path / "sluice.yaml") as app:
        events, items = (app.store.snapshot().published(name).collect() for name in ("events", "products"))
    assert "refers to products" in (tmp_path / "sluice.yaml").read_text()
    assert set(events["product_id"].drop_nulls()) == set(items["product_id"]) == {str(number) for number in range(1, ITEMS + 1)}
    assert events.height == 400 and set(events["app_version"]) == {"1.00", "1.10", "1.20"}
