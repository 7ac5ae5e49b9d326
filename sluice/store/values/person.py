"""Search everything of one person: their identifiers, the personal cells of their rows, and wherever else these stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from sluice.rules.pseudonyms import PersonPseudonyms, is_identifying, is_pseudonym
from sluice.store.values.key_rows import KeyQuery, KeyRows


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
    """Search a person; a pseudonym stands in the place of each of their cells.

    Attributes:
        plan: What is searched.
    """

    def __init__(self, plan: ErasurePlan, pseudonyms: PersonPseudonyms) -> None:
        """Keep the plan, and what gives cells their pseudonyms."""
        self.plan, self._pseudonyms = plan, pseudonyms
        super().__init__(plan.key_rows, plan.values)

    def is_erasable(self, cell: str) -> bool:
        """Return whether a cell of a personal column is erased: every one, but for pseudonyms."""
        return not is_pseudonym(cell)

    def suffix(self, text: str) -> str:
        """Return the pseudonym of a text; nothing stands before it."""
        return self._pseudonyms.of(text)

    def digests(self) -> list[str]:
        """Return keyed digests of the cells that identify the person, such as a name or an address."""
        return sorted({self._pseudonyms.pseudonyms.digest(text) for text in self.texts if is_identifying(text)})


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
