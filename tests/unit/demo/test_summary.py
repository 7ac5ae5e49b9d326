"""The summary against the truth, on a handmade snapshot where every number can be counted on the fingers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sluice.demo import judge_against_truth
from sluice.demo.answers import ANSWERS
from sluice.demo.deliveries import TRUTH_OF_FILES
from sluice.domain import ACTION, REASON_TYPE, REASONS, REPAIRS, ROW, Artifact, Run
from sluice.faults import KINDS

METRICS = {"run_id": pl.String, "rule": pl.String, "status": pl.String}


@dataclass
class FakeSnapshot:
    held: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)  # dataset -> row id and reason
    doubted: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)  # run id and rule
    id: str = "1"

    def published(self, dataset: str) -> pl.LazyFrame:
        if dataset == "catalog":
            return pl.LazyFrame()
        return pl.LazyFrame({ROW: self.doubted, ACTION: ["order_unknown"] * len(self.doubted)}, schema={ROW: pl.String, ACTION: pl.String})

    def repairs(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        held = self.held.get(dataset)
        if held is None:
            return pl.LazyFrame()
        reasons = pl.Series([[{"name": name}] for _, name in held], dtype=pl.List(pl.Struct({"name": pl.String})))
        return pl.LazyFrame({ROW: [row for row, _ in held], REASONS: reasons}).with_columns(pl.col(REASONS).cast(pl.List(pl.Struct({"name": pl.String}))))

    def runs(self, dataset: str) -> list[Run]:
        raise AssertionError(dataset)

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        rows = self.failed if dataset == "catalog" else []
        return pl.DataFrame([(run, rule, "failed") for run, rule in rows], schema=METRICS, orient="row")

    def model(self, name: str) -> Artifact | None:
        raise AssertionError(name)

    def without(self, batch_id: str) -> FakeSnapshot:
        raise AssertionError(batch_id)


def run(name: str, file: str, dataset: str = "events", state: Any = "published") -> Run:
    return Run(name, dataset, "ingest", 1, datetime(2026, 3, 2, tzinfo=UTC), state, uri=f"landing/{dataset}/{file}")


RUNS = [
    run("e1", "events-1.jsonl.gz"),
    run("c1", "catalog-1.csv", "catalog"),
    run("c2", "catalog-2.csv", "catalog"),
    run("x", "events-2.jsonl.gz", state="failed"),
]


def truth(folder: Path, events: list[tuple[Any, ...]], catalog: list[tuple[Any, ...]] = (), files: list[dict[str, Any]] = ()) -> Path:  # type: ignore[assignment]  # empty is empty
    """Rows of position, kind, column, old, new."""
    folder.mkdir(exist_ok=True)
    for dataset, file, rows in (("events", "events-1.jsonl.gz", events), ("catalog", "catalog-1.csv", catalog)):
        pl.DataFrame([(file, *row) for row in rows], schema=TRUTH_OF_FILES, orient="row").write_parquet(folder / f"{dataset}.parquet")
    (folder / "files.json").write_text(json.dumps(list(files)))
    return folder


def repaired(*cells: tuple[str, str, str, str], applied: bool = True) -> pl.DataFrame:
    """Row id, column, cleaner and new text."""
    rows = [(f"{row}/{column}/0", row, column, "old", new, cleaner, 1.0, applied, "") for row, column, cleaner, new in cells]
    return pl.DataFrame(rows, schema=REPAIRS, orient="row")


def summary_row(kind: str, snapshot: FakeSnapshot, folder: Path, repairs: Mapping[str, pl.DataFrame] | None = None) -> dict[str, Any]:
    summary = judge_against_truth(snapshot, RUNS, folder, repairs=repairs or {})
    return summary.row(by_predicate=pl.col("kind") == kind, named=True)


def test_the_fake_holds_reasons_as_the_lake_does() -> None:
    assert isinstance(REASON_TYPE.inner, pl.Struct)
    assert "name" in {field.name for field in REASON_TYPE.inner.fields}


def test_every_kind_of_rows_has_its_answers() -> None:
    assert set(ANSWERS) == set(KINDS) - {"truncated_file", "missing_column"}


def test_held_rows_are_found(tmp_path: Path) -> None:
    folder = truth(tmp_path, [(position, "redelivery", None, None, None) for position in range(4)])
    snapshot = FakeSnapshot({"events": [("e1.0", "deduplicate:key"), ("e1.1", "deduplicate:key"), ("e1.2", "another"), ("e1.9", "deduplicate:key")]})
    assert summary_row("redelivery", snapshot, folder) == {
        "kind": "redelivery", "injected": 4, "found": 3, "recall": 0.75, "precision": pytest.approx(2 / 3), "repaired": None, "expected": "quarantine"
    }  # fmt: skip


def test_a_row_that_another_kind_explains_is_no_false_alarm(tmp_path: Path) -> None:
    folder = truth(tmp_path, [(0, "redelivery", None, None, None), (1, "double_submit", None, None, None), (2, "orphan_reference", "item_id", "a", "b")])
    snapshot = FakeSnapshot({"events": [(f"e1.{position}", "deduplicate:near") for position in range(3)]})
    assert summary_row("double_submit", snapshot, folder)["precision"] == pytest.approx(2 / 3)


def test_repaired_cells_are_found_and_compared(tmp_path: Path) -> None:
    folder = truth(tmp_path, [(position, "price_scale", "price", "12.5", "1250.0") for position in range(4)])
    repairs = repaired(
        ("e1.0", "price", "unit_scale", "12.5"),
        ("e1.1", "price", "unit_scale", "12.502"),
        ("e1.2", "price", "unit_scale", "1.25"),
        ("e1.8", "price", "unit_scale", "3"),
    )
    row = summary_row("price_scale", FakeSnapshot(), folder, {"events": repairs})
    assert (row["found"], row["precision"], row["repaired"]) == (3, 0.75, 0.5)


def test_a_repair_counts_in_the_column_that_is_to_blame(tmp_path: Path) -> None:
    folder = truth(tmp_path, [(0, "price_scale", "price", "1.0", "100.0")], [(0, "unit_change", "weight_g", "5.0", "0.005")])
    repairs = {"events": repaired(("e1.0", "currency", "lookup", "EUR")), "catalog": repaired(("c1.0", "weight_g", "unit_scale", "5"))}
    assert summary_row("price_scale", FakeSnapshot(), folder, repairs)["found"] == 0
    assert summary_row("price_scale", FakeSnapshot(), folder, repairs)["precision"] is None
    assert summary_row("unit_change", FakeSnapshot(), folder, repairs)["repaired"] == 1.0


def test_a_candidate_is_no_repair_and_a_repaired_row_that_is_held_is_not_published(tmp_path: Path) -> None:
    folder = truth(tmp_path, [], [(position, "missing_value", "brand", "Kestrel", None) for position in range(2)])
    candidates = {"catalog": repaired(("c1.0", "brand", "functional_dependency", "Kestrel"), applied=False)}
    assert summary_row("missing_value", FakeSnapshot(), folder, candidates)["found"] == 0
    held = FakeSnapshot({"catalog": [("c1.0", "another")]})
    both = {"catalog": repaired(("c1.0", "brand", "functional_dependency", "Kestrel"), ("c1.1", "brand", "functional_dependency", "Kestrel"))}
    assert summary_row("missing_value", held, folder, both)["repaired"] == 0.5


def test_the_last_of_several_repairs_is_what_was_published(tmp_path: Path) -> None:
    folder = truth(tmp_path, [], [(0, "typo", "brand", "Kestrel", "Kestrl")])
    repairs = {"catalog": repaired(("c1.0", "brand", "normalize_text", "kestrl"), ("c1.0", "brand", "functional_dependency", "Kestrel"))}
    assert summary_row("typo", FakeSnapshot(), folder, repairs)["repaired"] == 1.0


def test_times_are_right_within_a_minute_and_doubted_rows_are_found(tmp_path: Path) -> None:
    at = "2026-03-01 20:04:19.117000+00:00"
    folder = truth(tmp_path, [(position, "clock_skew", "ts", at, "2026-03-02 04:16:00.037000+00:00") for position in range(3)])
    repairs = repaired(("e1.0", "ts", "clock_skew", "2026-03-01 20:04:50.000000+00:00"), ("e1.1", "ts", "clock_skew", "2026-03-01 20:06:50.000000+00:00"))
    row = summary_row("clock_skew", FakeSnapshot(doubted=["e1.2"]), folder, {"events": repairs})
    assert (row["found"], row["repaired"]) == (3, pytest.approx(1 / 3))


def test_what_is_only_flagged_is_not_told_row_by_row(tmp_path: Path) -> None:
    folder = truth(tmp_path, [(0, "wrong_user", "user_id", "a", "b")])
    row = summary_row("wrong_user", FakeSnapshot(), folder)
    assert (row["injected"], row["found"], row["recall"], row["precision"], row["expected"]) == (1, None, None, None, "flag")


def test_a_file_that_was_never_published_hides_its_dirt(tmp_path: Path) -> None:
    folder = truth(tmp_path, [(0, "redelivery", None, None, None)])
    summary = judge_against_truth(FakeSnapshot({"events": [("e1.0", "deduplicate:key")]}), RUNS[1:], folder, repairs={})
    assert summary.select("injected", "found").rows() == [(1, 0)]


def test_whole_files_are_found_by_their_runs(tmp_path: Path) -> None:
    files: list[dict[str, Any]] = [
        {"dataset": "events", "file": "events-2.jsonl.gz", "kind": "truncated_file", "column": None},
        {"dataset": "catalog", "file": "catalog-2.csv", "kind": "missing_column", "column": "brand"},
    ]
    folder = truth(tmp_path, [], [], files)
    snapshot = FakeSnapshot(failed=[("c2", "column_present:brand"), ("c1", "column_present:title")])
    assert [summary_row("truncated_file", snapshot, folder)[name] for name in ("injected", "found", "precision")] == [1, 1, 1.0]
    assert [summary_row("missing_column", snapshot, folder)[name] for name in ("injected", "found", "precision")] == [1, 1, 0.5]
    assert summary_row("missing_column", FakeSnapshot(), folder)["recall"] == 0.0


def test_filling_a_column_that_is_gone_is_no_false_alarm(tmp_path: Path) -> None:
    gone = {"dataset": "catalog", "file": "catalog-2.csv", "kind": "missing_column", "column": "brand"}
    folder = truth(tmp_path, [], [(0, "missing_value", "brand", "Kestrel", None)], [gone])
    repairs = {"catalog": repaired(*((row, "brand", "functional_dependency", "Kestrel") for row in ("c1.0", "c2.0", "c2.1")))}
    assert summary_row("missing_value", FakeSnapshot(), folder, repairs)["precision"] == 1.0


def test_a_clean_shop_has_nothing_to_tell(tmp_path: Path) -> None:
    assert judge_against_truth(FakeSnapshot(), RUNS, truth(tmp_path, []), repairs={}).is_empty()
