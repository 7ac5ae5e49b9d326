"""Finds products that are listed twice under different keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from cleaning.matching.blocking import pairs, tokens
from cleaning.repair import untouched
from cleaning.repeats import KEPT, fingerprint, not_evaluated, repeats
from sluice.domain import ROW, Batch, Cleaned, OnFail, Schema, Verdict
from sluice.ports import Snapshot

_RULE = "matching"
_INSTEAD, _BESIDES = 3.0, 0.5


@dataclass(frozen=True)
class Matching:
    """Flags rows that describe the same product as an earlier row of the batch under another key.

    Two rows are compared where they share one of their rarest words. They match where their texts hold nearly the
    same words, in any order, and where the columns of `agree` and `close` do not contradict each other. A rule about the whole table.

    Attributes:
        schema: The dataset's.
        text: The text columns that describe a product; the first outside the key unless named.
        agree: Columns that must not differ where both rows fill them, such as the brand.
        close: Number columns that may differ by no more than a tenth, such as the price.
        least: Lowest likeness (0 to 1) of a match.
        on_fail: What happens to the later row: flag, or quarantine.
    """

    schema: Schema
    text: tuple[str, ...] = ()
    agree: tuple[str, ...] = ()
    close: tuple[str, ...] = ()
    least: float = 0.9
    on_fail: OnFail = "flag"

    def __post_init__(self) -> None:
        """Refuse columns that the schema does not declare, and a likeness that is none."""
        unknown = [name for name in (*self.text, *self.agree, *self.close) if name not in self.schema.names]
        if unknown or not self._text:
            raise ValueError(f"text, agree and close must name declared columns; {', '.join(unknown) or 'none'} is not one of {', '.join(self.schema.names)}")
        if not 0 < self.least <= 1:
            raise ValueError("least must lie between 0 and 1")

    @property
    def _text(self) -> tuple[str, ...]:
        return self.text or tuple(each.name for each in self.schema.columns if each.type == "string" and each.name not in self.schema.key)[:1]

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], past: Snapshot) -> Cleaned:
        """Say in `held` which rows are twins; changes no cell."""
        columns = (*self._text, *self.agree, *self.close)
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
        alike = likeness(words, pairs(words)).filter(pl.col("likeness") >= self.least)
        side = rows.select(ROW, *self.agree, *self.close).with_row_index("place")
        met = alike.join(side, left_on="left", right_on="place").join(side, left_on="right", right_on="place", suffix="_right")
        same = [(pl.col(name) == pl.col(f"{name}_right")).fill_null(value=True) for name in self.agree]
        near = [((pl.col(name) - pl.col(f"{name}_right")).abs() <= 0.1 * pl.col(name).abs()).fill_null(value=True) for name in self.close]
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
