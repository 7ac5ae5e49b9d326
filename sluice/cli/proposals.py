"""Ask a language model for proposals, list them, and accept or refuse them: `sluice proposals`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import render
from sluice.cli.output import ByOption, ConfigOption, DatasetArgument, Format, FormatOption, ReasonOption, say, show, stored_cell

if TYPE_CHECKING:
    from sluice.app import App
    from sluice.domain import AnswerRecord, ModelProposal

app = typer.Typer(no_args_is_help=True)
IdsArgument = Annotated[list[str], typer.Argument(help="ids of proposals, as `sluice proposals list` shows them")]


@app.command()
def ask(
    dataset: DatasetArgument,
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            help="cells: right values of cells of held rows; values: other spellings of a category or brand; "
            "contradictions: published rows whose cells do not go together",
        ),
    ] = "cells",
    rows: Annotated[int, typer.Option(min=1, help="rows that are asked about at most")] = 50,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Ask the language model of sluice.yaml for proposals; nothing is changed until a person accepts one.

    Each proposed cell is judged by the rules and cleaners of its dataset first. Cells of personal columns are never sent. An equal question
    is answered from the database, and every call is recorded. Where the model does not answer, or its budget is spent, the rest is left out.
    """
    from sluice.app import build
    from sluice.app.language_model import propose

    with build(config) as sluice:
        proposed = propose(sluice, dataset, kind, rows)
        listed = [one for one in sluice.store.model_proposals.of(dataset) if one.id in {proposal.id for proposal in proposed.result.proposals}]
    say(render(proposed.message))
    show((_facts(one, form) for one in listed), form, empty="nothing is proposed")


@app.command("list")
def list_(
    dataset: DatasetArgument,
    every: Annotated[bool, typer.Option("--all", help="those that somebody has decided on as well")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """List proposals of the language model, with what rules and cleaners say of each."""
    from sluice.app import build

    with build(config) as sluice:
        proposals = sluice.store.model_proposals.of(sluice.require_dataset(dataset))
    show((_facts(one, form) for one in proposals if every or one.is_open), form, empty="nothing is proposed")


@app.command()
def accept(
    dataset: DatasetArgument,
    proposals: IdsArgument,
    by: ByOption = "",
    reason: ReasonOption = "",
    preview: Annotated[bool, typer.Option("--preview", help="say what would be published, and what becomes of score and gate; publish nothing")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Carry proposals out: cells as a correction, values as a mapping in sluice.yaml. `sluice quarantine undo` and `sluice undo` take them back."""
    from sluice.app import build, carry_out
    from sluice.app.language_model import file_accepted
    from sluice.domain import Request
    from sluice.store.ids import new_id

    with build(config) as sluice:
        named = sluice.store.model_proposals.named(sluice.require_dataset(dataset), proposals)
        if preview:
            _preview(sluice, dataset, named, form)
            return
        request = Request("", "correct", dataset, by, reason, sluice.now())
        filed = file_accepted(sluice, named, iter(new_id, ""), request)
        answered = [carry_out(sluice, one) for one in filed]
    show([{"request": one.id, "kind": one.kind, "state": one.state, "answer": one.answer} for one in answered], form)
    if any(one.state != "done" for one in answered):
        raise typer.Exit(1)


@app.command()
def refuse(
    dataset: DatasetArgument, proposals: IdsArgument, by: ByOption = "", config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table
) -> None:
    """Refuse proposals: they are not made again."""
    from sluice.app import build

    with build(config) as sluice:
        for one in sluice.store.model_proposals.named(sluice.require_dataset(dataset), proposals):
            sluice.store.model_proposals.refuse(one, by=by)
        left = [one for one in sluice.store.model_proposals.of(dataset) if one.is_open]
    show((_facts(one, form) for one in left), form, empty="nothing is proposed")


@app.command()
def calls(
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
    limit: Annotated[int, typer.Option(min=1, help="number of calls shown at most")] = 20,
) -> None:
    """List the newest calls of the language model, with what each took."""
    from sluice.app import build

    with build(config) as sluice:
        newest = sluice.store.model_answers.newest(limit)
    show((_call(one) for one in newest), form, empty="no language model was asked")


def _preview(sluice: App, dataset: str, named: Sequence[ModelProposal], form: Format) -> None:
    """Show what accepting proposals would do: the cells as one correction, the values column by column."""
    from sluice.app.previews import preview_correction
    from sluice.cli.quarantine import show_preview
    from sluice.cli.spellings import show_mapping
    from sluice.domain import Request
    from sluice.rules.language_model.deciding import accepted_cells, accepted_values, requests_of
    from sluice.store.ids import new_id

    request = Request("preview", "correct", dataset, "", "", sluice.now())
    for filing, part in requests_of(named, iter(new_id, ""), request):
        if filing.kind == "correct":
            show_preview(preview_correction(sluice, filing, accepted_cells(part)), form)
        else:
            show_mapping(sluice, dataset, part[0].column, accepted_values(part), form)


def _facts(one: ModelProposal, form: Format) -> Mapping[str, object]:
    table = form is Format.table
    value, text = (stored_cell(cell) if table else cell for cell in (one.value, one.text))
    subject = {"proposal": one.id, "kind": one.kind, "row": one.row, "column": one.column, "value": value, "proposed": text}
    decided = {} if one.is_open else {"refused by": one.refused_by, "request": one.request}
    return {**subject, "check": one.check, "found": one.note, "why": one.why, **({} if table else {"model": one.model, "version": one.version}), **decided}


def _call(one: AnswerRecord) -> Mapping[str, object]:
    tokens = {"question tokens": one.question_tokens, "answer tokens": one.answer_tokens}
    return {"at": one.at, "task": one.task, "version": one.version, "model": one.model, "state": one.state, **tokens}
