"""Put what people say of pairs of products into the lines of their file, and take it out: each answer has a name."""

from __future__ import annotations

import polars as pl

from sluice.domain import ANSWER, DIFFERENT, PAIR_COLUMNS, SAME, product_pair


def with_pair(lines: pl.DataFrame, one: str, other: str, name: str, *, same: bool) -> pl.DataFrame:
    """Return the lines with an answer about two products behind them, in the place of the former one of that name.

    Args:
        lines: `left`, `right` and `same`, and the names of the answers where they have some.
        one: Id of the one product.
        other: Id of the other.
        name: Name of the answer.
        same: Whether they are one product.

    Example:
        >>> with_pair(pl.DataFrame({"left": ["a"], "right": ["b"], "same": ["no"]}), "d", "c", "q1", same=True).rows()
        [('a', 'b', 'no', None), ('c', 'd', 'yes', 'q1')]
    """
    left, right = product_pair(one, other)
    answer = pl.DataFrame({"left": [left], "right": [right], "same": [SAME if same else DIFFERENT], ANSWER: [name]})
    return pl.concat([without_pair(lines, left, right, name), answer], how="diagonal")


def without_pair(lines: pl.DataFrame, one: str, other: str, name: str) -> pl.DataFrame:
    """Return the lines without one answer about two products; those of others stay."""
    if ANSWER not in lines.columns:
        return lines
    left, right = product_pair(one, other)
    own = (pl.col("left") == left) & (pl.col("right") == right) & (pl.col(ANSWER) == name)
    return lines.filter(~own.fill_null(value=False))


def with_imported(lines: pl.DataFrame, imported: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return the lines with imported ones in the place of those about the same pairs, in any order of their ids.

    Example:
        >>> lines = pl.DataFrame({"left": ["a", "a"], "right": ["b", "c"], "same": ["no", "no"]})
        >>> with_imported(lines, pl.DataFrame({"left": ["b"], "right": ["a"], "same": ["yes"]}), "q1").rows()
        [('a', 'c', 'no', None), ('b', 'a', 'yes', 'q1')]
    """
    pairs = {product_pair(left, right) for left, right in imported.select("left", "right").iter_rows() if left and right}
    others = [not (left and right) or product_pair(left, right) not in pairs for left, right in lines.select("left", "right").iter_rows()]
    return pl.concat(
        [lines.filter(pl.Series(others, dtype=pl.Boolean)), imported.select(PAIR_COLUMNS).with_columns(pl.lit(name).alias(ANSWER))], how="diagonal"
    )
