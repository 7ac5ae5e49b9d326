"""Which pairs of texts are worth comparing: those that share their rarest words."""

from __future__ import annotations

import polars as pl

_WORD = "\\p{N}+(?:[.,/x*\u00d7]\\p{N}+)+|[\\p{L}\\p{N}]+"  # a size such as 30/32 or 1.4 is one word: 30 and 32 are in 32/30 too


def tokens(texts: pl.Series) -> pl.DataFrame:
    """One row a word of a text: `place` (the text's position), `word`, and `weight`, the word's inverse document frequency.

    A word that stands in a text again is another word there: a terracotta planter in terracotta is not one in moss.
    """
    words = pl.DataFrame({"text": texts.str.to_lowercase()}).with_row_index("place")
    each = words.with_columns(word=pl.col("text").str.extract_all(_WORD)).select("place", "word").explode("word", empty_as_null=False).drop_nulls()
    nth = pl.int_range(pl.len()).over("place", "word")
    each = each.with_columns(word=pl.when(nth > 0).then(pl.concat_str("word", nth, separator="#")).otherwise("word"))
    return each.with_columns(weight=(texts.len() / pl.len().over("word")).log1p())


def pairs(words: pl.DataFrame, *, keys: int = 5, most: int = 50) -> pl.DataFrame:
    """Pairs of places (`left` < `right`) that share one of their rarest words that are not unique.

    Args:
        words: As `tokens` gives them.
        keys: How many of a text's rarest words are looked at.
        most: Words in more texts than this make no pairs, so that the work grows with the rows and not with their square.
    """
    shared = words.with_columns(often=pl.len().over("word")).filter(pl.col("often").is_between(2, most))
    rank = pl.struct("often", "word").rank("ordinal").over("place")
    rarest = shared.filter(rank <= keys).select("place", "word")
    met = rarest.join(rarest, on="word", suffix="_right").filter(pl.col("place") < pl.col("place_right"))
    return met.select(left="place", right="place_right").unique().sort("left", "right")
