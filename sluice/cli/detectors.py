"""What a person sees of the detectors: detectors, detectors show, explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from sluice.bootstrap import build
from sluice.bootstrap.seen import explained, listed, shown
from sluice.cli.models import facts
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, NoteOption, say, show, show_one
from sluice.errors import UsageError

app = typer.Typer()
seen = typer.Typer(invoke_without_command=True, help="Detectors: what they learned from, what they promised, and what they kept.")
Facts = Mapping[str, object]
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
    tables = {key: told[key] for key in ("calibration", "columns", "runs")}
    for key, value in told.items():
        if key not in tables and value is not None:
            say(f"{key:<13} {_said(value)}")
    for title, rows in tables.items():
        say(f"\n{TITLES[title]}")
        show(_rows(rows), form, empty=EMPTY)


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
    "calibration": "budget against the share of clean rows that it would flag (held_back: accepted rows used for nothing else; newest: of the newest batch)",
    "columns": "how loud each column is (surprise: mean over the newest batch; blamed: how often first, in its 30 loudest rows)",
    "runs": "what it flagged of each run",
}
