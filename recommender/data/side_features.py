"""Number the values of side columns: hashed, so that no value is stored, and only values that many users share."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recommender.data.attributes import BUCKETS
from recommender.data.sequences import Bools, Floats, Tokens
from recommender.data.side_columns import CONTEXT, side_columns

Arrays: TypeAlias = Mapping[str, NDArray[Any]]

MIN_USERS = 10  # users who share a value that counts: a model learns nothing of fewer, so nothing of one person
CATEGORIES = 32  # numbers of at most so many different values are categories, such as hours; others fall into quantiles
QUANTILES = 8
TELLING = 0.5  # share of events that the item most frequent at their value foretells: such a column names the item, as the address of its page does


@dataclass(frozen=True, slots=True, eq=False)
class SideFeatures:
    """Number the values of some side columns.

    Attributes:
        edges: Of each column, the upper ends of the bins of numbers, shape (bins - 1,); none for texts and categories.
        counts: Which numbers stand for values that enough users share, shape (BUCKETS,).
        left_out: Columns that are not read, each with the code of the reason.

    Example:
        >>> rows = pl.DataFrame({"user": [f"u{n}" for n in range(40)], "item": ["tea", "cup"] * 20, "user.age": ["young"] * 30 + ["old"] * 10})
        >>> features = SideFeatures.fit(rows)
        >>> features.encode(pl.DataFrame({"user.age": ["young", "unheard"]})).astype(bool).tolist()
        [[True], [False]]
    """

    edges: Mapping[str, Floats]
    counts: Bools
    left_out: Mapping[str, str]

    @classmethod
    def fit(cls, events: pl.DataFrame) -> Self:
        """Learn which values count.

        Args:
            events: Columns `user` and `item`, and side columns by their prefixed names; nothing that a model is judged on.
        """
        names, left_out = side_columns(events), {}
        edges = {name: _edges(events[name]) for name in names}
        is_shared = np.zeros(BUCKETS, np.bool_)
        for name in names:
            numbers = pl.Series("number", _numbers(events[name], name, edges[name]))
            users = events.select("user").with_columns(numbers).filter(pl.col("number") > 0).group_by("number").agg(pl.col("user").n_unique())
            shared = users.filter(pl.col("user") >= MIN_USERS)["number"].to_numpy()
            if len(shared) == 0 or (len(users) == 1 and events[name].null_count() == 0):
                left_out[name] = "side_column_says_nothing"
            elif name.startswith(CONTEXT) and _names_item(events["item"], numbers.replace_strict(shared, shared, default=0)):
                left_out[name] = "side_column_names_item"
            else:
                is_shared[shared] = True
        return cls({name: ends for name, ends in edges.items() if name not in left_out}, is_shared, left_out)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that are read."""
        return tuple(self.edges)

    def keep(self, columns: Sequence[str]) -> Self:
        """Return the same for some of the columns."""
        return replace(self, edges={name: ends for name, ends in self.edges.items() if name in columns})

    def encode(self, rows: pl.DataFrame) -> Tokens:
        """Return the number of each value, shape (rows, columns); 0 where there is no value, too few users share it, or a column is absent."""
        columns = [_numbers(rows[name], name, ends) if name in rows.columns else np.zeros(rows.height, np.int64) for name, ends in self.edges.items()]
        numbers = np.stack(columns, axis=1) if columns else np.zeros((rows.height, 0), np.int64)
        return np.where(self.counts[numbers], numbers, 0).astype(np.int16)

    def encode_values(self, values: Mapping[str, object]) -> Tokens:
        """Return the numbers of one request, shape (1, columns).

        Args:
            values: By prefixed names of columns.
        """
        numbers = np.zeros((1, len(self.edges)), np.int64)
        for place, (name, ends) in enumerate(self.edges.items()):
            numbers[0, place] = _number(name, ends, values.get(name))
        return np.where(self.counts[numbers], numbers, 0).astype(np.int16)

    def to_arrays(self) -> Arrays:
        """Return names, bins and which numbers count; no value."""
        return {
            "columns": np.frombuffer(json.dumps(list(self.edges)).encode(), np.uint8),
            "known": self.counts.astype(np.uint8),
            **{f"edges.{place}": ends for place, ends in enumerate(self.edges.values())},
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """Restore from `to_arrays`.

        Raises:
            KeyError, ValueError: The arrays do not fit together.
        """
        if arrays["known"].shape != (BUCKETS,):
            raise ValueError("the side features do not have one entry per number")
        names = json.loads(arrays["columns"].astype(np.uint8).tobytes())
        return cls({name: arrays[f"edges.{place}"] for place, name in enumerate(names)}, arrays["known"].astype(np.bool_), {})


def _edges(values: pl.Series) -> Floats:
    """Return the ends of bins of equally many values, to two digits; none for texts and for numbers of few different values."""
    if not values.dtype.is_numeric() or values.n_unique() <= CATEGORIES:
        return np.zeros(0, np.float32)
    finite = values.drop_nulls().to_numpy()
    quantiles = np.quantile(finite[np.isfinite(finite)], np.arange(1, QUANTILES) / QUANTILES)
    return np.unique([float(f"{end:.2g}") for end in quantiles]).astype(np.float32)


def _numbers(values: pl.Series, name: str, edges: Floats) -> np.ndarray:
    """Return the number of each value, not yet masked; 0 where there is none."""
    distinct = values.unique().to_list()
    table = pl.DataFrame({"value": distinct, "number": [_number(name, edges, value) for value in distinct]}, schema={"value": values.dtype, "number": pl.Int64})
    joined = values.rename("value").to_frame().join(table, on="value", how="left", maintain_order="left", nulls_equal=True)
    return joined["number"].fill_null(0).to_numpy()


def _number(name: str, edges: Floats, value: object) -> int:
    if value is None or value == "":
        return 0
    if len(edges):
        try:
            value = f"bin {int(np.searchsorted(edges, np.float32(str(value)), side='left'))}"
        except ValueError:
            return 0  # a text where the model has learned numbers
    text = f"{value:g}" if isinstance(value, float) else value
    return 1 + zlib.crc32(f"{name}\0{text}".encode()) % (BUCKETS - 1)


def _names_item(items: pl.Series, numbers: pl.Series) -> bool:
    """Return whether the values of a column foretell most items, far more than the most frequent item does."""
    frame = pl.DataFrame({"item": items, "number": numbers}).filter(pl.col("number") > 0)
    pairs = frame.group_by("number", "item").len()
    foretold = int(pairs.group_by("number").agg(pl.col("len").max())["len"].sum()) / max(frame.height, 1)
    most_frequent = int(items.value_counts(name="n")["n"].max() or 0) / max(items.len(), 1)  # type: ignore[arg-type]  # a count
    return foretold > max(TELLING, 2 * most_frequent)
