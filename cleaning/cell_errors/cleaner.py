"""Repair cells as labelled rows teach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from cleaning.cell_errors.calibration import Calibration, calibrate
from cleaning.cell_errors.dropped_words import dropped_words, taught_words
from cleaning.cell_errors.evidence import Reference, gather
from cleaning.cell_errors.labels import LabelledRow
from cleaning.cell_errors.model import CellModel
from cleaning.cell_errors.stored_labels import read_labelled
from cleaning.cell_errors.table import Table
from cleaning.cells import as_text
from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, unchanged
from sluice.domain import ROW, Batch, Cleaned, Schema, Verdict, message_column
from sluice.ports import Snapshot
from sluice.rules.labels import comparable_columns

_SUSPECT = 0.5  # probability from which a value is proposed at all
_UNSTABLE = 0.5  # factor of the confidence of what is proposed alone

Words = frozenset[str]
Taught = tuple[CellModel, Calibration, tuple[Words, ...]]  # with the words that labels take off in each column


@dataclass(frozen=True)
class CellErrors:
    """Learn from labelled rows which cells are wrong, and repair those of later batches.

    The labels are a dataset with the columns `row` (id of a published row), `column`, `value` and `answer` (a name of
    the answer, a part of the key, so that different answers for a row do not collide), as `sluice label` writes them. Rows are
    compared with published ones, as these arrived, so that what is said of a row does not depend on its batch. The confidence is the
    calibrated probability that a cell is wrong, times that of its new value. A row whose repair would be repaired once more is left as it is, and so is a
    cell from which a word would be taken off that no label takes off.

    Attributes:
        schema: Schema of the dataset.
        dataset: Dataset of the labels.
        columns: Columns to compare and repair; all but the key and personal ones by default.
        min_rows: Number of labelled rows from which it says anything.
        min_confidence: Lowest confidence of a repair that is applied (0 to 1).
        seed: Seed of the model.

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("beers", key=("id",), columns=(Column("id"), Column("size")))
        >>> batch = make_batch(schema, {"id": ["1"], "size": ["12 oz"]})
        >>> CellErrors(schema, "labels").clean(batch, [], MemorySnapshot()).batch.rows["size"].to_list()  # no label teaches anything yet
        ['12 oz']
    """

    schema: Schema
    dataset: str
    columns: tuple[str, ...] = ()
    min_rows: int = 5
    min_confidence: float = 0.9
    seed: int = 0

    def __post_init__(self) -> None:
        """Reject columns that the schema does not declare, and personal ones."""
        comparable_columns(self.schema, self.columns)

    @property
    def compared(self) -> tuple[str, ...]:
        """Return the columns that are compared and repaired."""
        return comparable_columns(self.schema, self.columns)

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Repair the cells that are surely wrong; other suspects are Candidates."""
        if not set(self.compared) <= set(batch.rows.columns) or batch.rows.is_empty():
            return unchanged(batch)
        labelled = read_labelled(snapshot, self.schema.dataset, self.compared, self.dataset)
        taught = _learn(labelled.table.columns, tuple(labelled.labels), self.seed) if len(labelled.labels) >= self.min_rows else None
        if taught is None:
            return unchanged(batch)
        proposals = self._propose(batch.rows, taught)
        once = self._apply(batch, proposals)
        again = self._apply(once.batch, self._propose(once.batch.rows, taught)).repairs.filter("applied")[ROW].unique()
        return once if again.is_empty() else self._apply(batch, [_lowered(proposal, again, self.min_confidence) for proposal in proposals])

    def _apply(self, batch: Batch, proposals: Sequence[Proposal]) -> Cleaned:
        return apply_proposals(batch, proposals, "cell_errors", self.min_confidence)

    def _propose(self, rows: pl.DataFrame, taught: Taught) -> list[Proposal]:
        """Return the values for the suspicious cells, one proposal a column."""
        model, calibration, words = taught
        evidence = model.evidence_on(Table.of(as_text(rows, self.compared).select(self.compared)))
        probabilities = calibration.probabilities(model.detector.probabilities(evidence))
        ids = rows[ROW].to_list()
        proposals = []
        for place, name in enumerate(self.compared):
            cells = [(row, place) for row in range(len(ids)) if probabilities[row, place] > _SUSPECT]
            best = model.repairer.best(evidence, cells)
            texts = {one.row: evidence.table.cell(one.row, place) for one in best}
            trusted = [(one, self._trust(one.confidence, texts[one.row], one.value, words[place])) for one in best]
            values = {ids[one.row]: (one.value, float(probabilities[one.row, place]) * confidence) for one, confidence in trusted}
            proposals.append(_proposal(name, values, rows.schema[name]))
        return proposals

    def _trust(self, confidence: float, text: str, new: str, taught: Words) -> float:
        """Return the confidence of a value; one that takes off a word which no label took off is never applied, but proposed."""
        return confidence if not new or dropped_words(text, new) <= taught else min(confidence, self.min_confidence) * _UNSTABLE


@lru_cache(maxsize=2)
def _learn(columns: tuple[tuple[str, ...], ...], labels: tuple[LabelledRow, ...], seed: int) -> Taught | None:
    """Return what labels teach; fitted once for as long as neither they nor the rows change. None where they are too few, or of one kind."""
    reference = Reference.of(Table(tuple(map(str, range(len(columns)))), columns))
    evidence = gather(reference)
    calibration = calibrate(evidence, labels, seed)
    words = tuple(taught_words(reference.table, labels, place) for place in range(len(columns)))
    return None if calibration is None else (CellModel.fit(reference, evidence, labels, seed), calibration, words)


def _proposal(column: str, values: Mapping[str, tuple[str, float]], dtype: pl.DataType) -> Proposal:
    """Return the proposal of texts for cells; an empty one empties the cell, and one that does not cast is left out."""
    texts = pl.Series(NEW, [value or None for value, _ in values.values()], dtype=pl.String)
    cells = pl.DataFrame({ROW: pl.Series(list(values), dtype=pl.String), CONFIDENCE: pl.Series([sure for _, sure in values.values()], dtype=pl.Float64)})
    read = cells.with_columns(typed(texts, dtype), message_column("wrong_by_labels").alias(MESSAGE))
    return Proposal(column, read.filter(texts.is_null() | read[NEW].is_not_null()).select(ROW, NEW, CONFIDENCE, MESSAGE))


def _lowered(proposal: Proposal, rows: pl.Series, least: float) -> Proposal:
    """Return a proposal that is applied in none of some rows."""
    unstable = pl.col(ROW).is_in(rows.implode())
    lowered = pl.min_horizontal(CONFIDENCE, pl.lit(least)) * _UNSTABLE
    return Proposal(proposal.column, proposal.cells.with_columns(pl.when(unstable).then(lowered).otherwise(CONFIDENCE).alias(CONFIDENCE)))


def typed(texts: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Return texts as `as_text` writes them in the type of their column; null where one is no such value."""
    if dtype == pl.Date:
        return texts.str.to_date("%Y-%m-%d", strict=False)
    if isinstance(dtype, pl.Datetime):
        return texts.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%:z", time_unit=dtype.time_unit, strict=False)
    if dtype == pl.Boolean:
        return texts.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    return texts.cast(dtype, strict=False)
