"""Tell which columns of a dataset are labelled."""

from __future__ import annotations

from sluice.config import Config
from sluice.config.label_settings import compared_columns
from sluice.errors import UsageError
from sluice.messages import error_message, make_error
from sluice.rules.labels import comparable_columns


def columns_to_label(config: Config, dataset: str) -> tuple[str, ...]:
    """Return the columns whose cells are labelled.

    Raises:
        UsageError: The cleaner names columns that cannot be.
    """
    try:
        return comparable_columns(config.datasets[dataset].schema_of(dataset), compared_columns(config, dataset))
    except ValueError as error:
        raise make_error(UsageError, "labelled_columns_of", dataset=dataset, problem=error_message(error)) from None
