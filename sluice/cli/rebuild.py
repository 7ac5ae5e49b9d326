"""Change the stored rows of a dataset to its present declaration: `sluice rebuild`."""

from __future__ import annotations

from typing import Annotated

import typer

from sluice.cli.language import render, tr
from sluice.cli.output import ConfigOption, DatasetArgument, Format, FormatOption, say, show, show_one

app = typer.Typer()


@app.command()
def rebuild(
    dataset: DatasetArgument,
    write: Annotated[bool, typer.Option("--write", help="carry it out; without this, the command only says what would happen")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Carry out a changed type, key, mode or name (`was: price`) of a dataset that has stored rows.

    Published and held rows are cast and renamed into a new version of the tables by a run of its own. A published row with a cell that does not
    cast is held unless the cleaners of the dataset read it, and of rows with the same new key the newest stays. Earlier snapshots can be read as before.
    """
    from sluice.app import build
    from sluice.app.rebuilds import preview_lines, preview_rebuild
    from sluice.app.rebuilds import rebuild as carry_out
    from sluice.cli.run import summary

    with build(config) as sluice:
        preview = None if write else preview_rebuild(sluice, dataset)
        runs = list(carry_out(sluice, dataset)) if write else []
    if runs:
        show(map(summary, runs), form)
        say(tr("rebuilt {dataset}; detectors and the recommender learn from it at their next training", dataset=dataset))
    elif preview is not None and preview.changes:
        lines = list(map(render, preview_lines(dataset, preview)))
        show_one(_facts(dataset, preview.rows, preview.holding, dict(preview.failing), preview.waiting, lines), form, "\n".join(lines))
        say(tr("nothing is changed yet: `sluice rebuild {dataset} --write` carries it out", dataset=dataset))
    else:
        say(tr("{dataset}: its stored rows fit the declaration; there is nothing to rebuild", dataset=dataset))


def _facts(dataset: str, rows: int, holding: int, failing: dict[str, int], waiting: int, lines: list[str]) -> dict[str, object]:
    return {"dataset": dataset, "rows": rows, "will_be_held": holding, "failing": failing, "held": waiting, "lines": lines}
