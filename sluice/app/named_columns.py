"""Name the mistake where a person selects rows or repairs by a column or a cleaner that a dataset does not have."""

from __future__ import annotations

from collections.abc import Collection

from sluice.app.app import App
from sluice.config import did_you_mean
from sluice.domain import STEWARD, RepairSelection
from sluice.errors import UsageError
from sluice.messages import make_error


def require_column(app: App, dataset: str, column: str, former: Collection[str] = ()) -> None:
    """Pass only where a dataset declares a column, or its records name it.

    Args:
        app: The application.
        dataset: Name of the dataset.
        column: Name of the column.
        former: Columns that its records name, also such as are declared no longer.

    Raises:
        UsageError: There is no such column.
    """
    names = sorted({*app.config.datasets[dataset].schema_of(dataset).names, *former})
    if column not in names:
        raise make_error(UsageError, "no_such_column", dataset=dataset, column=column, hint=did_you_mean(column, names))


def require_selectable(app: App, dataset: str, selection: RepairSelection) -> None:
    """Pass only where a dataset has the column and the cleaner by which repairs are selected; those of former repairs count.

    Args:
        app: The application.
        dataset: Name of the dataset.
        selection: What is selected.

    Raises:
        UsageError: There is no such column or cleaner.
    """
    repairs = app.store.snapshot().repairs(dataset).select("column", "cleaner").unique().collect()
    if selection.column is not None:
        require_column(app, dataset, selection.column, repairs["column"])
    cleaners = sorted({STEWARD, *(step.name for step in app.config.datasets[dataset].clean), *repairs["cleaner"]})
    if selection.cleaner is not None and selection.cleaner not in cleaners:
        hint = did_you_mean(selection.cleaner, cleaners)
        raise make_error(UsageError, "no_such_cleaner", dataset=dataset, cleaner=selection.cleaner, hint=hint)
