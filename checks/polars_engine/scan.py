"""Computes any number of values, and the masks of their conditions, in one scan of a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from checks.polars_engine.values import Condition, Value


@dataclass
class Scan:
    """What a scan found.

    Attributes:
        values: One a wanted Value: its finished value, or the exception that it met.
        masks: Boolean Series by the name of their condition: of full length, one bit a row.
        scans: How often the frame was read: 1, unless a value's failure depended on the data.
    """

    values: list[Any]
    masks: dict[str, pl.Series] = field(default_factory=dict)
    scans: int = 0


def scan(frame: pl.DataFrame | pl.LazyFrame, wanted: Sequence[Value]) -> Scan:
    """Compute values together; one that fails fails alone.

    A wrong type is found before any data is read. A failure that depends on the data is rare: then each is computed alone.
    """
    found = Scan([None] * len(wanted))
    fit = _fitting(frame.collect_schema(), wanted, found)
    if not fit:
        return found
    try:
        _compute(frame, wanted, fit, found)
    except Exception:  # noqa: BLE001  # whatever one value meets must not spoil the others
        for index in fit:
            try:
                _compute(frame, wanted, [index], found)
            except Exception as error:  # noqa: BLE001  # it is the value's answer
                found.values[index] = error
    return found


def _fitting(schema: pl.Schema, wanted: Sequence[Value], found: Scan) -> list[int]:
    """The values whose plan has no type error; the errors of the others are their answers."""
    everything = range(len(wanted))
    if type_error(schema, wanted) is None:
        return list(everything)
    for index in everything:
        found.values[index] = type_error(schema, [wanted[index]])
    return [index for index in everything if found.values[index] is None]


def type_error(schema: pl.Schema, wanted: Sequence[Value]) -> Exception | None:
    """What keeps values from being computed of any frame of this schema; found on one row of nulls, for plans do not tell all."""
    try:
        _read(schema.to_frame().clear(1), wanted)
    except Exception as error:  # noqa: BLE001  # Polars raises several kinds, panics among them
        return error
    return None


def _compute(frame: pl.DataFrame | pl.LazyFrame, wanted: Sequence[Value], indices: Sequence[int], found: Scan) -> None:
    chosen = [wanted[index] for index in indices]
    found.scans += 1
    row, masks = _read(frame, chosen)
    for mask in masks:
        found.masks[mask.name] = mask
    for index, value, raw in zip(indices, chosen, row.row(0), strict=True):
        try:
            found.values[index] = value.finish(raw)
        except Exception as error:  # noqa: BLE001  # it is the value's answer
            found.values[index] = error


def _read(frame: pl.DataFrame | pl.LazyFrame, wanted: Sequence[Value]) -> tuple[pl.DataFrame, list[pl.Series]]:
    """Masks as columns first, then everything over them: Polars computes a mask once, however many values look at it."""
    conditions = _conditions(wanted)
    names = list(conditions)
    if isinstance(frame, pl.DataFrame):
        masks = _masked(frame.lazy(), conditions).select(names).collect()
        return _reduced(frame.hstack(masks).lazy(), wanted).collect(), masks.get_columns()
    masked = _masked(frame, conditions)
    row, masks = pl.collect_all([_reduced(masked, wanted), masked.select(names)])
    return row, masks.get_columns()


def _conditions(wanted: Sequence[Value]) -> dict[str, Condition]:
    return {condition.name: condition for value in wanted for condition in value.conditions}


def _masked(lazy: pl.LazyFrame, conditions: dict[str, Condition]) -> pl.LazyFrame:
    return lazy.with_columns(condition.unexpected.alias(name) for name, condition in conditions.items())


def _reduced(masked: pl.LazyFrame, wanted: Sequence[Value]) -> pl.LazyFrame:
    return masked.select(value.expr.alias(str(index)) for index, value in enumerate(wanted))
