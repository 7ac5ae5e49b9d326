"""Count which value of a column the other columns of its row speak for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from sluice.rules.value_kinds import COUNT, VALUE

VOTES = "_votes"  # column with the number of equal rows

_PUBLISHED_WEIGHT = 3.0  # votes of a published row, which was judged; a row of the batch has one
_HOLDS = 0.9  # share of votes for the majority of their group from which a dependency holds in general
_PRIOR_DISSENT = 0.3  # votes against the majority that every group starts with: a single row proves little
_MIN_VOTES = 3.0  # votes of a group, that of the cell itself left out, below which it says nothing


@dataclass(frozen=True, slots=True)
class Opinion:
    """Describe what the determinants of a cell say of its value.

    Attributes:
        best: Value that all determinants which say anything agree on; None where they do not.
        share: Largest share of the votes for it among them (0 to 1), lowered where the dependency does not hold in general.
        determinants: Names of those that speak for it.
    """

    best: object
    share: float
    determinants: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Votes:
    """Hold the votes for each value of one column, in the groups that several determinants form.

    Attributes:
        groups: For each determinant: `group`, `best` (null on a tie), `most` votes, `all` votes.
        holds: For each determinant, the factor by which its shares are multiplied.
        totals: Votes for each value, over all rows.
        accepted: Values that are the majority of a group of two votes or more, among all rows or in the batch alone: a group that
            changes as a whole is no typo.
    """

    groups: Mapping[str, pl.DataFrame]
    holds: Mapping[str, float]
    totals: Mapping[object, float]
    accepted: frozenset[object]

    def opinions(self, rows: pl.DataFrame, dependent: str) -> pl.DataFrame:
        """Return each distinct row of determinants and dependent that some determinant doubts, or whose value occurs once, with `_opinion`.

        Args:
            rows: Rows of the batch.
            dependent: Column that is determined.
        """
        names = list(self.groups)
        distinct = rows.select(*names, dependent).unique(maintain_order=True)
        for name, groups in self.groups.items():
            renamed = groups.select(pl.col("group").alias(name), *(pl.col(part).alias(f"{part} {name}") for part in ("best", "most", "all")))
            distinct = distinct.join(renamed, on=name, how="left", maintain_order="left")
        once = pl.Series([value for value, votes in self.totals.items() if votes <= 1], dtype=rows.schema[dependent])
        doubts = [pl.col(dependent).is_null() | pl.col(f"best {name}").ne_missing(pl.col(dependent)) for name in names]
        doubts.append(pl.col(dependent).is_in(once.implode()))  # alone in its group, it may still be a slip of a published value
        doubtful = distinct.filter(pl.any_horizontal(*doubts))
        opinions = [self._opinion(row[dependent], row) for row in doubtful.iter_rows(named=True)]
        return doubtful.select(*names, dependent).with_columns(pl.Series("_opinion", opinions, dtype=pl.Object))

    def frequent(self, votes: float) -> list[object]:
        """Return the values with a number of votes, or more."""
        return [value for value, total in self.totals.items() if total >= votes]

    def _opinion(self, value: object, row: Mapping[str, object]) -> Opinion:
        shares: dict[str, float] = {}
        best: list[object] = []
        for name in self.groups:
            majority, most, everything = row[f"best {name}"], row[f"most {name}"], row[f"all {name}"]
            others = float(everything or 0) - (value is not None)  # type: ignore[arg-type]  # a number of votes
            if row[name] is None or others < _MIN_VOTES:
                continue
            if majority is None or majority == value:
                return Opinion(None, 0.0, ())
            best.append(majority)
            shares[name] = float(most) / (others + _PRIOR_DISSENT) * self.holds[name]  # type: ignore[arg-type]
        if not best or any(majority != best[0] for majority in best):
            return Opinion(None, 0.0, ())
        return Opinion(best[0], min(1.0, max(shares.values())), tuple(shares))


def count_votes(counted: pl.DataFrame, published: pl.DataFrame | None, determinants: Sequence[str], dependent: str) -> Votes:
    """Count the votes of rows for the values of a column, in the groups of each determinant.

    Args:
        counted: The distinct rows of the batch, and the number of each in `_votes`: a row has one vote.
        published: The same of the published rows, which were judged and have more votes; None where there are none.
        determinants: Columns that determine the other.
        dependent: Column that is determined.
    """
    parts = [(counted, 1.0), *([] if published is None else [(published, _PUBLISHED_WEIGHT)])]
    groups, holds, accepted = {}, {}, set()
    for name in determinants:
        voted = [part.select(pl.col(name).alias("group"), pl.col(dependent).alias("value"), (pl.col(VOTES) * weight).alias("votes")) for part, weight in parts]
        groups[name] = _majorities(pl.concat(voted).drop_nulls())
        holds[name] = _general_share(groups[name])
        accepted |= _accepted(groups[name]) | _accepted(_majorities(voted[0].drop_nulls()))
    totals: dict[object, float] = {}
    for part, weight in parts:
        for value, count in values_of(part, dependent).iter_rows():
            totals[value] = totals.get(value, 0) + weight * count
    return Votes(groups, holds, totals, frozenset(accepted))


def values_of(counted: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return the values of one column and their counts (`value`, `count`) from counted rows; nulls are left out."""
    values = counted.select(pl.col(name).alias(VALUE), pl.col(VOTES).alias(COUNT)).drop_nulls()
    return values.group_by(VALUE).agg(pl.col(COUNT).sum())


def _majorities(votes: pl.DataFrame) -> pl.DataFrame:
    counts = votes.group_by("group", "value", maintain_order=True).agg(pl.col("votes").sum())
    top = pl.col("votes") == pl.col("votes").max()
    best = pl.when(top.sum() == 1).then(pl.col("value").filter(top).first()).alias("best")
    return counts.group_by("group", maintain_order=True).agg(best, pl.col("votes").max().alias("most"), pl.col("votes").sum().alias("all"))


def _accepted(groups: pl.DataFrame) -> set[object]:
    return set(groups.filter(pl.col("all") >= 2)["best"].drop_nulls())


def _general_share(groups: pl.DataFrame) -> float:
    """Return 1 where the dependency holds in general, else the share of the votes that follow it."""
    informative = groups.filter(pl.col("all") >= 2)
    share = float(informative["most"].sum()) / float(informative["all"].sum()) if informative.height else 1.0
    return 1.0 if share >= _HOLDS else share
