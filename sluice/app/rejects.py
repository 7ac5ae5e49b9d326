"""Find the rows of one source file that were not published, to be sent back to whoever wrote it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from sluice.app.app import App
from sluice.config import FileSource
from sluice.domain import MASK, REASONS, ROW, Message, ReadOptions, Run, Schema, row_position
from sluice.errors import UsageError
from sluice.messages import make_error, reason_message, render
from sluice.rules.masking import mask_rows
from sluice.sheets.rejects import Rejects
from sluice.sources.arrival import run_of_file
from sluice.sources.content import format_of
from sluice.sources.delimited import separator_of
from sluice.sources.header import plain_name
from sluice.sources.nested import source_columns
from sluice.sources.table import read_table
from sluice.store.dashboard_queries import all_runs


def rejects_of(app: App, file: str, language: str = "en") -> Rejects:
    """Return the rows of a file that are held or rejected now, as they stand in the file, each with its reason; personal columns are masked.

    Args:
        app: The application.
        file: Path of the file, or its name as it landed.
        language: Language of the reasons.

    Raises:
        UsageError: No run read the file, none of its rows is held or rejected, or they are not the rows of the file one by one.
        SourceError: The file cannot be read.
    """
    path, run = _run_of(app, file)
    settings = app.config.datasets[app.require_dataset(run.dataset)]
    if not isinstance(settings.source, FileSource):
        raise make_error(UsageError, "rejects_no_file", dataset=run.dataset)
    schema, options = settings.schema_of(run.dataset), settings.source.options()
    reasons = _reasons(app, run, schema, language)
    if reasons.is_empty():
        raise make_error(UsageError, "rejects_none", file=path.name)
    table = read_table(path, app.config.limits, options)
    if table.frame.height != run.rows or options.explode is not None:
        raise make_error(UsageError, "rejects_rows_differ", file=path.name, rows=table.frame.height, read=run.rows)
    rows = _masked(table.frame, schema)[reasons["position"].to_list()]
    form = options.format or format_of(path)
    return Rejects(run.dataset, path.name, form, separator_of(path, options), options.encoding, _with_reasons(rows, reasons, language))


def _run_of(app: App, file: str) -> tuple[Path, Run]:
    """Return a file and the run that read it."""
    runs = [run for run in all_runs(app.store) if run.state == "published"]
    path = Path(file)
    if not path.is_file():
        landed = [Path(run.uri) for run in runs if run.kind == "ingest" and run.uri and Path(run.uri).name == file]
        path = next((candidate for candidate in reversed(landed) if candidate.is_file()), path)
    run = run_of_file(path, runs) if path.is_file() else None
    if run is None:
        raise make_error(UsageError, "rejects_file_unknown", file=file)
    return path, run


def _reasons(app: App, run: Run, schema: Schema, language: str) -> pl.DataFrame:
    """Return the positions of the held and rejected rows of a run, in their order, each with its reasons in words."""
    held = app.store.snapshot().quarantine(run.dataset)
    if ROW not in held.collect_schema():
        return pl.DataFrame(schema={"position": pl.Int64, "reason": pl.String})
    of_run = pl.col(ROW).is_between(pl.lit(f"{run.id}."), pl.lit(f"{run.id}/"), closed="left")  # "/" follows "."
    rows = held.filter(of_run).select(ROW, REASONS).collect()
    settled = app.store.quarantine.settled(run.dataset, rows[ROW].to_list())
    left = [row for row, state in settled.items() if state != "rejected"]
    masked = mask_rows(rows.filter(~pl.col(ROW).is_in(left)), schema)
    words = ["; ".join(dict.fromkeys(render(reason_message(reason), language) for reason in row or ())) for row in masked[REASONS].to_list()]
    position = row_position().alias("position")
    return masked.select(position, pl.Series("reason", words, dtype=pl.String)).sort("position")


def _masked(frame: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """Return the rows of a file without the cells that personal columns are read from."""
    personal = [column for column in schema.columns if column.personal]
    names = {plain_name(name) for name in (*source_columns(personal, ReadOptions()), *(column.was or "" for column in personal))}
    hidden = [pl.when(pl.col(name).is_not_null()).then(pl.lit(MASK)).alias(name) for name in frame.columns if plain_name(name) in names]
    return frame.with_columns(hidden)


def _with_reasons(rows: pl.DataFrame, reasons: pl.DataFrame, language: str) -> pl.DataFrame:
    added = {Message.of("sheet_reason"): reasons["reason"], Message.of("sheet_place"): reasons["position"] + 1}
    columns = []
    for name, cells in added.items():
        header = render(name, language)
        columns.append(cells.alias(f"{header} (Sluice)" if header in rows.columns else header))
    return rows.with_columns(columns)
