"""Find the key of rows that are elements of a list: the record's identifier, and the position in the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from sluice.config.inferred import InferredDataset
from sluice.rules.naming.column_names import is_identifier


def with_element_key(dataset: InferredDataset, frames: Sequence[pl.DataFrame]) -> InferredDataset:
    """Return the dataset with a key where its rows are elements and none was found: an identifier that with the position names each row.

    A record without elements is one row without a position, so that this part of the key may be blank.

    Args:
        dataset: What was inferred.
        frames: Rows of each file, one for each element.
    """
    position = next((column.name for column, _ in dataset.columns if column.path == (f"{dataset.options.explode}[#]",)), None)
    if dataset.key or position is None:
        return dataset
    names = [column.name for column, _ in dataset.columns if not column.path and is_identifier(column.name)]
    key = next((name for name in names if all(_names_rows(frame, name, position) for frame in frames)), None)
    if key is None:
        return dataset
    columns = tuple((replace(column, required=column.required or column.name == key), note) for column, note in dataset.columns)
    return replace(dataset, key=(key, position), blank_key=True, columns=columns)


def _names_rows(frame: pl.DataFrame, name: str, position: str) -> bool:
    if not {name, position} <= set(frame.columns) or frame[name].null_count():
        return False
    return frame.select(name, position).n_unique() == frame.height
