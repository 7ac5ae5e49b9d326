"""What a person may see of the detectors: all of them, one of them, and what each thinks of one row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl
from polars import selectors as cs

from sluice.bootstrap.app import App
from sluice.bootstrap.steps import scorers_of
from sluice.bootstrap.worker import opened
from sluice.config import did_you_mean
from sluice.domain import ROW, Model
from sluice.errors import ModelError, UsageError
from sluice.ports import Scorer, Snapshot
from sluice.store import pages

MASK = "•••"
Facts = Mapping[str, object]


def listed(app: App) -> Iterator[Facts]:
    """Every detector that has judged: what it learned from, what it promised and kept, which columns are loudest, and how steady it is."""
    for dataset in app.config.datasets:
        for said in pages.detected(app.store, dataset).unique("rule", keep="last", maintain_order=True).iter_rows(named=True):
            versions = app.store.models(f"{dataset}.{said['rule']}")
            yield _line(dataset, said, versions)


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
    """One detector in full: its line, `calibration`, `columns`, and its `runs`, the newest first.

    Raises:
        UsageError: No detector is called so, or more than one is.
    """
    known = {f"{each['dataset']}.{each['detector']}": each for each in listed(app)}
    found = [key for key in known if name in (key, key.partition(".")[2])]
    if not known:
        raise UsageError("no detector has judged yet; name one under `detect` in sluice.yaml, and run `sluice run`")
    if not found:
        raise UsageError(f"no detector is called {name}{did_you_mean(name, list(known))}")
    if len(found) > 1:
        raise UsageError(f"more than one detector is called {name}: name one of {', '.join(found)}")
    line = known[found[0]]
    dataset, rule = str(line["dataset"]), str(line["detector"])
    serving = next((each for each in app.store.models(found[0]) if each.state == "champion"), None)
    picture = _part(serving.card, "picture") if serving else {}
    runs = pages.detected(app.store, dataset).filter((pl.col("rule") == rule) & (pl.col("rows") > 0)).reverse()
    return {
        **line,
        "calibration": _rows(picture, "calibration"),
        "columns": _rows(picture, "columns"),
        "runs": [{"at": each["at"], "run": each["run_id"], "rows": each["rows"], "flagged": _share(each)} for each in runs.iter_rows(named=True)],
    }


def explained(path: str, datasets: Sequence[str], row_id: str, past: str) -> Facts:
    """What every learned detector of a row's dataset thinks of it; to be called in the child process.

    Returns:
        `dataset`, `row`, `where` (published or held), all its `cells` as text, and `detectors`: of each its name (`detector`), why it
        says nothing or None (`waits`), `p`, `blamed`, and `cells` (`column`, `observed` and `expected` as text, `surprise`), the loudest
        first. Personal cells are masked.

    Raises:
        UsageError: There is no such row.
    """
    config, store = opened(path)
    snapshot = store.snapshot(past)
    dataset, where, row = _found(snapshot, datasets, row_id)
    schema = config.datasets[dataset].schema_of(dataset)
    personal = {column.name for column in schema.columns if column.personal}
    observed = {name: MASK if name in personal and value is not None else value for name, value in _texts(row, schema.names).items()}
    told = [{"detector": name, **_opinion(scorer, row, snapshot, observed, personal)} for name, scorer in scorers_of(config, Path(path), dataset).items()]
    return {"dataset": dataset, "row": row_id, "where": where, "detectors": told, "cells": observed}


def _found(past: Snapshot, datasets: Sequence[str], row_id: str) -> tuple[str, str, pl.DataFrame]:
    for dataset in datasets:
        for where, rows in (("published", past.clean(dataset)), ("held", past.quarantine(dataset))):
            if ROW in rows.collect_schema() and (row := rows.filter(pl.col(ROW) == row_id).collect()).height:
                return dataset, where, row.tail(1)
    raise UsageError(
        f"there is no row {row_id} in {' or '.join(datasets)}; `sluice quarantine list DATASET` shows the ids of held rows, "
        "and every published row has its own in the column _row_id"
    )


def _texts(row: pl.DataFrame, names: Sequence[str]) -> dict[str, str | None]:
    declared = row.select(name for name in names if name in row.columns)
    return declared.with_columns(cs.datetime().dt.strftime("%Y-%m-%d %H:%M:%S")).cast(pl.String).row(0, named=True)


def _opinion(scorer: Scorer, row: pl.DataFrame, past: Snapshot, observed: Mapping[str, str | None], personal: set[str]) -> Facts:
    try:
        scored, blamed = scorer.scored(row, past), scorer.blamed(row, past)
        cells = scorer.cells(row, past).sort("surprise", "column", descending=[True, False], nulls_last=True)
    except ModelError as error:
        return {"waits": str(error), "p": None, "blamed": [], "cells": []}
    told = [
        {"column": column, "observed": observed.get(column), "expected": None if column in personal else expected, "surprise": surprise or 0.0}
        for column, surprise, expected in cells.select("column", "surprise", "expected").iter_rows()
    ]
    return {"waits": None, "p": scored.p[0], "blamed": list(blamed["columns"].to_list()[0] or ()), "cells": told}


def _share(said: Facts) -> float | None:
    rows, failed = said["rows"], said["failed"]
    return failed / rows if isinstance(rows, int) and isinstance(failed, int) and rows else None


def _part(card: Facts, name: str) -> Mapping[str, float]:
    told = card.get(name)
    return told if isinstance(told, Mapping) else {}


def _rows(picture: Facts, name: str) -> list[Facts]:
    told = picture.get(name)
    return list(told) if isinstance(told, Sequence) else []
