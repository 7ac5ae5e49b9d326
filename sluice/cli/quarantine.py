"""List held rows, and decide on them: list, show, release, reject, replay."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sluice.cli.language import render, tr, word
from sluice.cli.output import ByOption, ConfigOption, DatasetArgument, Format, FormatOption, ReasonOption, say, show, show_one, stored_cell
from sluice.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from sluice.app import App
    from sluice.domain import CorrectedCell, ReleasePreview, Request, Run, Schema
    from sluice.rules.conflicts import ComparedCell

app = typer.Typer(no_args_is_help=True)
RowsArgument = Annotated[list[str] | None, typer.Argument(help="row ids, as `sluice quarantine list` shows them")]
BatchOption = Annotated[str | None, typer.Option(help="only rows that this run or file held")]
ColumnOption = Annotated[str | None, typer.Option(help="only rows for which this column is to blame")]
RuleOption = Annotated[str | None, typer.Option("--rule", "-r", help="every row that is held for this rule alone")]


@app.command("list")
def list_(
    dataset: Annotated[str | None, typer.Argument(help="name of a dataset; without it, the number of rows held in each")] = None,
    rule: RuleOption = None,
    batch: BatchOption = None,
    column: ColumnOption = None,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
    limit: Annotated[int, typer.Option(min=1, help="number of rows shown at most")] = 50,
) -> None:
    """List held rows with their reasons, and the number of rows held for each reason."""
    import polars as pl

    from sluice.app import build
    from sluice.app.held_rows import narrow
    from sluice.domain import REASONS, ROW, RUN
    from sluice.jobs.release import reason_names

    with build(config) as sluice:
        if dataset is None and (batch or column):
            raise UsageError(tr("--batch and --column need the name of a dataset, such as `sluice quarantine list DATASET --column price`"))
        if dataset is None:
            show(_held_by_dataset(sluice, rule), form, empty="no row is held")
            return
        held = sluice.store.quarantine.held(sluice.require_dataset(dataset), rule=rule, columns=[REASONS, RUN])
        names = [] if rule is None or not held.is_empty() else reason_names(sluice.store.quarantine.held(dataset, columns=[REASONS]))
        held = narrow(sluice, dataset, held, batch, column)
    if held.is_empty():
        others = tr("no row is held for {rule} alone; rows are held for {others}", rule=rule, others=", ".join(names)) if names else ""
        show([], form, empty=others or "no row is held")
        return
    reasons = held.select(ROW, pl.col(REASONS).list.eval(pl.element().struct.field("name")).alias("names"))
    if form is Format.table:
        show(_count_reasons(held), form)
        say("")
    show(({"row": row[ROW], "reasons": row["names"]} for row in reasons.head(limit if form is Format.table else held.height).to_dicts()), form)
    if held.height > limit and form is Format.table:
        say(tr("{count:,} more; --limit shows them, --format json gives all", count=held.height - limit))


def _held_by_dataset(sluice: App, rule: str | None) -> list[dict[str, object]]:
    """Return the number of held rows of each dataset and reason."""
    from sluice.domain import REASONS

    held = {name: sluice.store.quarantine.held(name, rule=rule, columns=[REASONS]) for name in sluice.config.datasets}
    return [{"dataset": name, **counted} for name, rows in held.items() if not rows.is_empty() for counted in _count_reasons(rows)]


def _count_reasons(held: pl.DataFrame) -> list[dict[str, object]]:
    """Return the number of rows for each reason, the most frequent first."""
    import polars as pl

    from sluice.domain import REASONS

    names = held.select(pl.col(REASONS).list.eval(pl.element().struct.field("name")).alias("held for")).explode("held for")
    return names.group_by("held for").agg(rows=pl.len()).sort("rows", "held for", descending=[True, False]).to_dicts()


@app.command("show")
def show_(
    dataset: DatasetArgument,
    row: Annotated[str, typer.Argument(help="a row id")],
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Show one held row: its cells, and why it is held; of a copy or superseded row, the row that it repeats. Personal columns are masked.

    Where another row is published for its key, the cells that differ stand beside its own.
    """
    from sluice.app import build
    from sluice.store.conflicts import published_rival

    with build(config) as sluice:
        held = sluice.store.quarantine.held(sluice.require_dataset(dataset), rows=[row])
        if held.is_empty() and (repeats := sluice.store.snapshot().repeat_of(dataset, row)):
            show_one({"row": row, "repeats": repeats}, form, render(repeats))
            return
        if held.is_empty():
            raise UsageError(tr("{dataset}: no row {row} is held", dataset=dataset, row=row))
        schema = sluice.config.datasets[dataset].schema_of(dataset)
        rival = published_rival(sluice.store.snapshot(), dataset, held)
    _show_row(held, rival, schema, form)


