"""Find out which units stand beside numbers that did not cast, so that a held row names its unit."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sluice.domain import EVIDENCE, ROW, Column, Message, message_column
from sluice.domain.units import conversion_factor, currency_codes, name_unit

_AROUND = r"^([^\d+.,()-]*)[+-]?\(?(?:\d[\d.,' \x{a0}\x{202f}\x{2019}]*|[.,]\d+)\)?(.*)$"


def foreign_units(texts: pl.Series, column: Column) -> pl.Series:
    """Return the unit or currency beside each number that is not of the column's own quantity; null where there is none, or none that is known.

    Args:
        texts: Cells that did not cast.
        column: Their column.

    Example:
        >>> foreign_units(pl.Series(["19.99 USD", "$5", "5 €", "n/a"]), Column("price", "number", unit="EUR")).to_list()
        ['USD', '$', None, None]
    """
    parts = texts.str.strip_chars().str.extract_groups(_AROUND).struct.unnest()
    beside = (parts[parts.columns[0]] + parts[parts.columns[1]]).str.strip_chars()
    names = beside.drop_nulls().unique()
    units = pl.Series([_foreign(name, column.unit) for name in names], dtype=pl.String)
    return beside.replace_strict(names, units, default=None, return_dtype=pl.String)


def _foreign(name: str, declared: str | None) -> str | None:
    unit = name_unit(name)
    if unit is None or declared is None:
        return unit
    is_own = declared.upper() in currency_codes(name) or conversion_factor(unit, declared) is not None or unit == declared
    return None if is_own else unit


def unit_evidence(failing: pl.DataFrame, column: Column) -> pl.DataFrame:
    """Return the evidence (schema EVIDENCE) of the failing rows whose number has a foreign unit.

    Args:
        failing: `_row_id` and `text` of the cells that did not cast.
        column: Their column.
    """
    units = failing.select(ROW, unit=foreign_units(failing["text"], column)).drop_nulls("unit")
    params: Mapping[str, pl.Expr] = {"column": pl.lit(column.name), "unit": pl.col("unit")}
    message = message_column("unit_undeclared", **params) if column.unit is None else message_column("unit_differs", **params, declared=pl.lit(column.unit))
    blamed = pl.lit([column.name], dtype=pl.List(pl.String))
    return units.select(ROW, columns=blamed, score=pl.lit(None, pl.Float64), message=message, expected=pl.lit(None, pl.String)).cast(EVIDENCE)


def units_of(evidence: pl.DataFrame) -> frozenset[str]:
    """Return the units that the evidence names."""
    texts = evidence["message"].unique() if evidence.height else ()
    return frozenset(str(Message.loads(text).params["unit"]) for text in texts)


def unit_message(foreign: frozenset[str], column: Column) -> Message:
    """Return what is wrong with the cells of a column that did not cast: of another type, or in foreign units."""
    if not foreign:
        return Message.of("wrong_type", column=column.name, type=column.type)
    units = sorted(foreign)
    if column.unit is None:
        return Message.of("wrong_type_or_units_undeclared", column=column.name, type=column.type, units=tuple(units))
    return Message.of("wrong_type_or_unit", column=column.name, type=column.type, declared=column.unit, units=tuple(units))
