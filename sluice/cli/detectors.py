"""What a person sees of the detectors: detectors, detectors show, explain."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from dashboard.safety import export, masking
from sluice.app import build
from sluice.app.detector_reports import listed, shown, wanted
from sluice.cli.models import facts
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, NoteOption, say, show, show_one
from sluice.domain import ROW, RUN
from sluice.errors import UsageError
from sluice.store import detector_queries as detections
from sluice.worker.row_explanations import explained

app = typer.Typer()
seen = typer.Typer(invoke_without_command=True, help="Detectors: what they learned from, what they promised, and what they kept.")
Facts = Mapping[str, object]


class FileFormat(StrEnum):
    """How rows are written to stdout."""

    table = "table"
    json = "json"
    csv = "csv"


BAR, FULL = 24, 6.0  # cells of a bar; the surprise (-log10 p: once in a million) that fills it


@seen.callback()
def detectors(context: typer.Context, config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """List the detectors: what each learned from, the false alarms that it promised and kept, its loudest columns, and whether it drifts."""
    if context.invoked_subcommand is None:
        with build(config) as sluice:
            show(listed(sluice), form, empty="no detector has judged yet")


@seen.command("show")
def show_(
    name: Annotated[str, typer.Argument(help="a detector, such as autoencoder or events.autoencoder")],
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Show one detector: budgets against achieved rates, how loud each column is, and what it flagged of each run."""
    with build(config) as sluice:
        told = shown(sluice, name)
    if form is Format.json:
        show_one(told, form, "")
        return
    tables = {key: told[key] for key in TITLES if told[key] or key in ALWAYS}
    for key, value in told.items():
        if key not in TITLES and value is not None:
            say(f"{key:<13} {_said(value)}")
    for title, rows in tables.items():
        say(f"\n{TITLES[title]}")
        show(_rows(rows), form, empty=EMPTY)


@seen.command()
def flagged(
    dataset: Annotated[str, typer.Argument(help="which dataset")],
    detector: Annotated[str | None, typer.Option("--detector", "-d", help="by this one only, such as autoencoder or traffic:crawl")] = None,
    batch: Annotated[str | None, typer.Option("--batch", "-b", help="of this run only, as it was published; else of all rows that are as they were")] = None,
    config: ConfigOption = "sluice.yaml",
    form: Annotated[FileFormat, typer.Option("--format", "-f", help="a table for people, JSON for programs, CSV for spreadsheets")] = FileFormat.table,
    limit: Annotated[int, typer.Option(min=1, help="flags shown at most in a table; JSON and CSV hold all")] = 50,
) -> None:
    """List rows that a detector flagged and that were published all the same, with their cells. Personal columns are masked."""
    with build(config) as sluice:
        asked = wanted(sluice, dataset, detector, batch)
        counted = detections.count(sluice.store, asked)
        rows = masking.mask_flags(detections.all_flags(sluice.store, asked), sluice.config.datasets[dataset].schema_of(dataset))
    if form is FileFormat.csv:
        sys.stdout.buffer.write(export.to_csv(rows))
        return
    shown_ = rows if form is FileFormat.json else rows.head(limit)
    show((_flag(each, whole=form is FileFormat.json) for each in shown_.to_dicts()), Format(form.value), empty="no published row is flagged")
    if rows.height > shown_.height:
        say(f"{rows.height - shown_.height:,} more; --limit shows them, --format csv gives all")
    if counted.gone:
        say(f"{counted.gone:,} more were on rows that have been changed or replaced since; --batch shows those of one run as they were")


def _flag(told: Facts, *, whole: bool) -> Facts:
    """A flag in one line; with all cells of its row where it is wanted `whole`."""
    line = {"row": told[ROW], "run": told[RUN], "detector": told["_rule"], "p": told["_score"], "columns": told["_columns"], "message": told["_message"]}
    if not whole:
        return line
    return {**line, "expected": told["_expected"], "cells": {name: value for name, value in told.items() if not name.startswith("_")}}


@seen.command()
def refit(
    name: Annotated[str, typer.Argument(help="a detector, such as autoencoder or events.autoencoder")],
    by: ByOption = "",
    note: NoteOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Fit a detector from its whole history, due or not; after a roll-back it learns on from there."""
    if not by.strip() or not note.strip():
        raise UsageError("a refit needs a name (--by) and a note (--note)")
    with build(config) as sluice:
        show([facts(sluice.refit(name, by=by, why=note))], form)


@app.command()
def explain(
    row: Annotated[str, typer.Argument(help="a row id: <run>.<position>, as the quarantine and the column _row_id hold it")],
    dataset: Annotated[str | None, typer.Option(help="where to look; everywhere unless given")] = None,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Explain one row, published or held, by every detector: its cells, what was expected instead, and how surprising each is."""
    with build(config) as sluice:
        datasets = [sluice.known(dataset)] if dataset else list(sluice.config.datasets)
        told = sluice.far(explained)(datasets, row, sluice.store.snapshot().id)
    if form is Format.json:
        show_one(told, form, "")
        return
    opinions = _rows(told["detectors"])
    say(f"{told['dataset']}, row {told['row']}: {told['where']}")
    if not opinions:
        raise UsageError(f"{told['dataset']} has no detector that learns what its rows are like; name one under `detect` in sluice.yaml")
    for each in opinions:
        _tell(each, form)


def _tell(opinion: Facts, form: Format) -> None:
    if opinion["waits"]:
        say(f"\n{opinion['detector']} {opinion['waits']}")
        return
    blamed = opinion["blamed"]
    say(f"\n{opinion['detector']}: p = {opinion['p']:.2g} (the share of accepted rows that are at least as unusual)")
    show(({**_cell(each), "blamed": "yes" if each["column"] in (blamed if isinstance(blamed, list) else ()) else ""} for each in _rows(opinion["cells"])), form)


def _cell(cell: Facts) -> Facts:
    surprise = cell["surprise"]
    length = float(surprise) if isinstance(surprise, int | float) else 0.0
    return {"column": cell["column"], "observed": cell["observed"], "expected": cell["expected"], "surprise": length, "": bar(length)}


def bar(surprise: float) -> str:
    """A surprise as a bar of text."""
    filled = round(BAR * min(max(surprise, 0.0), FULL) / FULL)
    return "█" * filled + "░" * (BAR - filled)


def _said(value: object) -> str:
    return (
        f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else ", ".join(value) if isinstance(value, list) else str(value)
    )


def _rows(told: object) -> list[Facts]:
    return list(told) if isinstance(told, Sequence) else []


EMPTY = "nothing yet: it shows once the detector has learned"
TITLES: Mapping[str, str] = {
    "ways": "its ways",
    "calibration": "budget against the share of clean rows that it would flag (held_back: accepted rows used for nothing else; newest: of the newest batch)",
    "columns": "how loud each column is (surprise: mean over the newest batch; blamed: how often first, in its 30 loudest rows)",
    "moved": "what has moved (since: the first of so many batches in a row of which that is said)",
    "runs": "what it said of each run, the newest first",
}
ALWAYS = ("calibration", "columns", "runs")  # told of even where they are empty
