"""Fill and correct a column that other columns determine: the brand of an item, the category of a product line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from cleaning.dependency_votes import VOTES, Opinion, Votes, count_votes, values_of
from cleaning.history import read_published
from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, repeat_until_stable, unchanged
from cleaning.typo_test import TypoTest, typo_test
from cleaning.value_counts import count_rows
from sluice.domain import ROW, Batch, Cleaned, Message, Schema, Tally, Verdict
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot
from sluice.rules.typos import is_slip
from sluice.rules.value_kinds import COUNT, VALUE

_TYPO_RATIO = 5.0  # how many times more frequent the intended word is than its typo, at least
_OFTEN = 30.0  # votes (of 10 published rows, or 30 of the batch) from which a value is a word that others are slips of
_NOTHING: tuple[object, float, Message] = (None, 0.0, Message.of("differs_from_determined", columns=()))

Change = tuple[object, float, Message]  # new value, confidence, reason


@dataclass(frozen=True)
class FunctionalDependency:
    """Learn which value of `dependent` goes with each value of `determinant`, from published rows and from the batch.

    An empty cell gets the value of its group. A value is corrected only where it is a typo of the value of its group: a few edits
    apart, rare, and the majority of no group; of a code, where it lacks the form of the column. A value that merely differs is a
    Candidate: it may be a change. Where several columns determine the same one, all that say anything must agree.

    Attributes:
        schema: Schema of the dataset.
        determinant: Column that determines the other.
        dependent: Column that is determined.
        confirmed_by: Further columns that determine it.
        fill: True where empty cells are filled.
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
    confirmed_by: tuple[str, ...] = ()
    fill: bool = True
    correct_typos: bool = True
    min_confidence: float = 0.9
    min_candidate_confidence: float = 0.6

    def __post_init__(self) -> None:
        """Reject columns that the schema does not declare."""
        unknown = [name for name in (self.determinant, self.dependent, *self.confirmed_by) if name not in self.schema.names]
        if unknown or self.dependent in self._determinants:
            wrong, declared = ", ".join(unknown) or self.dependent, ", ".join(self.schema.names)
            raise make_error(InvalidValue, "dependency_undeclared", names=wrong, columns=declared)

    @property
    def _determinants(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.determinant, *self.confirmed_by)))

    @property
    def needs(self) -> Needs:
        """Return that it asks for the counts of equal rows, whose distinct values it holds in memory."""
        return Needs()

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Fill empty cells and correct typos with enough confidence; the rest are Candidates."""
        determinants = [name for name in self._determinants if name in batch.rows.columns]
        if not {self.determinant, self.dependent} <= set(batch.rows.columns):
            return unchanged(batch)
        names = [*determinants, self.dependent]
        published = read_published(snapshot, self.schema.dataset, names)
        before = None if published is None else count_rows(published, names, VOTES)

        def clean_once(batch: Batch) -> Cleaned:
            counted = batch.part.total(f"votes on {self.dependent}", Tally(count_rows(batch.rows, names, VOTES), tuple(names))).counts
            batch.part.wait()  # the votes of some parts are hardly ever those of all
            votes, rows = count_votes(counted, before, determinants, self.dependent), batch.rows.select(ROW, *names)
            proposal = Proposal(self.dependent, self._cells(rows, votes, self._typo_test(counted, before)))
            return apply_proposals(batch, [proposal], "functional_dependency", self.min_confidence)

        return repeat_until_stable(batch, clean_once)

    def _cells(self, rows: pl.DataFrame, votes: Votes, typos: TypoTest) -> pl.DataFrame:
        opinions = votes.opinions(rows, self.dependent)
        names = opinions.columns[:-1]
        changes = [self._propose(value, opinion, votes, typos) for value, opinion in opinions.select(self.dependent, "_opinion").iter_rows()]
        proposed = opinions.select(
            *names,
            pl.Series(NEW, [value for value, _, _ in changes], dtype=rows.schema[self.dependent]),
            pl.Series(CONFIDENCE, [confidence for _, confidence, _ in changes], dtype=pl.Float64),
            pl.Series(MESSAGE, [message.dumps() for _, _, message in changes], dtype=pl.String),
        ).filter((pl.col(CONFIDENCE) >= self.min_candidate_confidence) & pl.col(NEW).is_not_null())
        return rows.join(proposed, on=names, how="inner", nulls_equal=True, maintain_order="left").select(ROW, NEW, CONFIDENCE, MESSAGE)

    def _propose(self, value: object, opinion: Opinion, votes: Votes, typos: TypoTest) -> Change:
        """Return the value that should stand in a cell, its confidence and the reason."""
        best, share, columns = opinion.best, opinion.share, opinion.determinants
        if value is None:
            return (best, share, Message.of("filled_by_determinant", columns=columns)) if self.fill else _NOTHING
        if best is None:
            return self._correct_slip(value, votes) if typos.kind == "words" else _NOTHING
        if isinstance(value, str) and isinstance(best, str) and self._is_rare(value, best, votes) and typos.accepts(value, best, len(columns)):
            return best, share + (1 - share) / 2, typos.message(columns)
        return best, min(share, self.min_confidence - 0.01), Message.of("differs_from_determined", columns=columns)

    def _is_rare(self, value: str, best: str, votes: Votes) -> bool:
        """Return True where a value is the majority of no group, and much rarer than the one that it may be a typo of."""
        return value not in votes.accepted and votes.totals[value] * _TYPO_RATIO <= votes.totals[best]

    def _correct_slip(self, value: object, votes: Votes) -> Change:
        """Return the frequent word that a value without a group is a slip of the fingers of; None where there are two."""
        if not isinstance(value, str) or votes.totals[value] > 1:
            return _NOTHING
        words = [word for word in votes.frequent(_OFTEN) if isinstance(word, str) and is_slip(value, word)]
        return (words[0], 0.92, Message.of("slip_of_frequent")) if len(words) == 1 else _NOTHING

    def _typo_test(self, counted: pl.DataFrame, published: pl.DataFrame | None) -> TypoTest:
        """Return the test that tells a typo, by the kind of the column's values, published and in the batch."""
        if not self.correct_typos or counted.schema[self.dependent] != pl.String:
            return TypoTest("text", {})
        parts = [values_of(counted, self.dependent)]
        if published is not None:
            parts.append(values_of(published.with_columns(pl.col(self.dependent).cast(pl.String)), self.dependent))
        counts = pl.concat(parts).group_by(VALUE).agg(pl.col(COUNT).sum()).sort(COUNT, VALUE, descending=[True, False])
        return typo_test(self.dependent, counts)
