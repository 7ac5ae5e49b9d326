"""Read a model's card: JSON that its trainer wrote, so that no field is taken for granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Card = Mapping[str, object]


def numbers(card: Card, name: str) -> dict[str, float]:
    """Return the numbers directly below a field, such as the metrics of the champion."""
    return numbers_of(card.get(name))


def overall_metrics(card: Card, name: str) -> dict[str, float]:
    """Return the metrics over all users and items: `recall@20`, and not `recall@20 new users`."""
    return {metric: value for metric, value in numbers(card, name).items() if " " not in metric}


def segment_metrics(card: Card, name: str) -> dict[str, dict[str, float]]:
    """Return the metrics of each segment, such as `new users`, by metric."""
    segments: dict[str, dict[str, float]] = {}
    for field, value in numbers(card, name).items():
        metric, _, segment = field.partition(" ")
        if segment:
            segments.setdefault(segment, {})[metric] = value
    return segments


def candidates(card: Card) -> dict[str, dict[str, float]]:
    """Return the metrics of every candidate that was compared on the same hold-out, by its name."""
    metrics = card.get("metrics")
    if not isinstance(metrics, Mapping):
        return {}
    nested = {str(name): numbers_of(value) for name, value in metrics.items() if isinstance(value, Mapping)}
    return {name: values for name, values in nested.items() if values} or ({"": numbers_of(metrics)} if numbers_of(metrics) else {})


def training_runs(card: Card) -> list[tuple[str, float | None]]:
    """Return the ids of the runs that the model was trained on, each with its score."""
    runs = card.get("runs")
    if isinstance(runs, Mapping):
        return [(str(run), number(score)) for run, score in runs.items()]
    return [_training_run(run) for run in items(runs)]


def is_full_fit(card: Card) -> bool:
    """Return whether the model was fitted on its whole history, and not updated from the version before."""
    return card.get("updates") == 0


def scalar_fields(card: Card) -> dict[str, str]:
    """Return all fields with a single value as text: rows, seed, kind, snapshot."""
    return {
        str(name): f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
        for name, value in card.items()
        if isinstance(value, str | int | float)
    }


def max_fpr(card: Card) -> float | None:
    """Return the false positive rate that a detector guarantees; older cards call it `budget`."""
    return number(card.get("max_fpr", card.get("budget")))


def guarantee(card: Card) -> str:
    """Return the kind of a detector's guarantee: marginal, conditional or fdr; older cards call it `promise`."""
    stored = str(card.get("guarantee", card.get("promise")) or "marginal")
    return {"budget": "marginal", "sure": "conditional"}.get(stored, stored)


def texts(value: object) -> dict[str, str]:
    """Return the texts of a mapping, by name."""
    return {str(name): text for name, text in value.items() if isinstance(text, str)} if isinstance(value, Mapping) else {}


def records(value: object) -> list[Mapping[str, object]]:
    """Return the mappings of a list; none where the value is not a list."""
    return [record for record in items(value) if isinstance(record, Mapping)]


def items(value: object) -> Sequence[object]:
    """Return the items of a list; none where the value is not a list."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def numbers_of(value: object) -> dict[str, float]:
    """Return the numbers of a mapping, by name."""
    if not isinstance(value, Mapping):
        return {}
    parsed = {str(name): number(field) for name, field in value.items()}
    return {name: field for name, field in parsed.items() if field is not None}


def number(value: object) -> float | None:
    """Return a field as a number; None where it is not one."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _training_run(value: object) -> tuple[str, float | None]:
    if isinstance(value, Mapping):
        return str(value.get("id", value.get("run", ""))), number(value.get("score"))
    fields = items(value)
    if fields:
        return str(fields[0]), number(fields[1]) if len(fields) > 1 else None
    return str(value), None
