"""Search the rows of a key: in its dataset, and in those whose rules refer to it."""

from __future__ import annotations

from sluice.app.app import App
from sluice.app.values import vault_of
from sluice.config import did_you_mean
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.pseudonyms import normalize
from sluice.store.values import KeyQuery
from sluice.wiring.forget_key import keys_at_hand
from sluice.wiring.identifiers import personal_columns, with_former_names
from sluice.wiring.order import references_of


def key_query(app: App, dataset: str, column: str, value: str) -> KeyQuery:
    """Return what searches the rows of a key, also in the datasets whose rules refer to it.

    Args:
        app: The application.
        dataset: Name of the dataset.
        column: One of its columns of text, as the id of a user.
        value: Value of the column.

    Raises:
        UsageError: There is no such dataset or column, or a column to change is none of text.
        StoreError: The lake does not answer.
    """
    columns = {dataset: column}
    _require_text(app, dataset, column)
    for name in app.config.datasets:
        for reference in references_of(app.config, name, dataset) if name != dataset else ():
            if reference.key == column:
                columns[name] = _require_text(app, name, reference.column)
    keys = {name: dict.fromkeys(with_former_names(app.config, name, [key]), frozenset([normalize(value)])) for name, key in columns.items()}
    rows = {name: vault_of(app).key_rows(name, values, personal_columns(app.config, name)) for name, values in keys.items()}
    return KeyQuery(rows, [value], keys_at_hand(app.store.suppressions.all()))


def _require_text(app: App, dataset: str, column: str) -> str:
    """Return a column that a substitute can stand in."""
    schema = app.config.datasets[app.require_dataset(dataset)].schema_of(dataset)
    declared = next((declared for declared in schema.columns if declared.name == column), None)
    if declared is None:
        raise make_error(UsageError, "column_undeclared", dataset=dataset, column=column, hint=did_you_mean(column, schema.names))
    if declared.type != "string":
        raise make_error(UsageError, "erase_column_no_text", column=column, dataset=dataset, type=declared.type, file=app.path.name)
    return column
