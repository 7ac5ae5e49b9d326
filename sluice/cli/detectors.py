"""Show what the detectors have learned and flagged: detectors, detectors show, explain."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import ENGLISH, header, render, spoken, stage_word, tr, word
from sluice.cli.output import WORDS, ByOption, ConfigOption, DatasetArgument, Format, FormatOption, ReasonOption, say, show, show_one, stored_cell
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.store.row_life import Step

app = typer.Typer()
detectors = typer.Typer(invoke_without_command=True, help="Detectors: training rows, guaranteed and measured false positive rates, flagged rows.")
Facts = Mapping[str, object]
DetectorArgument = Annotated[str, typer.Argument(help="a detector, such as autoencoder or events.autoencoder")]


class RowFormat(StrEnum):
    """Name the ways in which rows are written to stdout."""

    table = "table"
    json = "json"
    csv = "csv"


BAR_WIDTH, FULL_BAR = 24, 6.0  # characters; the surprise (-log10 p: once in a million) that fills the bar


@detectors.callback()
def list_(context: typer.Context, config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """List the detectors: training rows, guaranteed and measured false positive rate, top contributors, and drift."""
    from sluice.app import build
    from sluice.app.detector_reports import list_detectors

    if context.invoked_subcommand is None:
        with build(config) as sluice:
            show(list_detectors(sluice), form, empty="no detector has judged yet")


@detectors.command("show")
def show_(name: DetectorArgument, config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Show one detector: guaranteed against measured rates, the contribution of each column, and the flagged share of each run."""
    from sluice.app import build
    from sluice.app.detector_reports import describe_detector

    with build(config) as sluice:
        description = describe_detector(sluice, name)
    if form is Format.json:
        show_one(description, form, "")
        return
    tables = {key: description[key] for key in TITLES if description[key] or key in ALWAYS_SHOWN}
    for key, value in description.items():
        if key not in TITLES and value is not None:
            stored = word(value) if isinstance(value, str) and key in WORDS else value
            say(f"{key:<17} {_format(value)}" if spoken() == ENGLISH else f"{header(key)}\uff1a{_format(stored)}")
    for title, rows in tables.items():
        say("\n" + tr(TITLES[title]))
        show(_rows(rows), form, empty=EMPTY)


@detectors.command()
def flagged(
    dataset: DatasetArgument,
    detector: Annotated[str | None, typer.Option("--detector", "-d", help="by this one only, such as autoencoder or traffic:crawler")] = None,
    batch: Annotated[str | None, typer.Option("--batch", "-b", help="of this run only, as it was published; else of all rows that are as they were")] = None,
    config: ConfigOption = "sluice.yaml",
    form: Annotated[RowFormat, typer.Option("--format", "-f", help="a table for people, JSON for programs, CSV for spreadsheets")] = RowFormat.table,
    limit: Annotated[int, typer.Option(min=1, help="number of flags shown at most in a table; JSON and CSV hold all")] = 50,
) -> None:
    """List rows that a detector flagged, or that were read in doubt, and that were published all the same, with their cells. Personal columns are masked."""
    from dashboard.safety import export, masking
    from sluice.app import build
    from sluice.app.detector_reports import flag_query
    from sluice.store import detector_queries

    with build(config) as sluice:
        query = flag_query(sluice, dataset, detector, batch)
        counts = detector_queries.count_flags(sluice.store, query)
        rows = masking.mask_flags(detector_queries.all_flags(sluice.store, query), sluice.config.datasets[dataset].schema_of(dataset))
    if form is RowFormat.csv:
        sys.stdout.buffer.write(export.to_csv(rows))
        return
    listed = rows if form is RowFormat.json else rows.head(limit)
    show((_flag(flag, with_cells=form is RowFormat.json) for flag in listed.to_dicts()), Format(form.value), empty="no published row is flagged")
    if rows.height > listed.height:
        say(tr("{count:,} more; --limit shows them, --format csv gives all", count=rows.height - listed.height))
    if counts.outdated:
        say(tr("{count:,} more were on rows that have been changed or replaced since; --batch shows those of one run as they were", count=counts.outdated))


def _flag(flag: Facts, *, with_cells: bool) -> Facts:
    """Describe a flag in one row, `with_cells` of the flagged row where they are requested."""
    from sluice.domain import ROW, RUN, Message

    message = render(Message.loads(str(flag["_message"] or "")))
    row = {"row": flag[ROW], "run": flag[RUN], "detector": flag["_rule"], "p": flag["_score"], "columns": flag["_columns"], "message": message}
    if not with_cells:
        return row
    return {**row, "expected": flag["_expected"], "cells": {name: value for name, value in flag.items() if not name.startswith("_")}}


