"""Let several sources of one thing vote on its values: many sites that report the times of one flight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, unchanged, unparsed_cells
from cleaning.source_claims import agreement_of_sources, claims_of, winners
from sluice.domain import ROW, Batch, Cleaned, Schema, Verdict, message_column
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Snapshot

_AGREEING = 0.75  # mean share of the winners from which the sources agree on a column
_MIN_SHARE, _MIN_SHARE_DISPUTED = 0.6, 0.8  # share of the votes that a winner needs, in a column on which they agree and in another
_OWN_WAY = 0.1  # share of a source's claims that win, below which it writes the column in its own way


@dataclass(frozen=True)
class SourceVote:
    """Compare what several sources say of the same thing; where nearly all agree, fill and correct the others.

    The vote of a source weighs by how often it agrees with the winners, in all columns (the independent case of ACCU: Dong, Berti-Equille
    and Srivastava, "Integrating conflicting data", 2009). Three sources must agree. A column on which they often disagree needs a
    clearer majority. A source that hardly ever agrees on a column writes it in its own way, or lacks it, and is left alone.

    Attributes:
        schema: Schema of the dataset.
        source: Column that names the source of a row.
        thing: Columns that identify what a row is about; one row per source and thing.
        columns: Columns whose values are the same whatever the source.
        min_sources: Number of sources that must agree.
        min_confidence: Lowest confidence of a repair that is applied (0 to 1).

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("flights", columns=(Column("site"), Column("flight"), Column("departs")))
        >>> cells = {"site": list("abcd") * 2, "flight": ["LH1"] * 4 + ["LH2"] * 4, "departs": ["7:10", "7:10", "7:10", "7:01"] + ["8:30"] * 4}
        >>> cleaned = SourceVote(schema, "site", ("flight",), ("departs",)).clean(make_batch(schema, cells), [], MemorySnapshot())
        >>> cleaned.batch.rows["departs"].to_list()[:4]
        ['7:10', '7:10', '7:10', '7:10']
    """

    schema: Schema
    source: str
    thing: tuple[str, ...]
    columns: tuple[str, ...]
    min_sources: int = 3
    min_confidence: float = 0.9

    def __post_init__(self) -> None:
        """Reject columns that the schema does not declare, and columns with two roles."""
        named = (self.source, *self.thing, *self.columns)
        unknown = [name for name in named if name not in self.schema.names]
        if unknown or not self.thing or not self.columns or len(set(named)) < len(named):
            wrong, declared = ", ".join(unknown) or "one of them twice, or none", ", ".join(self.schema.names)
            raise make_error(InvalidValue, "vote_undeclared", names=wrong, columns=declared)

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Fill and correct the cells on which the other sources agree; other differences are Candidates."""
        if not {self.source, *self.thing, *self.columns} <= set(batch.rows.columns):
            return unchanged(batch)
        claims = claims_of(batch.rows, self.source, self.thing, self.columns)
        winning = winners(claims)
        own_way = agreement_of_sources(claims, winning).filter((pl.col("wins") == 0) | (pl.col("wins") < _OWN_WAY * pl.col("stated")))
        proposals = [self._proposal(batch.rows, column, claims, winning, own_way) for column in self.columns]
        return apply_proposals(batch, proposals, "source_vote", self.min_confidence)

    def _proposal(self, rows: pl.DataFrame, column: str, claims: pl.DataFrame, winning: pl.DataFrame, own_way: pl.DataFrame) -> Proposal:
        """Propose the winners of one column to the sources that say something else, or nothing."""
        agreed = winning.filter((pl.col("column") == column) & (pl.col("sources") >= self.min_sources))
        mean_share = float(winning.filter((pl.col("column") == column) & (pl.col("claims") > 1))["share"].mean() or 0.0)  # type: ignore[arg-type]  # the mean of floats
        enough = pl.col("share") >= (_MIN_SHARE if mean_share >= _AGREEING else _MIN_SHARE_DISPUTED)
        differing = (
            claims.filter(pl.col("column") == column)
            .join(own_way, on=["source", "column"], how="anti", maintain_order="left")
            .join(agreed, on=["thing", "column"], how="inner", maintain_order="left")
            .filter(pl.col("value").ne_missing(pl.col("winner")))
        )
        uncast = unparsed_cells(rows).filter(pl.col("column") == column)[ROW]  # says something, though not what
        message = pl.when(pl.col("value").is_null()).then(message_column("filled_by_sources")).otherwise(message_column("differs_from_sources"))
        cells = differing.filter(~pl.col(ROW).is_in(uncast.implode())).select(
            ROW,
            pl.col("winner").alias(NEW),
            pl.when(enough).then(0.9 + pl.col("share") / 10).otherwise(pl.col("share")).clip(0, 1).alias(CONFIDENCE),
            message.alias(MESSAGE),
        )
        return Proposal(column, cells.with_columns(pl.col(NEW).cast(rows.schema[column])))
