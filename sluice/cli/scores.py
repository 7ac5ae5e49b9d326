"""Show the scores of a dataset by the values of a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import tr
from sluice.cli.output import ConfigOption, DatasetArgument, Format, FormatOption, say, score_cell, show

if TYPE_CHECKING:
    from datetime import date

    from sluice.rules.value_weeks import ValueHistory

app = typer.Typer()


@app.command()
def scores(
    dataset: DatasetArgument,
    by: Annotated[str | None, typer.Option("--by", help="column, one of `score_by`; the first of them unless given")] = None,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=520, help="number of weeks, that of the newest batch among them")] = 8,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Show the scores of a dataset by the values of a column, such as a supplier, week against week; the worst of the newest week first.

    `score_by: [supplier]` of a dataset keeps them for the 20 most frequent values of each batch; the other values count together. A score is that of the rows
    of the value as they arrived, by the rules about rows, as a batch is scored. `change` compares the newest week of a value with the week before it that has
    a score; rows, held and failing ones are those of its newest week.
    """
    from sluice.app import build
    from sluice.app.scores import history_facts, score_histories, weeks_in

    with build(config) as sluice:
        column, histories = score_histories(sluice, dataset, by, weeks)
    if form is Format.json:
        show(history_facts(histories, column), form)
        return
    columns = weeks_in(histories)
    show([_row(history, columns) for history in histories], form)
    say(tr("scores by {column} of the rows as they arrived; a week is named by its Monday, in UTC", column=column))


def _row(history: ValueHistory, weeks: Sequence[date]) -> Mapping[str, object]:
    value = tr("(others)") if history.others else tr("(none)") if history.value is None else history.value
    by_week = {week.isoformat(): score_cell(history.weeks[week].score) if week in history.weeks else None for week in weeks}
    latest, change = history.latest, history.change
    counts = {"rows": latest.rows, "held": latest.held, "failing": latest.failing}
    return {"value": value, **by_week, "change": None if change is None else f"{change:+.1f}", **counts}
