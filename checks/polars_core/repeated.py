"""Find the values that occur more than once: by their hashes, and exactly among those whose hash occurs again."""

from __future__ import annotations

import polars as pl

_MAX_SHARE = 0.25  # share of the values whose hash occurred before, up to which comparing these alone costs less than comparing all


def repeated(cells: pl.Series) -> pl.Series:
    """Return True for each cell whose value occurs more than once; a null is no value.

    Most values of a column that should be unique are: sorting their hashes shows the few that may repeat, in a tenth of the time of
    comparing all of them.

    Example:
        >>> repeated(pl.Series(["a", "b", None, "a", None])).to_list()
        [True, False, False, True, False]
    """
    if not cells.null_count():
        return _spread(cells, _places(cells))
    present = cells.is_not_null().arg_true()
    return _spread(cells, present.gather(_places(cells.drop_nulls())))


def _places(values: pl.Series) -> pl.Series:
    """Return the positions of the values that occur more than once."""
    hashes = values.hash()
    ordered = hashes.sort(multithreaded=False)  # radix sort: one thread takes less time in all than several
    again = ordered.filter(ordered == ordered.shift(1))
    if again.len() > _MAX_SHARE * values.len():
        return values.is_duplicated().arg_true()
    candidates = hashes.is_in(again.unique().implode()).arg_true()
    return candidates.filter(values.gather(candidates).is_duplicated())  # two values may share a hash


def _spread(cells: pl.Series, places: pl.Series) -> pl.Series:
    mask = pl.Series(cells.name, [False]).new_from_index(0, cells.len())
    return mask.scatter(places, values=True) if places.len() else mask
