"""Reads what a detector's card holds for people: JSON that its trainer wrote, so nothing in it is taken for granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.data.model_card import Card


@dataclass(frozen=True, slots=True)
class Loud:
    """One of the loudest rows: its id, its p-value, the columns to blame, and by column the surprise and what was expected."""

    row: str
    p: float
    blamed: tuple[str, ...]
    cells: Mapping[str, tuple[float, str | None]]


def known(card: Card) -> bool:
    """Whether the card holds any picture: detectors that learn no rows, such as of traffic, draw none."""
    return isinstance(card.get("picture"), Mapping)


def calibration(card: Card) -> list[dict[str, float]]:
    """Budgets with the shares that were flagged: `budget`, `held_back` and `newest`, where they are known."""
    return [_numbers(each) for each in _list(card, "calibration") if "budget" in _numbers(each)]


def columns(card: Card) -> list[tuple[str, float]]:
    """Columns with their mean surprise, the loudest first."""
    return [(str(each["column"]), _number(each.get("surprise"))) for each in _list(card, "columns") if isinstance(each, Mapping) and "column" in each]


def points(card: Card) -> list[tuple[float, float, float]]:
    """Rows as points: x, y and the p-value."""
    told = [[_number(number) for number in each] for each in _list(card, "points") if isinstance(each, Sequence)]
    return [(each[0], each[1], each[2]) for each in told if len(each) == 3]


def loudest(card: Card) -> list[Loud]:
    """The loudest rows of the newest batch, the loudest first."""
    return [_loud(each) for each in _list(card, "rows") if isinstance(each, Mapping) and "row" in each]


def _loud(told: Mapping[str, object]) -> Loud:
    blamed, cells = told.get("blamed"), told.get("cells")
    named = [each for each in (cells if isinstance(cells, Sequence) else ()) if isinstance(each, Mapping)]
    return Loud(
        str(told["row"]),
        _number(told.get("p")),
        tuple(map(str, blamed)) if isinstance(blamed, Sequence) else (),
        {str(each.get("column")): (_number(each.get("surprise")), _text(each.get("expected"))) for each in named},
    )


def _list(card: Card, name: str) -> Sequence[object]:
    picture = card.get("picture")
    told = picture.get(name) if isinstance(picture, Mapping) else None
    return told if isinstance(told, Sequence) and not isinstance(told, str) else ()


def _numbers(told: object) -> dict[str, float]:
    items = told.items() if isinstance(told, Mapping) else ()
    return {str(name): float(each) for name, each in items if isinstance(each, int | float)}


def _number(told: object) -> float:
    return float(told) if isinstance(told, int | float) else 0.0


def _text(told: object) -> str | None:
    return None if told is None else str(told)
