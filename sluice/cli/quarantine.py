"""List held rows, and decide on them: list, show, release, reject, replay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sluice.cli.output import ByOption, ConfigOption, DatasetArgument, Format, FormatOption, ReasonOption, say, show, show_one
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.app import App
    from sluice.domain import Request

app = typer.Typer(no_args_is_help=True)
RowsArgument = Annotated[list[str] | None, typer.Argument(help="row ids, as `sluice quarantine list` shows them")]
RuleOption = Annotated[str | None, typer.Option("--rule", "-r", help="every row that is held for this rule alone")]


@app.command("list")
def list_(
    dataset: DatasetArgument,
    rule: RuleOption = None,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
    limit: Annotated[int, typer.Option(min=1, help="number of rows shown at most")] = 50,
) -> None:
    """List held rows with their reasons, and the number of rows held for each reason."""
    import polars as pl

    from sluice.app import build
    from sluice.domain import REASONS, ROW
    from sluice.jobs.release import reason_names

    with build(config) as sluice:
        held = sluice.store.quarantine.held(sluice.require_dataset(dataset), rule=rule)
        names = [] if rule is None or not held.is_empty() else reason_names(sluice.store.quarantine.held(dataset))
    if held.is_empty():
        show([], form, empty=f"no row is held for {rule} alone; rows are held for {', '.join(names)}" if names else "no row is held")
        return
    reasons = held.select(ROW, pl.col(REASONS).list.eval(pl.element().struct.field("name")).alias("names"))
    if form is Format.table:
        counts = reasons.explode("names").group_by(pl.col("names").alias("held for")).agg(rows=pl.len()).sort("rows", descending=True)
        show(counts.to_dicts(), form)
        say("")
    show(({"row": row[ROW], "reasons": row["names"]} for row in reasons.head(limit if form is Format.table else held.height).to_dicts()), form)
    if held.height > limit and form is Format.table:
        say(f"{held.height - limit:,} more; --limit shows them, --format json gives all")


@app.command("show")
def show_(
    dataset: DatasetArgument,
    row: Annotated[str, typer.Argument(help="a row id")],
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Show one held row: its cells, and why it is held; of a copy or superseded row, the row that it repeats. Personal columns are masked."""
    from sluice.app import build
    from sluice.domain import MASK, RAW, REASONS
    from sluice.messages import mask_reasons, reason_message, render

    with build(config) as sluice:
        held = sluice.store.quarantine.held(sluice.require_dataset(dataset), rows=[row])
        if held.is_empty() and (repeats := sluice.store.snapshot().repeat_of(dataset, row)):
            show_one({"row": row, "repeats": repeats}, form, render(repeats))
            return
        if held.is_empty():
            raise UsageError(f"{dataset}: no row {row} is held")
        columns = sluice.config.datasets[dataset].columns
    values = held.row(0, named=True)
    uncast = {cell["column"]: cell["text"] for cell in values.get(RAW) or ()}  # the file's text, where that is no value of the declared type
    cells = {name: uncast.get(name, values.get(name)) for name in columns}
    blamed = {column for reason in values[REASONS] for column in reason["columns"] or ()}
    show(
        ({"column": name, "value": MASK if column.personal else cells[name], "blamed": "yes" if name in blamed else ""} for name, column in columns.items()),
        form,
    )
    personal = frozenset(name for name, column in columns.items() if column.personal)
    for reason in mask_reasons(values[REASONS], personal, frozenset(columns), MASK) or ():
        say(f"{reason['name']} ({reason['severity']}): {render(reason_message(reason))}")


@app.command()
def release(
    dataset: DatasetArgument,
    rows: RowsArgument = None,
    rule: RuleOption = None,
    by: ByOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Publish held rows; they are cleaned and judged again without the rules that held them (a key stays unique).

    A cell whose text still does not cast to the type of its column is published empty, and the answer counts such cells. To have it read, declare
    what the text needs (`unit: EUR` for `49,90 €`, a `format`) before you release the row.
    """
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
def replay(dataset: DatasetArgument, config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Judge rows again that are held because another dataset lacked their key."""
    from sluice.app import build
    from sluice.cli.run import summary

    with build(config) as sluice:
        show(map(summary, sluice.replay(sluice.require_dataset(dataset))), form, empty="no row waits for that dataset")


def _request(
    kind: Literal["release", "reject"], dataset: str, rows: list[str] | None, rule: str | None, by: str, reason: str, config: str, form: Format
) -> None:
    from sluice.app import build
    from sluice.domain import Request

    if bool(rows) == bool(rule):
        raise UsageError("name row ids, or one --rule: not both, not neither")
    with build(config) as sluice:
        answer = submit_and_carry_out(sluice, Request("", kind, sluice.require_dataset(dataset), by, reason, sluice.now(), tuple(rows or ()), rule))
    show([answer], form)
    if answer["state"] != "done":
        raise typer.Exit(1)


def submit_and_carry_out(sluice: App, request: Request) -> Mapping[str, object]:
    """File a request, carry it out at once, and describe the outcome."""
    import secrets
    from dataclasses import replace

    from sluice.app import carry_out

    finished = carry_out(sluice, sluice.store.requests.submit(replace(request, id=secrets.token_hex(6))))
    return {"request": finished.id, "kind": finished.kind, "state": finished.state, "answer": finished.answer}
