"""Report on the detectors: list them, describe one, and find the rows that they flagged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import polars as pl

from sluice.app.app import App
from sluice.domain import Model
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.store import detector_queries
from sluice.store.detector_queries import FlagFilter
from sluice.wiring.model_names import resolve_name

Facts = Mapping[str, object]


def list_detectors(app: App) -> Iterator[Facts]:
    """List every detector that has judged: its training rows, guarantee and measured rate, top contributors, and drift."""
    for dataset in app.config.datasets:
        newest = detector_queries.detector_verdicts(app.store, dataset).unique("rule", keep="last", maintain_order=True)
        for verdict in newest.iter_rows(named=True):
            yield _summary(dataset, verdict, app.store.models.versions(_model_name(dataset, verdict["rule"])))


def _model_name(dataset: str, rule: str) -> str:
    """Name the model of a rule: all patterns of one detector share it."""
    return f"{dataset}.{rule.partition(':')[0]}"


def _summary(dataset: str, verdict: Facts, versions: Sequence[Model]) -> Facts:
    serving = _champion(versions)
    card = serving.card if serving else {}
    metrics, diagnostics = _part(card, "metrics"), _diagnostics(card)
    shift = metrics.get("shift")
    guarantee, rate = card.get("guarantee", card.get("promise")), card.get("max_fpr", card.get("budget"))
    return {
        "dataset": dataset,
        "detector": verdict["rule"],
        "state": verdict["status"],
        "version": serving.version if serving else None,
        "training rows": card.get("rows"),
        "guarantee": f"{guarantee} {rate:.2%}" if guarantee is not None and isinstance(rate, float) else None,
        "measured": metrics.get("false_positive_rate"),
        "flagged": _share(verdict),
        "top contributors": [str(row["column"]) for row in _rows(diagnostics, "columns")[:3]] or None,
        "drift": None if shift is None else "steady" if shift == 0 else f"shifted by {shift:.2f}",
        "refit": card.get("refit"),
    }


def _champion(versions: Sequence[Model]) -> Model | None:
    return next((version for version in versions if version.state == "champion"), None)


def _diagnostics(card: Facts) -> Mapping[str, float]:
    return _part(card, "diagnostics") or _part(card, "picture")


def describe_detector(app: App, name: str) -> Facts:
    """Describe one detector, or one pattern of it, in full.

    Returns:
        Its summary, and `patterns` (for one that has several: the summary of each), `calibration`, `columns`, `moved` (for one that judges
        whole batches: the columns that have moved, the message on each, since when and for how many batches), and `runs`, the newest first.

    Raises:
        UsageError: No detector has that name, or more than one has.
    """
    summaries = {f"{row['dataset']}.{row['detector']}": row for row in list_detectors(app)}
    if not summaries:
        raise make_error(UsageError, "no_detector_judged")
    full = resolve_name(name, list(dict.fromkeys([*summaries, *(key.partition(":")[0] for key in summaries)])), "detector")
    patterns = [row for key, row in summaries.items() if key.startswith(f"{full}:")]
    summary = summaries.get(full) or {**patterns[0], "detector": str(patterns[0]["detector"]).partition(":")[0], "state": None, "flagged": None}
    dataset, rule = str(summary["dataset"]), str(summary["detector"])
    verdicts = detector_queries.detector_verdicts(app.store, dataset).filter((pl.col("rule") == rule) | pl.col("rule").str.starts_with(f"{rule}:"))
    serving = _champion(app.store.models.versions(_model_name(dataset, rule)))
    diagnostics = _diagnostics(serving.card) if serving else {}
    return {
        **summary,
        "patterns": [{key: row[key] for key in ("detector", "state", "flagged")} for row in patterns],
        "calibration": _rows(diagnostics, "calibration"),
        "columns": _rows(diagnostics, "columns"),
        "moved": [] if patterns else [asdict(shift) for shift in detector_queries.drifted_columns(verdicts)],
        "runs": [_run(verdict) for verdict in verdicts.filter(pl.col("status").is_in(["passed", "failed"])).reverse().iter_rows(named=True)],
    }


def _run(verdict: Facts) -> Facts:
    facts = {"at": verdict["at"], "run": verdict["run_id"], "detector": verdict["rule"], "state": verdict["status"], "rows": verdict["rows"] or None}
    return {**facts, "flagged": _share(verdict), "message": verdict["observed"]}


def flag_query(app: App, dataset: str, detector: str | None, batch: str | None) -> FlagFilter:
    """Make the query for the flags of a dataset.

    Args:
        app: The application.
        dataset: Name of the dataset.
        detector: A detector of it or one of its patterns, with the dataset or without; None means any.
        batch: Id of the run that published the rows; None means any.

    Raises:
        UsageError: There is no such dataset, or no such detector has judged in it.
    """
    app.require_dataset(dataset)
    if detector is None:
        return FlagFilter(dataset, None, batch)
    rules = detector_queries.detector_verdicts(app.store, dataset)["rule"].unique(maintain_order=True)
    names = dict.fromkeys(f"{dataset}.{name}" for rule in rules for name in (rule, rule.partition(":")[0]))
    return FlagFilter(dataset, resolve_name(detector, list(names), "detector").removeprefix(f"{dataset}."), batch)


def _share(verdict: Facts) -> float | None:
    rows, failed = verdict["rows"], verdict["failed"]
    return failed / rows if isinstance(rows, int) and isinstance(failed, int) and rows else None


def _part(card: Facts, name: str) -> Mapping[str, float]:
    part = card.get(name)
    return part if isinstance(part, Mapping) else {}


def _rows(diagnostics: Facts, name: str) -> list[Facts]:
    rows = diagnostics.get(name)
    return list(rows) if isinstance(rows, Sequence) else []
