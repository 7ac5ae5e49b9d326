"""A file that was read before it was whole, and grew: its rows are published once, and no cut cell stays."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sluice.app import App, build
from sluice.app.findings import finding_lines
from sluice.cli.main import outcome
from sluice.domain import Run, Staged
from sluice.messages import render
from sluice.sources import files
from sluice.worker import parts, tasks
from sluice.worker.spooling import Division

CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  sales:
    source: {files: "landing/*"}
    mode: append
    columns: {ts: {type: timestamp}, price: {type: number}}
    suite:
      - expect_column_values_to_be_between: {column: price, max_value: 5000}
"""
HEADER = "ts,price\n"


def line(row: int, price: str = "") -> str:
    return f"2026-03-01T{row % 24:02}:00:00Z,{price or f'{1000 + row}'}\n"


def published(app: App) -> list[float]:
    return sorted(app.store.snapshot().published("sales").collect()["price"])


def held(app: App) -> list[float]:
    rows = app.store.quarantine.held("sales")
    return sorted(rows["price"]) if rows.height else []


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    (tmp_path / "landing").mkdir()
    return tmp_path / "landing"


def test_a_file_that_was_cut_at_a_line_end_is_published_once(landing: Path) -> None:
    text = HEADER + "".join(map(line, range(100)))
    path = landing / "sales_2026-03-01.csv"
    with build(landing.parent / "sluice.yaml") as app:
        runs: list[Run] = []
        for rows in (50, 51, 100):
            path.write_text(HEADER + "".join(map(line, range(rows))))
            runs += app.run(app.pending_arrivals())
        assert [(run.rows, run.good, run.copies) for run in runs] == [(50, 50, 0), (51, 1, 50), (100, 49, 51)]
        assert published(app) == [1000.0 + row for row in range(100)]
        assert any("file_grew" in text and "sales_2026-03-01.csv" in text for text in finding_lines(app, runs))
        copies = app.store.snapshot().repeats("sales").filter(pl.col("_run_id") == runs[2].id).collect()
        assert set(copies["_other"].str.head(12)) == {runs[0].id, runs[1].id}  # each names the row that is published
        assert path.read_text() == text


CUTS = [
    ("12", "1234", [1000, 1234, 1002], []),
    ("12", "12345", [1000, 1002], [12345]),
    ("9999", "9999", [1000, 1002], [9999]),
    ("9999", "9999.5", [1000, 1002], [9999.5]),
]


@pytest.mark.parametrize(("cut", "whole", "good", "bad"), CUTS)
def test_a_cell_that_was_cut_does_not_stay(landing: Path, cut: str, whole: str, good: list[float], bad: list[float]) -> None:
    path = landing / "sales_2026-03-01.csv"
    with build(landing.parent / "sluice.yaml") as app:
        path.write_text(HEADER + line(0) + line(1, cut).rstrip("\n"))
        os.utime(path, (1_000_000_000, 1_000_000_000))  # whoever wrote it stopped long ago
        (first,) = app.run(app.pending_arrivals())
        assert first.rows == 2
        path.write_text(HEADER + line(0) + line(1, whole) + line(2))
        (second,) = app.run(app.pending_arrivals())
        assert (published(app), held(app)) == (sorted(map(float, good)), list(map(float, bad)))
        assert (second.rows, second.copies) == (3, 1)
        path.write_text(HEADER + line(0) + line(1, whole) + line(2) + line(3))
        list(app.run(app.pending_arrivals()))
        assert (published(app), held(app)) == (sorted([*map(float, good), 1003.0]), list(map(float, bad)))