def _show_row(held: pl.DataFrame, rival: pl.DataFrame | None, schema: Schema, form: Format) -> None:
    """Show a held row, beside the published row with its key where there is one, and why it is held."""
    from sluice.domain import MASK, REASONS, ROW
    from sluice.messages import mask_reasons, reason_message
    from sluice.rules.conflicts import compare_cells

    reasons = held[REASONS].to_list()[0] or ()
    blamed = {column for reason in reasons for column in reason["columns"] or ()}
    compared = compare_cells(held, held if rival is None else rival, schema)
    show((_cell(cell, form, blamed=cell.column in blamed, compared=rival is not None) for cell in compared), form)
    personal = frozenset(column.name for column in schema.columns if column.personal)
    for reason in mask_reasons(reasons, personal, frozenset(schema.names), MASK) or ():
        say(tr("{rule} ({severity}): {message}", rule=reason["name"], severity=word(reason["severity"]), message=render(reason_message(reason))))
    if rival is not None:
        say(tr("row {row} is published for this key; its cells that differ are in the column `published`", row=rival[ROW].item()))


def _cell(cell: ComparedCell, form: Format, *, blamed: bool, compared: bool) -> Mapping[str, object]:
    """Describe a cell; in a table, the published one only where it differs."""
    as_table = form is Format.table
    row = {"column": cell.column, "value": stored_cell(cell.held) if as_table else cell.held}
    if compared:
        row["published"] = ("" if not cell.differs else stored_cell(cell.published)) if as_table else cell.published
        row |= {} if as_table else {"differs": cell.differs}
    return {**row, "blamed": tr("yes") if blamed else ""}


