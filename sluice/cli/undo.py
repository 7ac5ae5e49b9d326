"""Undo decisions: releases, rejections, overrides, rollbacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import render, tr
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, ReasonOption, show
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.store.undoable import Undoable

app = typer.Typer()


@app.command()
def undo(
    request: Annotated[str, typer.Argument(help="id of a request; without it, the decisions that can be undone are listed")] = "",
    by: ByOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Undo a decision: a release, a rejection, an override of a gate, or a rollback of a model.

    Released or rejected rows are held again with the reasons that they had; an override ends; the version that was rolled back serves again.
    `sluice repairs undo` undoes repairs, and `sluice incidents reopen` what was done with an incident.
    """
    from sluice.app import build
    from sluice.cli.quarantine import submit_and_carry_out
    from sluice.domain import Message, Request
    from sluice.rules.undo import inverse_of
    from sluice.store.dashboard_queries import all_runs
    from sluice.store.undoable import undoable

    with build(config) as sluice:
        if not request:
            show(map(_facts, undoable(sluice.store, all_runs(sluice.store), sluice.now())), form, empty="nothing can be undone")
            return
        decided = sluice.store.requests.get(request)
        if decided is None:
            raise UsageError(tr("there is no request {request}; `sluice undo` lists the decisions that can be undone", request=request))
        inverse = inverse_of(decided)
        if isinstance(inverse, Message):
            raise UsageError(render(inverse))
        kind, names = inverse
        answer = submit_and_carry_out(sluice, Request("", kind, decided.dataset, by, reason, sluice.now(), names, model=decided.model))
    show([answer], form)


def _facts(entry: Undoable) -> Mapping[str, object]:
    request = entry.request
    facts = {"request": request.id, "kind": request.kind, "dataset": request.dataset or None, "model": request.model or None, "rows": entry.rows or None}
    return {**facts, "by": request.by, "at": request.at, "reason": request.note or None}