def test_a_cut_row_does_not_stay_where_the_whole_one_is_a_copy_of_another_file(landing: Path) -> None:
    (landing.parent / "sluice.yaml").write_text(
        CONFIG.replace("mode: append", "mode: append\n    key: [id]").replace("columns: {", "columns: {id: {type: string}, ")
    )
    header, first, next_day = "ts,price,id\n", "2026-03-01T10:00:00Z,5,K12\n", "2026-03-01T11:00:00Z,6,K13\n"
    (landing / "sales_2026-03-01.csv").write_text(header + first)
    path = landing / "sales_2026-03-02.csv"
    path.write_text(header + next_day + first.removesuffix("2\n"))  # the key is cut
    os.utime(path, (1_000_000_000, 1_000_000_000))
    with build(landing.parent / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        path.write_text(header + next_day + first + "2026-03-01T12:00:00Z,7,K14\n")
        list(app.run(app.pending_arrivals()))
        assert sorted(app.store.snapshot().published("sales").collect()["id"]) == ["K12", "K13", "K14"]


@pytest.mark.parametrize(("whole", "good", "bad"), [("1234", [1000, 1234, 1002], []), ("12345", [12, 1000, 1002], [12345])])
def test_a_row_that_was_cut_is_replaced_by_its_key_in_an_upsert(landing: Path, whole: str, good: list[float], bad: list[float]) -> None:
    (landing.parent / "sluice.yaml").write_text(CONFIG.replace("mode: append", "mode: upsert\n    key: [ts]"))
    path = landing / "sales_2026-03-01.csv"
    with build(landing.parent / "sluice.yaml") as app:
        path.write_text(HEADER + line(0) + line(1, "12").rstrip("\n"))
        os.utime(path, (1_000_000_000, 1_000_000_000))
        list(app.run(app.pending_arrivals()))
        path.write_text(HEADER + line(0) + line(1, whole) + line(2))
        (second,) = app.run(app.pending_arrivals())
        assert (published(app), held(app)) == (sorted(map(float, good)), list(map(float, bad)))
        assert (second.copies, second.replaced) == (1, 0 if bad else 1)


def test_a_file_of_other_content_in_the_same_place_is_a_batch_of_its_own(landing: Path) -> None:
    path = landing / "sales.csv"
    with build(landing.parent / "sluice.yaml") as app:
        path.write_text(HEADER + line(0) + line(1))
        list(app.run(app.pending_arrivals()))
        path.write_text(HEADER + line(1) + line(0) + line(2))
        (second,) = app.run(app.pending_arrivals())
        assert (second.good, second.copies) == (3, 0)


def test_a_line_without_its_end_is_not_read_while_the_file_is_young(landing: Path) -> None:
    path, config = landing / "sales_2026-03-01.csv", landing.parent / "sluice.yaml"
    path.write_text(HEADER + line(0) + line(1, "12").rstrip("\n"))
    with build(config) as app:
        assert app.pending_arrivals() == []
        assert [render(reason) for reason in app.settling.waiting.values()] == [
            "sales_2026-03-01.csv: waits, for it was just written and its last line has no end; it is read once it is whole"
        ]
        path.write_text(HEADER + line(0) + line(1, "1234"))
        (run,) = app.run(app.pending_arrivals())
        assert (run.good, published(app)) == (2, [1000.0, 1234.0])


def test_a_run_looks_again_at_a_file_that_ends_without_a_line_end(landing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, config = landing / "sales_2026-03-01.csv", landing.parent / "sluice.yaml"
    path.write_text(HEADER + line(0) + line(1).rstrip("\n"))
    assert outcome(["run", "--config", str(config)]) == 0
    assert "sales_2026-03-01.csv was just written, and its last line has no end: looking again in 5 s" in capsys.readouterr().err
    with build(config) as app:
        assert len(published(app)) == 2


@pytest.mark.parametrize("pattern", ["landing/*", "landing/*.csv"])
def test_a_file_that_says_that_another_is_whole_is_no_batch_and_is_not_reported(landing: Path, capsys: pytest.CaptureFixture[str], pattern: str) -> None:
    config = landing.parent / "sluice.yaml"
    config.write_text(CONFIG.replace('"landing/*"', f'"{pattern}", done: "{{name}}.done"'))
    (landing / "sales_2026-03-01.csv").write_text(HEADER + line(0))
    with build(config) as app:
        assert app.pending_arrivals() == []
    (landing / "sales_2026-03-01.csv.done").touch()
    assert outcome(["run", "--config", str(config)]) == 0
    assert ".done" not in "".join(capsys.readouterr())
    with build(config) as app:
        assert published(app) == [1000.0]


@pytest.mark.parametrize("key", ["", "key: [ts]"])
def test_a_file_that_grew_beyond_memory_is_published_once_in_parts(landing: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setattr(parts, "rows_that_fit", lambda _memory, _width: 40)
    monkeypatch.setattr(files, "_MEMORY_OF_TEXT", 2**40)
    divided: list[int] = []

    def stage(division: Division, *args: Any) -> Staged:  # those of `stage_parts`
        divided.append(division.parts)
        return parts.stage_parts(division, *args)

    monkeypatch.setattr(tasks, "stage_parts", stage)
    config = landing.parent / "sluice.yaml"
    config.write_text(CONFIG.replace("mode: append", f"mode: append\n    {key}"))
    rows = [f"2026-03-01T{row // 60:02}:{row % 60:02}:00Z,{1000 + row}\n" for row in range(200)]
    path = landing / "sales_2026-03-01.csv"
    with build(config) as app:
        for text in (HEADER + "".join(rows[:100])[:-3], HEADER + "".join(rows)):  # a number is cut at first
            path.write_text(text)
            os.utime(path, (1_000_000_000, 1_000_000_000))
            (arrival,) = app.pending_arrivals()
            with app.store.lease("sales") as lease:
                run = app.store.publish(lease, tasks.evaluate_arrival(str(app.path), arrival, app.store.snapshot().id))
        assert len(divided) == 2 and min(divided) > 1
        assert (run.rows, run.copies) == (200, 99)
        assert published(app) == [1000.0 + row for row in range(200)]
