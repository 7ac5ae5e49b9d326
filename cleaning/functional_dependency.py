"""Fill and correct a column that another column determines: the brand of an item, the category of a product line."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cleaning.history import read_published
from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, repeat_until_stable, unchanged
from cleaning.similarity import most_similar, similarity
from sluice.domain import ROW, Batch, Cleaned, Schema, Verdict
from sluice.ports import Snapshot

_PUBLISHED_WEIGHT = 3.0  # votes of a published row, which was judged; a row of the batch has one
_PRIOR_DISSENT = 0.3  # votes against the majority that every group starts with: a single row proves little
_HOLDS = 0.9  # share of votes for the majority of their group from which the dependency holds in general
_TYPO_RATIO = 5.0  # how many times more frequent the intended word is than its typo, at least
_MIN_SIMILARITY = 0.8  # lowest similarity of a typo and the intended word


@dataclass(frozen=True)
class FunctionalDependency:
    """Learn which value of `dependent` goes with each value of `determinant`, from published rows and from the batch.

    The confidence of a value is its share of the votes of its group, lowered where the group is small and where the dependency does
    not hold in general. A cell that is nearly the value of its group is a typo of it, which raises the confidence. A value that was
    never published, in a group without a majority, is compared with the whole vocabulary of the column.

    Attributes:
        schema: Schema of the dataset.
        determinant: Column that determines the other.
        dependent: Column that is determined.
        correct_typos: True where values are words that can be misspelt; set it to false for ids.
        min_confidence: Lowest confidence of a repair that is applied (0 to 1).
        min_candidate_confidence: Lowest confidence of a Candidate that is recorded (0 to 1).

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("items", columns=(Column("line"), Column("brand")))
        >>> batch = make_batch(schema, {"line": ["Amber Bay"] * 20, "brand": ["Nordwind"] * 18 + [None, "Nordwnid"]})
        >>> cleaned = FunctionalDependency(schema, "line", "brand").clean(batch, [], MemorySnapshot())
        >>> cleaned.batch.rows["brand"].to_list()[-2:]
        ['Nordwind', 'Nordwind']
    """

    schema: Schema
    determinant: str
    dependent: str
    correct_typos: bool = True
    min_confidence: float = 0.9
    min_candidate_confidence: float = 0.6

    def __post_init__(self) -> None:
        """Reject columns that the schema does not declare."""
        unknown = [name for name in (self.determinant, self.dependent) if name not in self.schema.names]
        if unknown or self.determinant == self.dependent:
            wrong, declared = ", ".join(unknown) or self.determinant, ", ".join(self.schema.names)
            raise ValueError(f"determinant and dependent must name two declared columns; {wrong} is not one of {declared}")

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Fill empty cells and correct contradicting ones with enough confidence; the rest are Candidates."""
        if not {self.determinant, self.dependent} <= set(batch.rows.columns):
            return unchanged(batch)
        published = read_published(snapshot, self.schema.dataset, [self.determinant, self.dependent])
        if published is not None and not self.correct_typos:  # without a vocabulary, only the groups of the batch matter
            published = published.join(batch.rows, on=self.determinant, how="semi")
        history = [] if published is None else [self._pairs(published).with_columns(votes=_PUBLISHED_WEIGHT)]

        def clean_once(batch: Batch) -> Cleaned:
            pairs = self._pairs(batch.rows, ROW)
            votes = pl.concat([pairs.select("group", "value", pl.lit(1.0).alias("votes")), *history]).drop_nulls("value")
            return apply_proposals(batch, [Proposal(self.dependent, self._cells(pairs, votes))], "functional_dependency", self.min_confidence)

        return repeat_until_stable(batch, clean_once)

    def _pairs(self, rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
        return rows.select(*columns, pl.col(self.determinant).alias("group"), pl.col(self.dependent).alias("value"))

    def _cells(self, rows: pl.DataFrame, votes: pl.DataFrame) -> pl.DataFrame:
        majorities = _majorities(votes.drop_nulls("group"))
        vocabulary = dict(votes.group_by("value", maintain_order=True).agg(pl.col("votes").sum()).iter_rows())
        pairs = rows.select("group", "value").unique(maintain_order=True).join(majorities, on="group", how="left", maintain_order="left")
        doubtful = pairs.filter(pl.col("value").ne_missing(pl.col("best")) | (pl.col("share") < self.min_confidence))
        proposals = [self._propose(value, best, share or 0.0, vocabulary) for _, value, best, share in doubtful.iter_rows()]
        proposed = doubtful.select(
            "group",
            "value",
            pl.Series(NEW, [value for value, _, _ in proposals], dtype=rows.schema["value"]),
            pl.Series(CONFIDENCE, [confidence for _, confidence, _ in proposals], dtype=pl.Float64),
            pl.Series(MESSAGE, [message for _, _, message in proposals], dtype=pl.String),
        ).filter((pl.col(CONFIDENCE) >= self.min_candidate_confidence) & pl.col(NEW).is_not_null())
        return rows.join(proposed, on=["group", "value"], how="inner", nulls_equal=True, maintain_order="left").select(ROW, NEW, CONFIDENCE, MESSAGE)

    def _propose(self, value: object, best: object, share: float, vocabulary: Mapping[object, float]) -> tuple[object, float, str]:
        """Return the value that should stand in a cell, its confidence and the reason."""
        if value is None:
            return best, share, f"missing; filled from the rows with the same {self.determinant}"
        if best is None or best == value:
            return self._correct_spelling(value, vocabulary)
        if self.correct_typos and isinstance(value, str) and isinstance(best, str) and vocabulary[value] * _TYPO_RATIO <= vocabulary[best]:
            alike = similarity(value, best)
            if alike >= _MIN_SIMILARITY:
                return best, share + (1 - share) * alike, f"a typo of the value that its {self.determinant} determines"
        return best, share, f"differs from the value that its {self.determinant} determines"

    def _correct_spelling(self, value: object, vocabulary: Mapping[object, float]) -> tuple[object, float, str]:
        """Return the frequent word that a rare value is a typo of."""
        if not self.correct_typos or not isinstance(value, str):
            return None, 0.0, ""
        frequent = [word for word, votes in vocabulary.items() if isinstance(word, str) and votes >= _TYPO_RATIO * vocabulary[value]]
        match = most_similar(value, frequent, _MIN_SIMILARITY)
        if match is None:
            return None, 0.0, ""
        word, alike = match
        return word, 1 - (1 - alike) * math.sqrt(vocabulary[value] / vocabulary[word]), "a typo of a frequent value"


def _majorities(votes: pl.DataFrame) -> pl.DataFrame:
    """Return for each group its `best` value (null on a tie) and the `share` of the votes for it.

    Where the dependency does not hold in general, all shares are multiplied by the share of votes that follow it.
    """
    counts = votes.group_by("group", "value", maintain_order=True).agg(pl.col("votes").sum())
    top = pl.col("votes") == pl.col("votes").max()
    groups = counts.group_by("group", maintain_order=True).agg(
        pl.when(top.sum() == 1).then(pl.col("value").filter(top).first()).alias("best"), pl.col("votes").max().alias("most"), pl.col("votes").sum().alias("all")
    )
    informative = groups.filter(pl.col("all") >= 2)
    holds = float(informative["most"].sum()) / float(informative["all"].sum()) if informative.height else 1.0
    return groups.select("group", "best", (pl.col("most") / (pl.col("all") + _PRIOR_DISSENT) * (1.0 if holds >= _HOLDS else holds)).alias("share"))
