"""Find the key of rows that are elements of a list: the record's identifier, and the position in the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from sluice.config.inferred import InferredDataset
from sluice.domain import Column
from sluice.rules.naming.column_names import is_identifier
from sluice.sources.infer.excerpt import Whole


def with_element_key(dataset: InferredDataset, frames: Sequence[pl.DataFrame], whole: Whole | None = None) -> InferredDataset:
    """Return the dataset with the position of the element in its key where its rows are elements, beside the identifier of the record.

    The position belongs to the key even where each record of the files has one element: the next one may have two. A record
    without elements is one row without a position, so that this part of the key may be blank.

    Args:
        dataset: What was inferred.
        frames: Rows of each file, one for each element.
        whole: Returns the given columns of each file with all rows, where `frames` have a part of them.
    """
    position = _position(dataset)
    if position is None:
        return dataset
    plain = [column.name for column, _ in dataset.columns if not column.path]
    names = [name for name in plain if name in dataset.key] + [name for name in plain if is_identifier(name)]
    in_part = (name for name in names if all(_names_rows(frame, name, position) for frame in frames))
    record = next((name for name in in_part if whole is None or all(_names_rows(frame, name, position) for frame in whole([name, position]))), None)
    return with_position(replace(dataset, key=dataset.key if record is None else (record,)))


def with_position(dataset: InferredDataset) -> InferredDataset:
    """Return the dataset with the position of the element as the last part of its key, where it has a key and its rows are elements."""
    position = _position(dataset)
    if position is None or not dataset.key:
        return dataset
    others = tuple(name for name in dataset.key if name != position)
    columns = tuple((replace(column, required=_is_required(column, others, position)), note) for column, note in dataset.columns)
    return replace(dataset, key=(*others, position), blank_key=True, columns=columns)


def _position(dataset: InferredDataset) -> str | None:
    return next((column.name for column, _ in dataset.columns if column.path == (f"{dataset.options.explode}[#]",)), None)


def _is_required(column: Column, key: Sequence[str], position: str) -> bool:
    """Return whether cells must be filled: of the key, those that a record without elements has too."""
    if column.name not in key:
        return column.required and column.name != position
    return "[]" not in "".join(column.path)


def _names_rows(frame: pl.DataFrame, name: str, position: str) -> bool:
    if not {name, position} <= set(frame.columns) or frame[name].null_count():
        return False
    return frame.select(name, position).n_unique() == frame.height
