"""State what a release would do, before it is done."""

from __future__ import annotations

from dataclasses import dataclass

from sluice.domain.corrections import LeftOut
from sluice.domain.words import GateState


@dataclass(frozen=True, slots=True)
class BatchPreview:
    """State what a release makes of the batch that its rows arrived with.

    Attributes:
        run: Id of the batch.
        rows: Rows of the batch.
        released: Rows that would be published.
        score_before: Score of the batch's published rows now; None where it has none.
        score_after: The same once the rows are published.
        decision_before: Whether the batch may be learned from now.
        decision_after: The same once the rows are published.
    """

    run: str
    rows: int
    released: int
    score_before: float | None
    score_after: float | None
    decision_before: GateState
    decision_after: GateState


@dataclass(frozen=True, slots=True)
class EmptyCells:
    """State how many rows a release publishes with an empty cell of a column, since its text does not cast.

    Attributes:
        column: Name of the column.
        rows: Number of rows.
    """

    column: str
    rows: int


@dataclass(frozen=True, slots=True)
class ReleasePreview:
    """State what a release would do; nothing is published.

    Attributes:
        dataset: Name of the dataset.
        rows: Rows that the request names.
        released: Rows that would be published.
        held: Rows that would stay held, for other rules.
        repeats: Rows that repeat a published row.
        waived: Rules that would be waived.
        critical: Those of them that are critical.
        batches: The batches that the rows arrived with.
        gate_before: Gate of the dataset now.
        gate_after: The same once the rows are published.
        replaced: Published rows that would be replaced; such a release cannot be undone.
        whole: Whether a whole table would be replaced, which cannot be undone either.
        left: Of corrected rows, those that would not be published, by reason.
        empty: Of the rows that would be published, those with an empty cell whose text does not cast, by column.
    """

    dataset: str
    rows: int
    released: int
    held: int
    repeats: int
    waived: tuple[str, ...]
    critical: tuple[str, ...]
    batches: tuple[BatchPreview, ...]
    gate_before: GateState
    gate_after: GateState
    replaced: int = 0
    whole: bool = False
    left: tuple[LeftOut, ...] = ()
    empty: tuple[EmptyCells, ...] = ()
