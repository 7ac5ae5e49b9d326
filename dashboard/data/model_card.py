"""Reads a model's card: JSON that its trainer wrote, so nothing in it is taken for granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Card = Mapping[str, object]


def figures(card: Card, name: str) -> dict[str, float]:
    """The numbers directly under a name, such as the metrics of what serves."""
    return _numbers(card.get(name))


def whole(card: Card, name: str) -> dict[str, float]:
    """The numbers directly under a name that are about everything: `recall@20`, and not `recall@20 new users`."""
    return {metric: value for metric, value in figures(card, name).items() if " " not in metric}


def parts(card: Card, name: str) -> dict[str, dict[str, float]]:
    """The others: of each part, such as `new users`, the numbers by their metric."""
    found: dict[str, dict[str, float]] = {}
    for told, value in figures(card, name).items():
        metric, _, part = told.partition(" ")
        if part:
            found.setdefault(part, {})[metric] = value
    return found


def candidates(card: Card) -> dict[str, dict[str, float]]:
    """The metrics of everything that was compared on the same hold-out, by its name."""
    told = card.get("metrics")
    if not isinstance(told, Mapping):
        return {}
    nested = {str(name): _numbers(each) for name, each in told.items() if isinstance(each, Mapping)}
    return {name: each for name, each in nested.items() if each} or ({"": _numbers(told)} if _numbers(told) else {})


def learned_from(card: Card) -> list[tuple[str, float | None]]:
    """The ids of the runs that it learned from, each with its score."""
    told = card.get("runs")
    if isinstance(told, Mapping):
        return [(str(run), number(score)) for run, score in told.items()]
    if isinstance(told, Sequence) and not isinstance(told, str):
        return [_run(each) for each in told]
    return []


def whole_fit(card: Card) -> bool:
    """Was it fitted from its whole history, and not learned on from the version before."""
    return card.get("updates") == 0


def facts(card: Card) -> dict[str, str]:
    """Everything else that is one value: rows, seed, kind, snapshot."""
    return {
        str(name): f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
        for name, value in card.items()
        if isinstance(value, str | int | float)
    }


def texts(told: object) -> dict[str, str]:
    """The texts of a part of a card, by name."""
    return {str(name): each for name, each in told.items() if isinstance(each, str)} if isinstance(told, Mapping) else {}


def _run(told: object) -> tuple[str, float | None]:
    if isinstance(told, Mapping):
        return str(told.get("id", told.get("run", ""))), number(told.get("score"))
    if isinstance(told, Sequence) and not isinstance(told, str) and told:
        return str(told[0]), number(told[1]) if len(told) > 1 else None
    return str(told), None


def _numbers(told: object) -> dict[str, float]:
    if not isinstance(told, Mapping):
        return {}
    return {str(name): found for name, each in told.items() if (found := number(each)) is not None}


def number(value: object) -> float | None:
    """A number of a card; None where it is none."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
