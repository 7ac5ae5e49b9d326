"""Name the columns whose values no suggested rule looks at, from the rules alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sluice.config import Step
from sluice.domain import Message, Schema

_FILLED_ONLY = frozenset({"expect_column_values_to_not_be_null", "expect_column_values_to_be_null", "expect_column_to_exist"})
_WHOLE_TABLE = ("expect_table_", "expect_column_median_", "expect_column_mean_", "expect_column_proportion_", "expect_proportion_", "expect_batch_")
_NO_TARGET = frozenset(
    {"value_set", "regex", "row_condition", "dataset", "determinant", "confirmed_by", "source", "thing"}
)  # values, or what others are compared by
_MAX_NAMED = 8


def unguarded_columns(schema: Schema, steps: Sequence[Step]) -> list[str]:
    """Return the text columns whose values no step about rows looks at; whether a cell is filled says nothing of its value.

    Numbers, times and truth values are guarded by their type, if by nothing else, and keys against being there twice. Detectors are left
    out: they wait for history first.

    Args:
        schema: The dataset.
        steps: Suggested expectations, and cleaners that compare columns.

    Example:
        >>> from sluice.domain import Column
        >>> schema = Schema("items", columns=(Column("color"), Column("note"), Column("price", "number")))
        >>> unguarded_columns(schema, [Step(name="expect_column_values_to_be_in_set", settings={"column": "color", "value_set": ["red"]})])
        ['note']
    """
    named = {text for step in steps if step.name not in _FILLED_ONLY and not step.name.startswith(_WHOLE_TABLE) for text in _texts(step.settings)}
    return [column.name for column in schema.columns if column.type == "string" and column.name not in {*named, *schema.key}]


def describe_unguarded(dataset: str, columns: Sequence[str]) -> Message:
    """Return a line about the columns of a dataset that nothing guards, at least one."""
    more = Message.of("names_more", more=len(columns) - _MAX_NAMED) if len(columns) > _MAX_NAMED else ""
    return Message.of("columns_unguarded", dataset=dataset, columns=tuple(columns[:_MAX_NAMED]), more=more)


def _texts(settings: object) -> Iterator[str]:
    """Yield every text in settings that may name a column; the values of a set name none."""
    if isinstance(settings, str):
        yield settings
    elif isinstance(settings, dict):
        for name, value in settings.items():
            if name not in _NO_TARGET:
                yield from _texts(value)
    elif isinstance(settings, list | tuple):
        for value in settings:
            yield from _texts(value)
