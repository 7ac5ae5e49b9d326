"""Define conditions on a cell and the one before it; missing cells are ignored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from checks.polars_core.domain import Domain


def _ordered(compare: Callable[[Any, Any], Any]) -> Callable[[Domain], pl.Expr]:
    def build(domain: Domain) -> pl.Expr:
        cell = domain.only(domain.cell, ~domain.missing)
        before = cell.forward_fill().shift(1)
        further: pl.Expr = compare(cell, before) | before.is_null()
        return further if domain.settings.get("strictly") else further | (cell == before)

    return build


CONDITIONS: Mapping[str, Callable[[Domain], pl.Expr]] = {
    "column_values.increasing": _ordered(lambda cell, before: cell > before),
    "column_values.decreasing": _ordered(lambda cell, before: cell < before),
}
