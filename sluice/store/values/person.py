"""Search everything of one person: their identifiers, the personal cells of their rows, and wherever else these stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import polars as pl

from sluice.domain import RAW, ROW, STATE
from sluice.rules.pseudonyms import KeyRing, PersonPseudonyms, is_identifying, is_pseudonym
from sluice.store.values.key_rows import KeyQuery, KeyRows, RowsOfKey
from sluice.store.values.query import RowQuery


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """Hold what an erasure searches, so that it can be ended when the rows of the person no longer tell.

    Attributes:
        key_rows: The rows of the person, by dataset.
        values: The person's identifiers.
    """

    key_rows: Mapping[str, KeyRows]
    values: frozenset[str]

    @classmethod
    def of(cls, key_rows: Mapping[str, KeyRows], values: Iterable[str]) -> Self:
        """Return the plan for rows that were read: of other people's cells it holds those alone that equal one of the person's."""
        erasable = {name: replace(rows, cells=frozenset(cell for cell in rows.cells if not is_pseudonym(cell))) for name, rows in key_rows.items()}
        cells = frozenset().union(*(rows.cells for rows in erasable.values()))
        return cls({name: replace(rows, others=rows.others & cells) for name, rows in erasable.items()}, frozenset(values))

    def merge(self, other: ErasurePlan) -> ErasurePlan:
        """Return the plan that searches what either searches."""
        names = {*self.key_rows, *other.key_rows}
        rows = {name: _merge(self.key_rows.get(name), other.key_rows.get(name)) for name in sorted(names)}
        return ErasurePlan({name: one for name, one in rows.items() if one}, self.values | other.values)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as a value of JSON."""
        return {"values": sorted(self.values), "rows": {name: _to_json(rows) for name, rows in self.key_rows.items()}}

    @classmethod
    def from_json(cls, plan: Mapping[str, Any]) -> Self:
        """Return the plan that `to_json` wrote."""
        return cls({name: _from_json(rows) for name, rows in plan["rows"].items()}, frozenset(plan["values"]))


class PersonQuery(KeyQuery):
    """Search a person; a pseudonym stands in the place of each of their cells, or their rows are deleted.

    Attributes:
        plan: What is searched.
        deletes: Whether their rows are deleted.
    """

    def __init__(self, plan: ErasurePlan, pseudonyms: PersonPseudonyms, keys: KeyRing, *, deletes: bool = False) -> None:
        """Keep the plan, what gives cells their pseudonyms, and the keys under which the log of exposures may name the person."""
        self.plan, self.deletes, self._pseudonyms = plan, deletes, pseudonyms
        super().__init__(plan.key_rows, plan.values, keys)

    def in_dataset(self, dataset: str) -> RowQuery:
        """Return what searches the rows of a dataset."""
        rows = super().in_dataset(dataset)
        return _DeletedRows(rows) if self.deletes and isinstance(rows, RowsOfKey) else rows

    def is_erasable(self, cell: str) -> bool:
        """Return whether a cell of a personal column is erased: every one, but for pseudonyms."""
        return not is_pseudonym(cell)

    def suffix(self, text: str) -> str:
        """Return the pseudonym of a text; nothing stands before it."""
        return self._pseudonyms.of(text)

    def digests(self) -> list[str]:
        """Return keyed digests of the cells that identify the person, such as a name or an address."""
        return sorted({self._pseudonyms.pseudonyms.digest(text) for text in self._values if is_identifying(text)})


class _DeletedRows:
    """Search the rows of a person that are deleted, and what else names them."""

    def __init__(self, inner: RowsOfKey) -> None:
        self._inner = inner

    def rows(self, rows: pl.DataFrame) -> pl.Series:
        return self._inner.rows(rows) | (self._inner.own(rows) & _is_filled(rows))

    def replace_in_rows(self, rows: pl.DataFrame, substitute: str) -> pl.DataFrame:
        """Return the rows without the person's: of a table that records repeats, and of landed files, whose rows are counted, with nothing in them."""
        own, replaced = self._inner.own(rows), self._inner.replace_in_rows(rows, substitute)
        if ROW in rows.columns and STATE not in rows.columns:
            return replaced.filter(~own)
        return replaced.with_columns(pl.when(~own).then(replaced[name]).alias(name) for name in _cell_columns(rows))


def _cell_columns(rows: pl.DataFrame) -> list[str]:
    return [name for name in rows.columns if name == RAW or not name.startswith("_")]


def _is_filled(rows: pl.DataFrame) -> pl.Series:
    """Return which rows have any cell."""
    columns = _cell_columns(rows)
    return rows.select(pl.any_horizontal(pl.col(name).is_not_null() for name in columns)).to_series() if columns else pl.Series([False] * rows.height)


def _merge(first: KeyRows | None, second: KeyRows | None) -> KeyRows | None:
    if first is None or second is None:
        return first or second
    keys = {name: first.keys.get(name, frozenset()) | second.keys.get(name, frozenset()) for name in {**first.keys, **second.keys}}
    personal = tuple(dict.fromkeys([*first.personal, *second.personal]))
    return KeyRows(keys, personal, first.ids | second.ids, first.cells | second.cells, first.others | second.others)


def _to_json(rows: KeyRows) -> dict[str, Any]:
    sets = {"ids": sorted(rows.ids), "cells": sorted(rows.cells), "others": sorted(rows.others)}
    return {"keys": {name: sorted(values) for name, values in rows.keys.items()}, "personal": list(rows.personal), **sets}


def _from_json(rows: Mapping[str, Any]) -> KeyRows:
    keys = {name: frozenset(values) for name, values in rows["keys"].items()}
    return KeyRows(keys, tuple(rows["personal"]), *(frozenset(rows[name]) for name in ("ids", "cells", "others")))
