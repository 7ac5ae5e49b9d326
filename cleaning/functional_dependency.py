"""Fills and mends a column that another one determines: the brand of an item, the category of a product line."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cleaning.history import published
from cleaning.repair import NEW, SURE, WHY, Proposal, mend, settle, untouched
from cleaning.similarity import likeness, likest
from sluice.domain import ROW, Batch, Cleaned, Schema, Verdict
from sluice.ports import Snapshot

_PAST = 3.0  # a published row was judged: it counts as much as three that just arrived
_DOUBT = 0.3  # votes against the majority that every group starts with: a single row proves little
_HOLDS = 0.9  # share of votes that follow their group's majority, from which the dependency is believed
_COMMON = 5.0  # a typo is at least this many times rarer than the word that was meant
_ALIKE = 0.8  # lowest likeness of a typo and the word that was meant


@dataclass(frozen=True)
class FunctionalDependency:
    """Learns from published rows and the batch's own which value of `column` goes with each value of `by`.

    How sure a value is: its share of its group's votes, damped where the group is small and where the dependency does not
    hold in general. A cell that is nearly the group's value is a typo of it, which raises the confidence. A value that was never
    published and stands in a group that tells nothing is compared with the column's whole vocabulary.

    Attributes:
        schema: The dataset's.
        determinant: The column that determines.
        dependent: The text or other column that is determined.
        correct_typos: Whether values are words that can be misspelt; set it to false for ids.
        min_confidence: Lowest confidence that is applied.
        min_candidate_confidence: Lowest confidence that is recorded at all.
    """

    schema: Schema
    determinant: str
    dependent: str
    correct_typos: bool = True
    min_confidence: float = 0.9
    min_candidate_confidence: float = 0.6

    def __post_init__(self) -> None:
        """Refuse columns that the schema does not declare."""
        unknown = [name for name in (self.determinant, self.dependent) if name not in self.schema.names]
        if unknown or self.determinant == self.dependent:
            wrong, declared = ", ".join(unknown) or self.determinant, ", ".join(self.schema.names)
            raise ValueError(f"determinant and dependent must name two declared columns; {wrong} is not one of {declared}")

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Fill what is empty and mend what contradicts, where that is sure; the rest are Candidates."""
        if not {self.determinant, self.dependent} <= set(batch.rows.columns):
            return untouched(batch)
        known = published(snapshot, self.schema.dataset, [self.determinant, self.dependent])
        if known is not None and not self.correct_typos:  # without a vocabulary, other groups tell nothing
            known = known.join(batch.rows, on=self.determinant, how="semi")
        seen = [] if known is None else [_pairs(known, self.determinant, self.dependent).with_columns(votes=_PAST)]

        def once(batch: Batch) -> Cleaned:
            own = _pairs(batch.rows, self.determinant, self.dependent, ROW)
            votes = pl.concat([own.select("by", "value", pl.lit(1.0).alias("votes")), *seen]).drop_nulls("value")
            return mend(batch, [Proposal(self.dependent, self._cells(own, votes))], "functional_dependency", self.min_confidence)

        return settle(batch, once)

    def _cells(self, own: pl.DataFrame, votes: pl.DataFrame) -> pl.DataFrame:
        groups = _groups(votes.drop_nulls("by"))
        words = dict(votes.group_by("value", maintain_order=True).agg(pl.col("votes").sum()).iter_rows())
        pairs = own.select("by", "value").unique(maintain_order=True).join(groups, on="by", how="left", maintain_order="left")
        doubtful = pairs.filter(pl.col("value").ne_missing(pl.col("best")) | (pl.col("share") < self.min_confidence))
        told = [self._read(value, best, share or 0.0, words) for _, value, best, share in doubtful.iter_rows()]
        mended = doubtful.select(
            "by",
            "value",
            pl.Series(NEW, [each[0] for each in told], dtype=own.schema["value"]),
            pl.Series(SURE, [each[1] for each in told], dtype=pl.Float64),
            pl.Series(WHY, [each[2] for each in told], dtype=pl.String),
        ).filter((pl.col(SURE) >= self.min_candidate_confidence) & pl.col(NEW).is_not_null())
        return own.join(mended, on=["by", "value"], how="inner", nulls_equal=True, maintain_order="left").select(ROW, NEW, SURE, WHY)

    def _read(self, value: object, best: object, share: float, words: Mapping[object, float]) -> tuple[object, float, str]:
        """The value that should stand there, how sure that is, and why."""
        if value is None:
            return best, share, f"missing; its {self.determinant} tells it"
        if best is None or best == value:
            return self._spelled(value, words)
        if self.correct_typos and isinstance(value, str) and isinstance(best, str) and words[value] * _COMMON <= words[best]:
            alike = likeness(value, best)
            if alike >= _ALIKE:
                return best, share + (1 - share) * alike, f"a typo of what its {self.determinant} tells"
        return best, share, f"not what its {self.determinant} tells"

    def _spelled(self, value: object, words: Mapping[object, float]) -> tuple[object, float, str]:
        """The word of the vocabulary that a rare value is a typo of."""
        if not self.correct_typos or not isinstance(value, str):
            return None, 0.0, ""
        common = [word for word, votes in words.items() if isinstance(word, str) and votes >= _COMMON * words[value]]
        found = likest(value, common, _ALIKE)
        if found is None:
            return None, 0.0, ""
        word, alike = found
        return word, 1 - (1 - alike) * math.sqrt(words[value] / words[word]), "a typo of a common value"


def _pairs(rows: pl.DataFrame, by: str, column: str, *more: str) -> pl.DataFrame:
    return rows.select(*more, pl.col(by).alias("by"), pl.col(column).alias("value"))


def _groups(votes: pl.DataFrame) -> pl.DataFrame:
    """For each value of `by` its `best` value (null where two have as many votes), and the `share` of the votes that it has.

    Where the dependency does not hold in general, all shares are damped by how well it holds.
    """
    counted = votes.group_by("by", "value", maintain_order=True).agg(pl.col("votes").sum())
    top = pl.col("votes") == pl.col("votes").max()
    groups = counted.group_by("by", maintain_order=True).agg(
        pl.when(top.sum() == 1).then(pl.col("value").filter(top).first()).alias("best"), pl.col("votes").max().alias("most"), pl.col("votes").sum().alias("all")
    )
    telling = groups.filter(pl.col("all") >= 2)
    holds = float(telling["most"].sum()) / float(telling["all"].sum()) if telling.height else 1.0
    return groups.select("by", "best", (pl.col("most") / (pl.col("all") + _DOUBT) * (1.0 if holds >= _HOLDS else holds)).alias("share"))
