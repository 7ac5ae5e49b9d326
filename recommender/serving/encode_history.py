"""A shopper's history as the model reads it, within half a millisecond."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from recommender.data.sequences import Ints, Sequences, pad_social_items


def told(histories: pl.DataFrame, places: Mapping[str, int], kinds: Sequence[str], *, repeats: bool = False) -> Sequences:
    """Number histories: what `sequences(collapse_repeats(histories))` gives, which joins and groups, and is quicker for millions of rows, but not for fifty.

    Args:
        histories: Schema INTERACTIONS, each user's together and in order.
        places: The number of each known item; others are left out, their users stay.
        kinds: The known kinds of events.
        repeats: Keep each of several events on one item in a row; else they count once, as the strongest of them at the time of the first.
    """
    items, users = _numbers(histories["item"], places), histories["user"].rle_id().to_numpy().astype(np.int64)
    weights, ordered = histories["weight"].to_numpy(), histories["ordered"].to_numpy().astype(np.bool_)
    light = weights == 0  # what people around had met
    first = np.arange(len(items)) if repeats else _begun(users, items, ordered, light)
    strongest = first if repeats else _strongest(first, weights)
    known = (items[first] >= 0) & ~light[first]
    count = int(users.max(initial=-1)) + 1
    lengths = np.bincount(users[first][known], minlength=count)
    return Sequences(
        items=items[first][known],
        kinds=1 + _numbers(histories["kind"], {kind: place for place, kind in enumerate(kinds)})[strongest][known],
        times=histories["time"].dt.epoch("s").to_numpy()[first][known],
        weights=weights[strongest][known].astype(np.float32),
        ordered=ordered[first][known],
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        social_items=pad_social_items(users[light], items[light], count),
    )


def _numbers(values: pl.Series, places: Mapping[str, int]) -> Ints:
    return np.fromiter((places.get(value, -1) for value in values), np.int64, len(values))


def _begun(*columns: np.ndarray) -> Ints:
    """Where a row differs from the one before."""
    differs = np.any([np.diff(column, prepend=column[:1]) != 0 for column in columns], axis=0)
    differs[:1] = True
    return np.flatnonzero(differs)


def _strongest(first: Ints, weights: np.ndarray) -> Ints:
    """The row of the largest weight of each run of rows, the first of equal ones."""
    runs = np.repeat(np.arange(len(first)), np.diff(first, append=len(weights)))
    order = np.lexsort((-weights, runs))
    return order[first]
