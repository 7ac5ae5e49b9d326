"""How well the planted dirt was found and answered. This, and tests, are all that ever reads the truth."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from sluice.demo.answers import ANSWERS, Answers, gather
from sluice.domain import ROW, Run
from sluice.faults import KINDS
from sluice.ports import Snapshot

SUMMARY = pl.Schema(
    {
        "kind": pl.String(),
        "planted": pl.Int64(),
        "found": pl.Int64(),
        "recall": pl.Float64(),
        "precision": pl.Float64(),
        "repaired": pl.Float64(),
        "expected": pl.String(),
    }
)


def judge_against_truth(snapshot: Snapshot, runs: Sequence[Run], truth_folder: str | Path, *, repairs: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Compare what became of the demo shop with what was planted into it.

    Args:
        snapshot: What is published and held now.
        runs: All runs of all datasets, those of files that were set aside among them.
        truth_folder: The shop's `truth/`.
        repairs: The applied repairs of each dataset (schema REPAIRS).

    Returns:
        One row a kind that was planted: how many rows (or files) were; how many of them were found, that is held, changed in the
        cell to blame, or marked as of unknown order; recall; precision, the share of all that was answered by the kind's rules and
        cleaners that was planted as this kind or as one that they answer, too; the share of planted cells that were published
        as they were before (times within a minute, numbers within half a cent); and the answer expected. What is only
        flagged is counted in metrics but not told row by row: null.
    """
    folder = Path(truth_folder)
    truths = {dataset: pl.read_parquet(folder / f"{dataset}.parquet") for dataset in ("catalog", "events")}
    ids = {PurePosixPath(run.uri).name: run.id for run in runs if run.kind == "ingest" and run.state == "published"}
    planted = pl.concat([_named(truth, ids) for truth in truths.values()])
    wholes = json.loads((folder / "files.json").read_text())
    answers = gather(snapshot, list(truths), repairs)
    for each in wholes:
        if each["column"]:  # the cells of a column that is gone are rightly filled
            answers = answers.beside(ids.get(each["file"], each["file"]), each["column"])
    told = [_of_rows(kind, planted, answers) for kind in KINDS if kind in set(planted["kind"])]
    told += _of_files(wholes, snapshot, runs, ids)
    return pl.DataFrame(told, schema=SUMMARY)


def _named(truth: pl.DataFrame, ids: Mapping[str, str]) -> pl.DataFrame:
    """The truth by row ids; a file that was never published has none, and nothing of it was found."""
    files = pl.DataFrame({"file": list(ids), "run": list(ids.values())}, schema={"file": pl.String, "run": pl.String})
    known = truth.join(files, on="file", how="left", maintain_order="left")
    return known.select("kind", pl.format("{}.{}", pl.col("run").fill_null(pl.col("file")), "position").alias(ROW), "column", "old", "new")


def _of_rows(kind: str, planted: pl.DataFrame, answers: Answers) -> dict[str, object]:
    own = planted.filter(pl.col("kind") == kind)
    expected = KINDS[kind].answer
    rows = own[ROW].n_unique()
    if expected == "flag":
        return {"kind": kind, "planted": rows, "expected": expected}
    found = _found(own, answers)
    return {
        "kind": kind,
        "planted": rows,
        "found": found,
        "recall": found / rows,
        "precision": _precision(kind, planted, answers),
        "repaired": _repaired(own, answers) if expected == "repair" else None,
        "expected": expected,
    }


def _found(own: pl.DataFrame, answers: Answers) -> int:
    changed = own.join(answers.changed, on=[ROW, "column"], how="semi")[ROW]
    answered = pl.concat([answers.held[ROW], answers.doubted, changed])
    return own.filter(pl.col(ROW).is_in(answered.implode()))[ROW].n_unique()


def _precision(kind: str, planted: pl.DataFrame, answers: Answers) -> float | None:
    names = set(ANSWERS[kind])
    alike = planted.filter(pl.col("kind").is_in([other for other, theirs in ANSWERS.items() if names & set(theirs)]))
    columns = planted.filter(pl.col("kind") == kind)["column"].unique()
    held = answers.held.filter(pl.col("name").is_in(list(names))).unique(ROW)
    changed = answers.changed.filter(pl.col("cleaner").is_in(list(names)) & pl.col("column").is_in(columns.implode())).unique([ROW, "column"])
    right = held.join(alike, on=ROW, how="semi").height + changed.join(alike, on=[ROW, "column"], how="semi").height
    return right / (held.height + changed.height) if held.height + changed.height else None


def _repaired(own: pl.DataFrame, answers: Answers) -> float:
    last = answers.changed.unique([ROW, "column"], keep="last", maintain_order=True).select(ROW, "column", pl.col("new").alias("final"))
    cells = own.join(last, on=[ROW, "column"], how="left").filter(~pl.col(ROW).is_in(answers.held[ROW].implode()))
    right = cells.select(_same(pl.col("old"), pl.col("final")).fill_null(value=False)).to_series().sum()
    return float(right) / own.height


def _same(old: pl.Expr, new: pl.Expr) -> pl.Expr:
    """Equal as times within a minute, as numbers within half a cent, else as texts."""

    def time(text: pl.Expr) -> pl.Expr:
        return text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False)

    times = (time(old) - time(new)).dt.total_seconds(fractional=True).abs() <= 60
    numbers = (old.cast(pl.Float64, strict=False) - new.cast(pl.Float64, strict=False)).abs() <= 0.005
    return pl.coalesce(times, numbers, old == new)


def _of_files(wholes: Sequence[Mapping[str, Any]], snapshot: Snapshot, runs: Sequence[Run], ids: Mapping[str, str]) -> list[dict[str, object]]:
    aside = {PurePosixPath(run.uri).name for run in runs if run.state == "set_aside"}
    lacking = {name for dataset in {each["dataset"] for each in wholes} for name in _lacking(snapshot.metrics(dataset), ids)}
    told: list[dict[str, object]] = []
    for kind, answered in (("column_gone", lacking), ("truncated", aside)):
        planted = {each["file"] for each in wholes if each["kind"] == kind}
        if not planted:
            continue
        found = len(planted & answered)
        precision = found / len(answered) if answered else None
        told.append(
            {"kind": kind, "planted": len(planted), "found": found, "recall": found / len(planted), "precision": precision, "expected": KINDS[kind].answer}
        )
    return told


def _lacking(metrics: pl.DataFrame, ids: Mapping[str, str]) -> set[str]:
    """The files that were found to lack a column."""
    failed = metrics.filter(pl.col("rule").str.starts_with("column_present:") & (pl.col("status") == "failed"))
    return {name for name, run in ids.items() if run in set(failed["run_id"])}
