"""Measure which columns the rules, cleaners and detectors of a dataset guard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from sluice.cli.language import tr
from sluice.cli.output import ConfigOption, DatasetArgument, Format, FormatOption, say, show
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.domain import Guarded

app = typer.Typer()


@app.command()
def guarded(dataset: DatasetArgument, config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Plant errors into copies of accepted rows, and print for each column the share that rules, cleaners and detectors find.

    `sluice run` does it after the first batch, after a change of the configuration, and once a week. Publishes nothing.
    """
    from sluice.app import build
    from sluice.app.guarded import measure_guarded

    with build(config) as sluice:
        names = [sluice.require_dataset(dataset)]
        measured = list(measure_guarded(sluice.config, sluice.store, sluice.worker, names, sluice.now(), due=False))
    if not measured:
        raise UsageError(tr("{dataset} has no accepted row to plant errors into; run `sluice run` first", dataset=dataset))
    (result,) = measured
    show([describe(result, column) for column in result.columns], form)
    say(summarise(result))


def describe(result: Guarded, column: str) -> Mapping[str, object]:
    """Describe one column in one row: the share of planted errors that was found, over all kinds and by kind."""
    from sluice.domain import truncate_share

    kinds = sorted({kind for counts in result.columns.values() for kind in counts})
    counts = result.columns[column]
    shares = {kind: truncate_share(counts[kind][1] / counts[kind][0]) if kind in counts else None for kind in kinds}
    share = result.shares.get(column)
    return {"column": column, "guarded": None if share is None else truncate_share(share), **shares, "planted": sum(planted for planted, _ in counts.values())}


def summarise(result: Guarded) -> str:
    """Return one line about the whole dataset."""
    from sluice.domain import whole_percent

    if result.share is None:
        return tr("{dataset}: no cell is filled", dataset=result.dataset)
    nothing = tr("; nothing guards {columns}", columns=", ".join(result.unguarded)) if result.unguarded else ""
    return tr("{dataset}: something guards {percent}% of the cells", dataset=result.dataset, percent=whole_percent(result.share)) + nothing