@app.command()
def release(
    dataset: DatasetArgument,
    rows: RowsArgument = None,
    rule: RuleOption = None,
    by: ByOption = "",
    reason: ReasonOption = "",
    preview: Annotated[bool, typer.Option("--preview", help="say what would be published, and what becomes of score and gate; publish nothing")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Publish held rows; they are cleaned and judged again without the rules that held them (a key stays unique).

    A cell whose text still does not cast to the type of its column is published empty; the preview and the answer count such cells, and the gate
    names them. To have it read, declare what the text needs (`unit: EUR` for `49,90 €`, a `format`) before you release the row.
    """
    if preview:
        _preview(dataset, rows, rule, config, form)
    else:
        _request("release", dataset, rows, rule, by, reason, config, form)


@app.command()
def reject(
    dataset: DatasetArgument,
    rows: RowsArgument = None,
    rule: RuleOption = None,
    by: ByOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Reject held rows for good; they stay in the quarantine table, and need no decision any more."""
    _request("reject", dataset, rows, rule, by, reason, config, form)


@app.command()
def releases(dataset: DatasetArgument, config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """List the releases of a dataset, the newest first, with how many rows each published and whether it was undone."""
    from sluice.app import build
    from sluice.rules.releases import undone_releases

    with build(config) as sluice:
        runs = sluice.store.runs.of(sluice.require_dataset(dataset))
        requests = {request.id: request for request in sluice.store.requests.all(dataset)}
    undone = undone_releases(runs)
    show((_release(run, requests, undone) for run in reversed(runs) if run.kind == "release" and run.state == "published"), form, empty="nothing was released")


def _release(run: Run, requests: Mapping[str, Request], undone: Collection[str]) -> Mapping[str, object]:
    from sluice.rules.releases import request_id

    request = requests.get(request_id(run.id))
    by, why = (request.by, request.note) if request else (None, None)
    return {"release": run.id, "at": run.finished, "rows": run.good, "undone": run.id in undone, "by": by, "reason": why}


@app.command()
def undo(
    dataset: DatasetArgument,
    release: Annotated[list[str], typer.Argument(help="releases, as `sluice quarantine releases` lists them, or the requests that they carried out")],
    by: ByOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Undo releases: their rows leave the published ones, and are held again with the reasons that they had.

    A new version of the table lacks the rows; models that learned from them are named.
    """
    from sluice.app import build
    from sluice.domain import Request

    with build(config) as sluice:
        answer = submit_and_carry_out(sluice, Request("", "undo_release", sluice.require_dataset(dataset), by, reason, sluice.now(), tuple(release)))
    show([answer], form)


@app.command()
def replay(dataset: DatasetArgument, config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Judge rows again that wait for this dataset: held ones whose key it lacked, and published ones that a rule about it could not judge."""
    from sluice.app import build
    from sluice.cli.run import summary

    with build(config) as sluice:
        show(map(summary, sluice.replay(sluice.require_dataset(dataset))), form, empty="no row waits for that dataset")


def _request(
    kind: Literal["release", "reject"], dataset: str, rows: list[str] | None, rule: str | None, by: str, reason: str, config: str, form: Format
) -> None:
    from sluice.app import build
    from sluice.domain import Request

    _require_one(rows, rule)
    with build(config) as sluice:
        answer = submit_and_carry_out(sluice, Request("", kind, sluice.require_dataset(dataset), by, reason, sluice.now(), tuple(rows or ()), rule))
    show([answer], form)
    if answer["state"] != "done":
        raise typer.Exit(1)


def _require_one(rows: list[str] | None, rule: str | None) -> None:
    if bool(rows) == bool(rule):
        raise UsageError(tr("name row ids, or one --rule: not both, not neither"))


def _preview(dataset: str, rows: list[str] | None, rule: str | None, config: str, form: Format) -> None:
    """Show what a release would do."""
    from sluice.app import build
    from sluice.app.previews import preview_release
    from sluice.domain import Message, Request

    _require_one(rows, rule)
    with build(config) as sluice:
        preview = preview_release(sluice, Request("preview", "release", sluice.require_dataset(dataset), "", "", sluice.now(), tuple(rows or ()), rule))
    if isinstance(preview, Message):
        raise UsageError(render(preview))
    show_preview(preview, form)


def show_preview(preview: ReleasePreview, form: Format) -> None:
    """Show what a release or a correction would do, and why a person should confirm it."""
    from dataclasses import asdict

    from sluice.domain import Message
    from sluice.rules.previews import describe_preview, questions

    lines, reasons = describe_preview(preview), tuple(questions(preview))
    texts = [*map(render, lines), *(tr("a person should confirm it: {question}", question=render(question)) for question in reasons)]
    show_one({**asdict(preview), "questions": reasons, "message": Message.join(lines)}, form, "\n".join(texts))


def submit_and_carry_out(sluice: App, request: Request, cells: Sequence[CorrectedCell] = ()) -> Mapping[str, object]:
    """File a request, carry it out at once, and describe the outcome."""
    from dataclasses import replace

    from sluice.app import carry_out
    from sluice.store.ids import new_id

    finished = carry_out(sluice, sluice.store.requests.submit(replace(request, id=new_id()), cells))
    return {"request": finished.id, "kind": finished.kind, "state": finished.state, "answer": finished.answer}
