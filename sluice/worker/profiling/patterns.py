"""Describe the form of texts: which characters stand where, without the characters."""

from __future__ import annotations

import polars as pl

from sluice.domain import Share

_CLASSES = ((r"\p{Lu}", "A"), (r"\p{Ll}", "a"), (r"\p{Nd}", "9"), (r"[\p{Lo}\p{Lm}\p{Lt}\p{M}]", "文"))
_RUNS = ((r"A{5,}", "A+"), (r"a{5,}", "a+"), (r"文{5,}", "文+"), (r"9{13,}", "9+"))
_LONGEST = 40
_LEAST = 0.01  # share of the texts


def pattern_of(text: pl.Expr) -> pl.Expr:
    """Return the pattern of texts: `A` for a capital, `a` for a small letter, `9` for a digit, `文` for a letter without case; other characters stay.

    More than four letters in a row, and more than twelve digits, are written as one with a `+`, so that words of many lengths have one pattern.

    Example:
        >>> pl.DataFrame({"sku": ["SKU-042", "Lamp 1", "Vases", "红茶"]}).select(pattern_of(pl.col("sku"))).to_series().to_list()
        ['AAA-999', 'Aaaa 9', 'Aaaaa', '文文']
    """
    for expression, sign in (*_CLASSES, *_RUNS):
        text = text.str.replace_all(expression, sign)
    return pl.when(text.str.len_chars() > _LONGEST).then(text.str.head(_LONGEST) + "…").otherwise(text)


def patterns(texts: pl.Series, count: int) -> tuple[Share, ...]:
    """Return the most frequent patterns of texts with their number, the most frequent first; those of a hundredth of the texts at least.

    Args:
        texts: Texts without nulls.
        count: Number of patterns at most.
    """
    forms = texts.alias("text").to_frame().select(pattern_of(pl.col("text"))).to_series().value_counts()
    return tuple(forms.filter(pl.col("count") >= _LEAST * len(texts)).sort("count", "text", descending=[True, False]).head(count).iter_rows())
