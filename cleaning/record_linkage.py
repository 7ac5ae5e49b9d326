"""Detect products that are listed twice under different keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from cleaning.repair import unchanged
from cleaning.repeats import ORIGINAL, duplicate_verdict, fingerprint_of, not_evaluated_verdict
from sluice.domain import ROW, Batch, Cleaned, Message, OnFail, Schema, Verdict, message_column
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Snapshot

_RULE = "record_linkage"
_WORD_PATTERN = "\\p{N}+(?:[.,/x*\u00d7]\\p{N}+)+|[\\p{L}\\p{N}]+"  # a size such as 30/32 or 1.4 is one token: 32/30 contains 30 and 32 too
_SUBSTITUTION, _ADDITION = 3.0, 0.5  # penalties: tokens that each text has instead of the other's, tokens that one text has in addition


@dataclass(frozen=True)
class RecordLinkage:
    """Flag rows that describe the same product as an earlier row of the batch under another key.

    Two rows are compared where they share one of their rarest tokens (blocking). They match where their texts hold nearly the
    same tokens, in any order, and where `exact_columns` and `numeric_columns` do not contradict. The rule is about the whole table.

    Attributes:
        schema: Schema of the dataset.
        text_columns: Text columns that describe a product; the first text column outside the key by default.
        exact_columns: Columns that must not differ where both rows hold a value, such as the brand.
        numeric_columns: Number columns that may differ by no more than a tenth, such as the price.
        min_similarity: Lowest similarity of a match (0 to 1).
        on_fail: Action on the later row: flag, or quarantine.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", "snapshot", ("id",), (Column("id"), Column("title")))
        >>> titles = ["Tarn oak table 90 cm", "Table, oak, Tarn 90 cm", "Tarn oak table 120 cm"]
        >>> batch = make_batch(schema, {"id": ["a", "b", "c"], "title": titles})
        >>> (verdict,) = RecordLinkage(schema).clean(batch, [], MemorySnapshot()).held
        >>> verdict.failing.to_list()
        [False, True, False]
    """

    schema: Schema
    text_columns: tuple[str, ...] = ()
    exact_columns: tuple[str, ...] = ()
    numeric_columns: tuple[str, ...] = ()
    min_similarity: float = 0.9
    on_fail: OnFail = "flag"

    def __post_init__(self) -> None:
        """Reject columns that the schema does not declare, and a similarity out of range."""
        unknown = [name for name in (*self.text_columns, *self.exact_columns, *self.numeric_columns) if name not in self.schema.names]
        if unknown or not self._text_columns:
            wrong, declared = ", ".join(unknown) or "none", ", ".join(self.schema.names)
            raise make_error(InvalidValue, "linkage_undeclared", names=wrong, columns=declared)
        if not 0 < self.min_similarity <= 1:
            raise make_error(InvalidValue, "similarity_unfit")

    @property
    def _text_columns(self) -> tuple[str, ...]:
        return self.text_columns or tuple(column.name for column in self.schema.columns if column.type == "string" and column.name not in self.schema.key)[:1]

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Report duplicates in `held`; no cell changes."""
        return replace(unchanged(batch), held=[self._verdict(batch)])

    def _verdict(self, batch: Batch) -> Verdict:
        columns = (*self._text_columns, *self.exact_columns, *self.numeric_columns)
        if missing := tuple(name for name in columns if name not in batch.rows.columns):
            return not_evaluated_verdict(_RULE, columns, Message.of("column_needed", columns=missing), self.on_fail)
        if not batch.whole:
            return replace(not_evaluated_verdict(_RULE, columns, Message.of("whole_batch_only"), self.on_fail), status="skipped")
        return duplicate_verdict(
            batch,
            self.find_duplicates(batch.rows),
            rule=_RULE,
            columns=columns,
            message=Message.of("listed_twice"),
            row_message=message_column("listed_twice_of", row=pl.col(ORIGINAL)),
            fingerprint=fingerprint_of(self, _RULE),
            on_fail=self.on_fail,
        )

    def find_duplicates(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return one row per duplicate: `_row_id`, and in `_original` the first row that it matches."""
        tokens = tokenize(rows.select(pl.concat_str(self._text_columns, separator=" ", ignore_nulls=True)).to_series())
        similar = score_pairs(tokens, candidate_pairs(tokens)).filter(pl.col("similarity") >= self.min_similarity)
        fields = rows.select(ROW, *self.exact_columns, *self.numeric_columns).with_row_index("position")
        pairs = similar.join(fields, left_on="left", right_on="position").join(fields, left_on="right", right_on="position", suffix="_right")
        exact = [(pl.col(name) == pl.col(f"{name}_right")).fill_null(value=True) for name in self.exact_columns]
        near = [((pl.col(name) - pl.col(f"{name}_right")).abs() <= 0.1 * pl.col(name).abs()).fill_null(value=True) for name in self.numeric_columns]
        matches = pairs.filter(*exact, *near).sort("right", "left")
        return matches.group_by("right", maintain_order=True).first().select(pl.col(f"{ROW}_right").alias(ROW), pl.col(ROW).alias(ORIGINAL))


def tokenize(texts: pl.Series) -> pl.DataFrame:
    """Split texts into tokens: one row per token with `position` (of its text), `token` and `weight`, its inverse document frequency.

    A token that occurs again in a text is another token there: a terracotta planter in terracotta differs from one in moss.
    """
    words = pl.DataFrame({"text": texts.str.to_lowercase()}).with_row_index("position")
    tokens = (
        words.with_columns(token=pl.col("text").str.extract_all(_WORD_PATTERN)).select("position", "token").explode("token", empty_as_null=False).drop_nulls()
    )
    occurrence = pl.int_range(pl.len()).over("position", "token")
    tokens = tokens.with_columns(token=pl.when(occurrence > 0).then(pl.concat_str("token", occurrence, separator="#")).otherwise("token"))
    return tokens.with_columns(weight=(texts.len() / pl.len().over("token")).log1p())


def candidate_pairs(tokens: pl.DataFrame, *, keys: int = 5, max_texts: int = 50) -> pl.DataFrame:
    """Return the pairs of positions (`left` < `right`) that share one of their rarest tokens that are not unique.

    Args:
        tokens: Tokens as `tokenize` returns them.
        keys: Number of rarest tokens of a text that are compared.
        max_texts: Tokens in more texts than this make no pairs, so that the work grows with the rows and not with their square.
    """
    shared = tokens.with_columns(texts=pl.len().over("token")).filter(pl.col("texts").is_between(2, max_texts))
    rank = pl.struct("texts", "token").rank("ordinal").over("position")
    rarest = shared.filter(rank <= keys).select("position", "token")
    pairs = rarest.join(rarest, on="token", suffix="_right").filter(pl.col("position") < pl.col("position_right"))
    return pairs.select(left="position", right="position_right").unique().sort("left", "right")


def score_pairs(tokens: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Compute the `similarity` of each pair, weighted by how rare the tokens are: 0 to 1, where both texts hold the same tokens in any order.

    Tokens that each text has instead of the other's mark variants (another colour, another size) and weigh more than tokens that
    one text has in addition.
    """
    total = tokens.group_by("position").agg(pl.col("weight").sum())
    left = pairs.join(tokens, left_on="left", right_on="position")
    shared = left.join(tokens, left_on=["right", "token"], right_on=["position", "token"]).group_by("left", "right").agg(pl.col("weight").sum().alias("shared"))
    weighted = shared.join(total, left_on="left", right_on="position").join(total, left_on="right", right_on="position", suffix="_right")
    only_left, only_right = pl.col("weight") - pl.col("shared"), pl.col("weight_right") - pl.col("shared")
    penalty = _SUBSTITUTION * pl.min_horizontal(only_left, only_right) + _ADDITION * (only_left - only_right).abs()
    return weighted.select("left", "right", similarity=pl.col("shared") / (pl.col("shared") + penalty))
