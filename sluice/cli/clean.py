"""Show what the cleaners of a dataset change: `sluice clean --dry-run`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.arrivals import list_arrivals
from sluice.cli.language import ntr, tr
from sluice.cli.output import ConfigOption, DatasetArgument, Format, FormatOption, parse_span, progress, say, show_one, table_text
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.domain import CellChange, CleaningPreview

app = typer.Typer()


@app.command()
def clean(
    dataset: DatasetArgument,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what the cleaners change; nothing is written")] = False,
    since: Annotated[str, typer.Option("--since", help="the published batches of this time, as they arrived, such as 14d")] = "",
    samples: Annotated[int, typer.Option(min=1, help="number of changes shown for each cleaner and column")] = 5,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Show what the cleaners of a dataset change: repaired cells by cleaner and column, candidates, held rows, and the most frequent changes.

    The batches are those that wait to be read, or the newest published one where none waits, or with `--since 14d` the published ones of the last 14 days, each
    as it arrived. To try a cleaner, add it to a copy of sluice.yaml beside it: `sluice clean events --dry-run --config new.yaml`. The values of personal
    columns are masked.
    """
    from sluice.app import build
    from sluice.app.cleaning_previews import batches_to_clean, change_facts, preview_cleaning

    if not dry_run:
        raise UsageError(tr("`sluice run` cleans and publishes; `sluice clean {dataset} --dry-run` shows what the cleaners change", dataset=dataset))
    with build(config) as sluice:
        sluice.worker.validate_steps()
        span = parse_span(since, "--since") if since else None
        batches = batches_to_clean(sluice, dataset, [] if span else list_arrivals(sluice, [dataset]), span)
        with progress() as report:
            previews = list(preview_cleaning(sluice, batches, samples, report))
    facts = [change_facts(preview.batch, changes) for preview in previews for changes in preview.changes]
    held = [{"batch": preview.batch, "rule": rule, "held": rows} for preview in previews for rule, rows in preview.held.items()]
    show_one({"changes": facts, "held": held}, form, _text(facts, held, previews))
    for preview in previews:
        say(_sum(preview))


def _text(facts: Sequence[Mapping[str, object]], held: Sequence[Mapping[str, object]], previews: Sequence[CleaningPreview]) -> str:
    """Return the tables for people: a line for each cleaner and column, and one for each rule of a cleaner that holds rows."""
    written = [_written(changes.samples) for preview in previews for changes in preview.changes]
    rows = [{**fact, "samples": samples} for fact, samples in zip(facts, written, strict=True)]
    empty = tr("no batch waits, and none was published in this time") if not previews else tr("the cleaners change nothing")
    return "\n".join(table_text(table, None).rstrip("\n") for table in (rows, held) if table) or empty


def _written(samples: Sequence[CellChange]) -> str:
    return ", ".join(f"{_cell(sample.old)} → {_cell(sample.new)}{f' ({sample.cells:,})' if sample.cells > 1 else ''}" for sample in samples)


def _cell(value: str | None) -> str:
    return "-" if value is None else repr(value)


def _sum(preview: CleaningPreview) -> str:
    repaired = sum(changes.applied for changes in preview.changes)
    return ntr(
        "{batch}: {count} cell of {rows:,} rows would be repaired; nothing was written",
        "{batch}: {count} cells of {rows:,} rows would be repaired; nothing was written",
        repaired,
        batch=preview.batch,
        rows=preview.rows,
    )
