"""Rows that are held: list, show, release, reject, replay."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

import polars as pl
import typer

from sluice.app import App, build
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, NoteOption, say, show
from sluice.cli.run import summary
from sluice.domain import RAW, REASONS, ROW, Request
from sluice.errors import UsageError

app = typer.Typer(no_args_is_help=True)
Dataset = Annotated[str, typer.Argument(help="which dataset")]
Rows = Annotated[list[str] | None, typer.Argument(help="row ids, as `sluice quarantine list` shows them")]
Rule = Annotated[str | None, typer.Option("--rule", "-r", help="every row that is held for this rule alone")]
MASK = "•••"


@app.command("list")
def list_(
    dataset: Dataset,
    rule: Rule = None,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
    limit: Annotated[int, typer.Option(min=1, help="rows shown at most")] = 50,
) -> None:
    """List held rows with their reasons, and how many are held for what."""
    with build(config) as sluice:
        held = sluice.store.quarantine.held(sluice.known(dataset), rule=rule)
    if held.is_empty():
        show([], form, empty="no row is held")
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
    dataset: Dataset, row: Annotated[str, typer.Argument(help="a row id")], config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table
) -> None:
    """Show one held row: its cells, and why it is held. Personal columns are masked."""
    with build(config) as sluice:
        held = sluice.store.quarantine.held(sluice.known(dataset), rows=[row])
        if held.is_empty():
            raise UsageError(f"{dataset}: no row {row} is held")
        columns = sluice.config.datasets[dataset].columns
    found = held.row(0, named=True)
    uncast = {each["column"]: each["text"] for each in found.get(RAW) or ()}  # what the file said, where that is no value of the declared type
    cells = {name: uncast.get(name, found.get(name)) for name in columns}
    blamed = {column for reason in found[REASONS] for column in reason["columns"] or ()}
    show(
        ({"column": name, "value": MASK if each.personal else cells[name], "blamed": "yes" if name in blamed else ""} for name, each in columns.items()),
        form,
    )
    for reason in found[REASONS]:
        say(f"{reason['name']} ({reason['severity']}): {reason['message']}")


@app.command()
def release(
    dataset: Dataset,
    rows: Rows = None,
    rule: Rule = None,
    by: ByOption = "",
    note: NoteOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Publish held rows; they are judged again without the rules that held them (a key stays unique)."""
    _ask("release", dataset, rows, rule, by, note, config, form)


@app.command()
def reject(
    dataset: Dataset,
    rows: Rows = None,
    rule: Rule = None,
    by: ByOption = "",
    note: NoteOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Give held rows up for good; they stay in the quarantine table, and are never asked about again."""
    _ask("reject", dataset, rows, rule, by, note, config, form)


@app.command()
def replay(dataset: Dataset, config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Judge rows again that are held because another dataset lacked their key."""
    with build(config) as sluice:
        show(map(summary, sluice.replay(sluice.known(dataset))), form, empty="no row waits for that dataset")


def _ask(kind: Literal["release", "reject"], dataset: str, rows: list[str] | None, rule: str | None, by: str, note: str, config: str, form: Format) -> None:
    if bool(rows) == bool(rule):
        raise UsageError("name row ids, or one --rule: not both, not neither")
    with build(config) as sluice:
        answer = asked(sluice, Request("", kind, sluice.known(dataset), by, note, sluice.now(), tuple(rows or ()), rule))
    show([answer], form)
    if answer["state"] != "done":
        raise typer.Exit(1)


def asked(sluice: App, request: Request) -> Mapping[str, object]:
    """File a request, carry it out at once, and tell what became of it."""
    filed = sluice.store.requests.submit(replace(request, id=secrets.token_hex(6)))
    sluice.carry_out(filed)
    done = next(each for each in sluice.store.requests.all(filed.dataset) if each.id == filed.id)
    return {"request": done.id, "kind": done.kind, "state": done.state, "answer": done.answer}
