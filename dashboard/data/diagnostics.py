"""Read the diagnostics of a detector's card: JSON that its trainer wrote, so that no field is taken for granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.data.model_card import Card, items, max_fpr, number, numbers_of, records


@dataclass(frozen=True, slots=True)
class AnomalousRow:
    """Describe one of the most anomalous rows.

    Attributes:
        row: Its id.
        p_value: Its p-value.
        blamed: Columns that caused the score, most important first.
        cells: By column its contribution to the score and the expected value.
    """

    row: str
    p_value: float
    blamed: tuple[str, ...]
    cells: Mapping[str, tuple[float, str | None]]


def has_diagnostics(card: Card) -> bool:
    """Return whether the card holds any; detectors of traffic and of drift have none."""
    return isinstance(card.get("diagnostics", card.get("picture")), Mapping)


def calibration(card: Card) -> list[dict[str, float]]:
    """Return nominal false positive rates with the shares that were flagged: `max_fpr`, `held_back` and `newest`, where they are known."""
    levels = [(max_fpr(record), numbers_of(record)) for record in records(_field(card, "calibration"))]
    return [{"max_fpr": level, **{name: values[name] for name in ("held_back", "newest") if name in values}} for level, values in levels if level is not None]


def column_contributions(card: Card) -> list[tuple[str, float]]:
    """Return the columns with their mean contribution to the anomaly scores, largest first."""
    return [(str(record["column"]), number(record.get("surprise")) or 0.0) for record in records(_field(card, "columns")) if "column" in record]


def points(card: Card) -> list[tuple[float, float, float]]:
    """Return rows as points: x, y and the p-value."""
    rows = [[number(value) or 0.0 for value in point] for point in items(_field(card, "points")) if isinstance(point, Sequence)]
    return [(row[0], row[1], row[2]) for row in rows if len(row) == 3]


def most_anomalous(card: Card) -> list[AnomalousRow]:
    """Return the most anomalous rows of the newest batch, most anomalous first."""
    return [_anomalous_row(record) for record in records(_field(card, "rows")) if "row" in record]


def _anomalous_row(record: Mapping[str, object]) -> AnomalousRow:
    cells = {str(cell.get("column")): (number(cell.get("surprise")) or 0.0, _text(cell.get("expected"))) for cell in records(record.get("cells"))}
    return AnomalousRow(str(record["row"]), number(record.get("p")) or 0.0, tuple(map(str, items(record.get("blamed")))), cells)


def _field(card: Card, name: str) -> object:
    diagnostics = card.get("diagnostics", card.get("picture"))
    return diagnostics.get(name) if isinstance(diagnostics, Mapping) else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
