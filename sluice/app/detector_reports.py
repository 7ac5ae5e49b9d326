"""What a person may see of the detectors: all of them, one of them, and what each thinks of one row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import polars as pl

from sluice.app.app import App
from sluice.domain import Model
from sluice.errors import UsageError
from sluice.store import detector_queries as detections
from sluice.store.detector_queries import Flagged
from sluice.wiring.model_names import meant

MASK = "•••"
Facts = Mapping[str, object]


def listed(app: App) -> Iterator[Facts]:
    """Every detector that has judged: what it learned from, what it promised and kept, which columns are loudest, and how steady it is."""
    for dataset in app.config.datasets:
        for said in detections.detected(app.store, dataset).unique("rule", keep="last", maintain_order=True).iter_rows(named=True):
            yield _line(dataset, said, app.store.models.versions(_model(dataset, said["rule"])))


def _model(dataset: str, rule: str) -> str:
    """The line of models of a rule: all ways of one detector share it."""
    return f"{dataset}.{rule.partition(':')[0]}"


def _line(dataset: str, said: Facts, versions: Sequence[Model]) -> Facts:
    serving = next((each for each in versions if each.state == "champion"), None)
    card = serving.card if serving else {}
    metrics, picture = _part(card, "metrics"), _part(card, "picture")
    shift = metrics.get("shift")
    loudest = [str(each["column"]) for each in _rows(picture, "columns")[:3]]
    return {
        "dataset": dataset,
        "detector": said["rule"],
        "state": said["status"],
        "version": serving.version if serving else None,
        "learned from": card.get("rows"),
        "promise": f"{card['promise']} {card['budget']:.2%}" if "promise" in card and "budget" in card else None,
        "kept": metrics.get("false_positive_rate"),
        "flagged": _share(said),
        "loudest": loudest or None,
        "drift": None if shift is None else "steady" if shift == 0 else f"shifted by {shift:.2f}",
        "refit": card.get("refit"),
    }


def shown(app: App, name: str) -> Facts:
    """One detector, or one way of it, in full.

    Returns:
        Its line, and `ways` (of one that has several: the line of each), `calibration`, `columns`, `moved` (of one that speaks of whole
        batches: the columns that have moved, what was said of each, since when and of how many batches), and `runs`, the newest first.

    Raises:
        UsageError: No detector is called so, or more than one is.
    """
    lines = {f"{each['dataset']}.{each['detector']}": each for each in listed(app)}
    if not lines:
        raise UsageError("no detector has judged yet; name one under `detect` in sluice.yaml, and run `sluice run`")
    found = meant(name, list(dict.fromkeys([*lines, *(key.partition(":")[0] for key in lines)])), "detector")
    ways = [line for key, line in lines.items() if key.startswith(f"{found}:")]
    line = lines.get(found) or {**ways[0], "detector": str(ways[0]["detector"]).partition(":")[0], "state": None, "flagged": None}
    dataset, rule = str(line["dataset"]), str(line["detector"])
    told = detections.detected(app.store, dataset).filter((pl.col("rule") == rule) | pl.col("rule").str.starts_with(f"{rule}:"))
    serving = next((each for each in app.store.models.versions(_model(dataset, rule)) if each.state == "champion"), None)
    picture = _part(serving.card, "picture") if serving else {}
    return {
        **line,
        "ways": [{key: each[key] for key in ("detector", "state", "flagged")} for each in ways],
        "calibration": _rows(picture, "calibration"),
        "columns": _rows(picture, "columns"),
        "moved": [] if ways else [asdict(each) for each in detections.moved(told)],
        "runs": [_run(each) for each in told.filter(pl.col("status").is_in(["passed", "failed"])).reverse().iter_rows(named=True)],
    }


def _run(said: Facts) -> Facts:
    """What was said of a run."""
    told = {"at": said["at"], "run": said["run_id"], "detector": said["rule"], "state": said["status"], "rows": said["rows"] or None}
    return {**told, "flagged": _share(said), "said": said["observed"]}


def wanted(app: App, dataset: str, detector: str | None, batch: str | None) -> Flagged:
    """Which flags are asked for.

    Args:
        app: The application.
        dataset: Its name.
        detector: A detector of it, or a way of one, with the dataset or without; None: any.
        batch: The run that published the rows; None: any.

    Raises:
        UsageError: There is no such dataset, or no such detector has judged in it.
    """
    app.known(dataset)
    if detector is None:
        return Flagged(dataset, None, batch)
    rules = detections.detected(app.store, dataset)["rule"].unique(maintain_order=True)
    known = dict.fromkeys(f"{dataset}.{each}" for rule in rules for each in (rule, rule.partition(":")[0]))
    return Flagged(dataset, meant(detector, list(known), "detector").removeprefix(f"{dataset}."), batch)


def _share(said: Facts) -> float | None:
    rows, failed = said["rows"], said["failed"]
    return failed / rows if isinstance(rows, int) and isinstance(failed, int) and rows else None


def _part(card: Facts, name: str) -> Mapping[str, float]:
    told = card.get(name)
    return told if isinstance(told, Mapping) else {}


def _rows(picture: Facts, name: str) -> list[Facts]:
    told = picture.get(name)
    return list(told) if isinstance(told, Sequence) else []
