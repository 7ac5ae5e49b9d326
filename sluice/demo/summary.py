"""Measure how well the injected faults were found and answered. Only this module and the tests read the ground truth."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import polars as pl

from sluice.demo.answers import ANSWERS, Answers, gather
from sluice.domain import ROW, Run
from sluice.faults import KINDS
from sluice.ports import Snapshot

SUMMARY = pl.Schema(
    {
        "kind": pl.String(),
        "injected": pl.Int64(),
        "found": pl.Int64(),
        "recall": pl.Float64(),
        "precision": pl.Float64(),
        "repaired": pl.Float64(),
        "expected": pl.String(),
    }
)


def judge_against_truth(
    snapshot: Snapshot,
    runs: Sequence[Run],
    truth_folder: str | Path,
    *,
    repairs: Mapping[str, pl.DataFrame],
    repeats: Mapping[str, pl.DataFrame] = MappingProxyType({}),
) -> pl.DataFrame:
    """Compare what the pipeline did with the demo shop against the faults injected into it.

    Args:
        snapshot: Published and held rows.
        runs: All runs of all datasets, failed ones among them.
        truth_folder: The shop's `truth/`.
        repairs: Applied repairs of each dataset (schema REPAIRS).
        repeats: Copies and superseded rows of each dataset (schema REPEATS).

    Returns:
        One row per injected kind (schema SUMMARY). `injected`: number of rows (or files). `found`: those that were held, recorded as copies, changed in the
        faulty cell, or marked as of unknown order. `recall`: found / injected. `precision`: of all that the kind's rules and cleaners
        answered, the share that was injected as this kind or as another that they answer. `repaired`: of the faulty cells, the share
        published as before the fault (times within a minute, numbers within half a cent). `expected`: the right answer. Null for
        faults that are only flagged, which the store counts but does not list.
    """
    folder = Path(truth_folder)
    truths = {dataset: pl.read_parquet(folder / f"{dataset}.parquet") for dataset in ("catalog", "events")}
    ids = {PurePosixPath(run.uri).name: run.id for run in runs if run.kind == "ingest" and run.state == "published"}
    injected = pl.concat([_with_row_ids(truth, ids) for truth in truths.values()])
    file_faults = json.loads((folder / "files.json").read_text())
    answers = gather(snapshot, list(truths), repairs, repeats)
    for fault in file_faults:
        if fault["column"]:  # filling the cells of a missing column is right
            answers = answers.without(ids.get(fault["file"], fault["file"]), fault["column"])
    summary = [_summarize_rows(kind, injected, answers) for kind in KINDS if kind in set(injected["kind"])]
    summary += _summarize_files(file_faults, snapshot, runs, ids)
    return pl.DataFrame(summary, schema=SUMMARY)


def _with_row_ids(truth: pl.DataFrame, ids: Mapping[str, str]) -> pl.DataFrame:
    """Name the truth's rows by their ids; those of a file that was never published get an id that matches nothing."""
    files = pl.DataFrame({"file": list(ids), "run": list(ids.values())}, schema={"file": pl.String, "run": pl.String})
    located = truth.join(files, on="file", how="left", maintain_order="left")
    return located.select("kind", pl.format("{}.{}", pl.col("run").fill_null(pl.col("file")), "position").alias(ROW), "column", "old", "new")


def _summarize_rows(kind: str, injected: pl.DataFrame, answers: Answers) -> dict[str, object]:
    own = injected.filter(pl.col("kind") == kind)
    expected = KINDS[kind].answer
    rows = own[ROW].n_unique()
    if expected == "flag":
        return {"kind": kind, "injected": rows, "expected": expected}
    count = _count_found(own, answers)
    return {
        "kind": kind,
        "injected": rows,
        "found": count,
        "recall": count / rows,
        "precision": _precision(kind, injected, answers),
        "repaired": _repaired_share(own, answers) if expected == "repair" else None,
        "expected": expected,
    }


def _count_found(own: pl.DataFrame, answers: Answers) -> int:
    changed = own.join(answers.changed, on=[ROW, "column"], how="semi")[ROW]
    answered = pl.concat([answers.held[ROW], answers.unordered, changed])
    return own.filter(pl.col(ROW).is_in(answered.implode()))[ROW].n_unique()


def _precision(kind: str, injected: pl.DataFrame, answers: Answers) -> float | None:
    names = set(ANSWERS[kind])
    alike = injected.filter(pl.col("kind").is_in([name for name, rules in ANSWERS.items() if names & set(rules)]))
    columns = injected.filter(pl.col("kind") == kind)["column"].unique()
    held = answers.held.filter(pl.col("name").is_in(list(names))).unique(ROW)
    changed = answers.changed.filter(pl.col("cleaner").is_in(list(names)) & pl.col("column").is_in(columns.implode())).unique([ROW, "column"])
    right = held.join(alike, on=ROW, how="semi").height + changed.join(alike, on=[ROW, "column"], how="semi").height
    return right / (held.height + changed.height) if held.height + changed.height else None


def _repaired_share(own: pl.DataFrame, answers: Answers) -> float:
    last = answers.changed.unique([ROW, "column"], keep="last", maintain_order=True).select(ROW, "column", pl.col("new").alias("final"))
    cells = own.join(last, on=[ROW, "column"], how="left").filter(~pl.col(ROW).is_in(answers.held[ROW].implode()))
    right = cells.select(_same(pl.col("old"), pl.col("final")).fill_null(value=False)).to_series().sum()
    return float(right) / own.height


def _same(old: pl.Expr, new: pl.Expr) -> pl.Expr:
    """Compare as times within a minute, as numbers within half a cent, else as texts."""

    def time(text: pl.Expr) -> pl.Expr:
        return text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False)

    times = (time(old) - time(new)).dt.total_seconds(fractional=True).abs() <= 60
    numbers = (old.cast(pl.Float64, strict=False) - new.cast(pl.Float64, strict=False)).abs() <= 0.005
    return pl.coalesce(times, numbers, old == new)


def _summarize_files(faults: Sequence[Mapping[str, Any]], snapshot: Snapshot, runs: Sequence[Run], ids: Mapping[str, str]) -> list[dict[str, object]]:
    failed = {PurePosixPath(run.uri).name for run in runs if run.state == "failed"}
    incomplete = {name for dataset in {fault["dataset"] for fault in faults} for name in _incomplete_files(snapshot.metrics(dataset), ids)}
    summary: list[dict[str, object]] = []
    for kind, answered in (("missing_column", incomplete), ("truncated_file", failed)):
        injected = {fault["file"] for fault in faults if fault["kind"] == kind}
        if not injected:
            continue
        count = len(injected & answered)
        precision = count / len(answered) if answered else None
        shares = {"recall": count / len(injected), "precision": precision}
        summary.append({"kind": kind, "injected": len(injected), "found": count, **shares, "expected": KINDS[kind].answer})
    return summary


def _incomplete_files(metrics: pl.DataFrame, ids: Mapping[str, str]) -> set[str]:
    """Return the files that lack a column according to the verdicts."""
    failed = metrics.filter(pl.col("rule").str.starts_with("column_present:") & pl.col("status").is_in(["failed", "not_evaluated"]))
    return {name for name, run in ids.items() if run in set(failed["run_id"])}