@detectors.command()
def refit(
    name: DetectorArgument, by: ByOption = "", reason: ReasonOption = "", config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table
) -> None:
    """Fit a detector from its whole history, due or not; after a rollback it is updated from there."""
    from sluice.app import build
    from sluice.app.facts import model_facts

    if not by.strip() or not reason.strip():
        raise UsageError(tr("a refit needs a name (--by) and a reason (--reason)"))
    with build(config) as sluice:
        show([model_facts(sluice.refit(name, by=by, reason=reason))], form)


@app.command()
def explain(
    row: Annotated[str, typer.Argument(help="a row id: <run>.<position>, as the quarantine and the column _row_id hold it")],
    dataset: Annotated[str | None, typer.Option(help="dataset to look in; all unless given")] = None,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Tell the life of one row, from its file to the models that learned from it, with the reasons for which it is held; then explain it by every detector.

    Of a row that is held since another is published for its key, the cells that differ are shown first.
    """
    from dataclasses import asdict

    from sluice.app import build
    from sluice.store.row_life import row_life

    with build(config) as sluice:
        datasets = [sluice.require_dataset(dataset)] if dataset else list(sluice.config.datasets)
        life, run = row_life(sluice.store, row), sluice.store.runs.get(row.rpartition(".")[0])
        explanation = sluice.worker.explain_row(datasets, row, sluice.store.snapshot().id)
    if form is Format.json:
        show_one({**explanation, "life": [asdict(step) for step in life.steps] if life else []}, form, "")
        return
    opinions = _rows(explanation["detectors"])
    say(tr("{dataset}, row {row}: {where}", dataset=explanation["dataset"], row=explanation["row"], where=word(str(explanation["where"]))))
    if life:
        show([_step(step) for step in life.steps], form)
    if life and run and run.stages:
        stages = tr(", ").join(tr("{stage} {seconds:.2f} s", stage=stage_word(stage), seconds=seconds) for stage, seconds in run.stages.items())
        say(tr("its batch took {seconds:.2f} s: {stages}", seconds=sum(run.stages.values()), stages=stages))
    if isinstance(conflict := explanation["conflict"], Mapping):
        _show_conflict(conflict, form)
    if not opinions:
        say(tr("{dataset} has no detector that learns what its rows are like; name one under `detect` in sluice.yaml", dataset=explanation["dataset"]))
    for opinion in opinions:
        _show_opinion(opinion, form)


def _step(step: Step) -> Facts:
    return {"stage": step.stage, "at": step.at, "what": step.message, "run": step.run or None}


def _show_conflict(conflict: Facts, form: Format) -> None:
    say("\n" + tr("row {row} is published for its key; these cells differ", row=conflict["row"]))
    show(_rows(conflict["cells"]), form)


def _show_opinion(opinion: Facts, form: Format) -> None:
    from sluice.domain import Message

    if opinion["waits"]:
        say(
            "\n"
            + tr(
                "{detector} {waits}; until then it judges no cell, and none is listed",
                detector=opinion["detector"],
                waits=render(Message.from_json(opinion["waits"])),
            )
        )
        return
    blamed = opinion["blamed"] if isinstance(opinion["blamed"], list) else ()
    say("\n" + tr("{detector}: p = {p:.2g} (the share of accepted rows that are at least as unusual)", detector=opinion["detector"], p=opinion["p"]))
    show(({**_cell(cell), "blamed": tr("yes") if cell["column"] in blamed else ""} for cell in _rows(opinion["cells"])), form)


def _cell(cell: Facts) -> Facts:
    surprise = cell["surprise"]
    length = float(surprise) if isinstance(surprise, int | float) else 0.0
    return {"column": cell["column"], "observed": stored_cell(cell["observed"]), "expected": cell["expected"], "surprise": length, "": bar(length)}


def bar(surprise: float) -> str:
    """Draw a surprise as a bar of text.

    Example:
        >>> bar(3.0)
        '████████████░░░░░░░░░░░░'
    """
    filled = round(BAR_WIDTH * min(max(surprise, 0.0), FULL_BAR) / FULL_BAR)
    return "█" * filled + "░" * (BAR_WIDTH - filled)


def _format(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _rows(value: object) -> list[Facts]:
    return list(value) if isinstance(value, Sequence) else []


EMPTY = "nothing yet: it shows once the detector has learned"
TITLES: Mapping[str, str] = {
    "patterns": "its patterns",
    "calibration": "maximum false positive rate, and the share of clean rows that it would flag "
    "(held_back: accepted rows used for nothing else; newest: of the newest batch)",
    "columns": "contribution of each column (surprise: mean over the newest batch; blamed: how often first, in its 30 most anomalous rows)",
    "moved": "columns that have moved (since: the first of so many batches in a row)",
    "runs": "runs, the newest first",
}
ALWAYS_SHOWN = ("calibration", "columns", "runs")  # even where they are empty
