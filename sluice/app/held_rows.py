"""Narrow the held rows of a dataset to those of a batch, and to those for which a column is to blame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from sluice.app.named_columns import require_column
from sluice.domain import REASONS, RUN, Message
from sluice.errors import UsageError
from sluice.messages import make_error

if TYPE_CHECKING:
    from sluice.app.app import App

_NAMED = 3  # files that an error names


def narrow(app: App, dataset: str, held: pl.DataFrame, batch: str | None, column: str | None) -> pl.DataFrame:
    """Return the held rows of a run or file, and those for which a column is to blame.

    Args:
        app: The shop.
        dataset: Name of the dataset.
        held: Its held rows, with their reasons and runs.
        batch: Id of a run, or name of a file; None: of all.
        column: The column; None: whichever is to blame.

    Raises:
        UsageError: No run, file or column is called so.
    """
    if column is not None:
        require_column(app, dataset, column, _blamed_columns(held))
        held = held.filter(pl.col(REASONS).list.eval(pl.element().struct.field("columns").list.contains(column)).list.any())
    if batch is None:
        return held
    files = {run.id: run.uri.rsplit("/", 1)[-1] for run in app.store.runs.of(dataset)}
    if not any(batch in names for names in files.items()):
        holding = dict.fromkeys(files.get(run) or run for run in reversed(held[RUN].unique(maintain_order=True)))
        raise make_error(UsageError, "no_such_holding_batch", dataset=dataset, batch=batch, batches=tuple([*holding][:_NAMED]) or Message.of("nothing_named"))
    return held.filter(pl.col(RUN).is_in([run for run, file in files.items() if batch in (run, file)]))


def _blamed_columns(held: pl.DataFrame) -> set[str]:
    """Return the columns to which the reasons of held rows attribute them."""
    return {column for reasons in held[REASONS].to_list() for reason in reasons or () for column in reason["columns"] or ()}
