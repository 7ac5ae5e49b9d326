"""Finds products that are listed twice under different keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from cleaning.repair import untouched
from cleaning.repeats import KEPT, fingerprint, not_evaluated, repeats
from sluice.domain import ROW, Batch, Cleaned, OnFail, Schema, Verdict
from sluice.ports import Snapshot

_RULE = "record_linkage"
_WORD = "\\p{N}+(?:[.,/x*\u00d7]\\p{N}+)+|[\\p{L}\\p{N}]+"  # a size such as 30/32 or 1.4 is one word: 30 and 32 are in 32/30 too
_INSTEAD, _BESIDES = 3.0, 0.5


@dataclass(frozen=True)
class RecordLinkage:
    """Flags rows that describe the same product as an earlier row of the batch under another key.

    Two rows are compared where they share one of their rarest words. They match where their texts hold nearly the
    same words, in any order, and where the columns of `exact_columns` and `numeric_columns` do not contradict each other. A rule about the whole table.

    Attributes:
        schema: The dataset's.
        text_columns: The text columns that describe a product; the first outside the key unless named.
        exact_columns: Columns that must not differ where both rows fill them, such as the brand.
        numeric_columns: Number columns that may differ by no more than a tenth, such as the price.
        min_similarity: Lowest likeness (0 to 1) of a match.
        on_fail: What happens to the later row: flag, or quarantine.
    """

    schema: Schema
    text_columns: tuple[str, ...] = ()
    exact_columns: tuple[str, ...] = ()
    numeric_columns: tuple[str, ...] = ()
    min_similarity: float = 0.9
    on_fail: OnFail = "flag"

    def __post_init__(self) -> None:
        """Refuse columns that the schema does not declare, and a likeness that is none."""
        unknown = [name for name in (*self.text_columns, *self.exact_columns, *self.numeric_columns) if name not in self.schema.names]
        if unknown or not self._text:
            wrong, declared = ", ".join(unknown) or "none", ", ".join(self.schema.names)
            raise ValueError(f"text_columns, exact_columns and numeric_columns must name declared columns; {wrong} is not one of {declared}")
        if not 0 < self.min_similarity <= 1:
            raise ValueError("min_similarity must lie between 0 and 1")

    @property
    def _text(self) -> tuple[str, ...]:
        return self.text_columns or tuple(each.name for each in self.schema.columns if each.type == "string" and each.name not in self.schema.key)[:1]

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Say in `held` which rows are twins; changes no cell."""
        columns = (*self._text, *self.exact_columns, *self.numeric_columns)
        if not set(columns) <= set(batch.rows.columns):
            return replace(untouched(batch), held=[not_evaluated(_RULE, columns, "a column is missing", self.on_fail)])
        if not batch.whole:
            return replace(untouched(batch), held=[replace(not_evaluated(_RULE, columns, "about a whole table", self.on_fail), status="skipped")])
        found = self.twins(batch.rows)
        message = "a product is listed once"
        return replace(
            untouched(batch),
            held=[repeats(batch.rows, found, rule=_RULE, columns=columns, message=message, fingerprint=fingerprint(self), on_fail=self.on_fail)],
        )

    def twins(self, rows: pl.DataFrame) -> pl.DataFrame:
        """One row a twin: `_row_id`, and in `_kept` the first row that it matches."""
        words = tokens(rows.select(pl.concat_str(self._text, separator=" ", ignore_nulls=True)).to_series())
        alike = likeness(words, pairs(words)).filter(pl.col("likeness") >= self.min_similarity)
        side = rows.select(ROW, *self.exact_columns, *self.numeric_columns).with_row_index("place")
        met = alike.join(side, left_on="left", right_on="place").join(side, left_on="right", right_on="place", suffix="_right")
        same = [(pl.col(name) == pl.col(f"{name}_right")).fill_null(value=True) for name in self.exact_columns]
        near = [((pl.col(name) - pl.col(f"{name}_right")).abs() <= 0.1 * pl.col(name).abs()).fill_null(value=True) for name in self.numeric_columns]
        matched = met.filter(*same, *near).sort("right", "left")
        return matched.group_by("right", maintain_order=True).first().select(pl.col(f"{ROW}_right").alias(ROW), pl.col(ROW).alias(KEPT))


def likeness(words: pl.DataFrame, compared: pl.DataFrame) -> pl.DataFrame:
    """How alike the words of each pair are, weighted by how rare they are: from 0 to 1, where both hold the same words in any order.

    Words that each side has in the other's stead tell variants apart (another colour, another size) and weigh more than words that
    one side merely has besides.
    """
    total = words.group_by("place").agg(pl.col("weight").sum())
    left = compared.join(words, left_on="left", right_on="place")
    shared = left.join(words, left_on=["right", "word"], right_on=["place", "word"]).group_by("left", "right").agg(pl.col("weight").sum().alias("shared"))
    told = shared.join(total, left_on="left", right_on="place").join(total, left_on="right", right_on="place", suffix="_right")
    one, other = pl.col("weight") - pl.col("shared"), pl.col("weight_right") - pl.col("shared")
    apart = _INSTEAD * pl.min_horizontal(one, other) + _BESIDES * (one - other).abs()
    return told.select("left", "right", likeness=pl.col("shared") / (pl.col("shared") + apart))


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
