"""Recognise personal columns by their names, by their values, and by the table that they are in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import polars as pl

from sluice.rules.naming.column_names import is_identifier, words
from sluice.sources.infer.personal_values import content_of
from sluice.sources.infer.personal_words import COMPOUND_ENDINGS, HAN_PERSONS, HAN_STRONG, HAN_WEAK, NAMES, PAIRS, PERSON_COMPOUNDS, PERSONS, STRONG, WEAK

MIN_STRONG = 2  # personal columns that make a table one about persons
_PERSON_NAME = r"^\p{L}.*[\p{Ll}\p{Lo}]"  # begins with a letter, and is no code in capitals
_NOT_PERSONAL = frozenset({"id", "ids", "type", "method", "count", "status", "verified", "opt", "consent", "domain", "hash", "mac", "page", "web", "mode"})


def personal_columns(rows: pl.DataFrame, table: Sequence[str]) -> Mapping[str, str]:
    """Return the personal columns of a table, each with the reason.

    A name such as `email`, or values such as e-mail addresses, suffice. A name such as `city` counts with a word for a person (`billing_city`), or in a
    table about persons: one named so, or one with other personal columns.

    Args:
        rows: Rows of the table.
        table: Words of its name and of its files' names.

    Example:
        >>> rows = pl.DataFrame({"customer": ["c1"], "Vorname": ["Ann"], "Ort": ["Kiel"], "tier": ["gold"]})
        >>> personal_columns(rows, ["kunden"])
        {'Vorname': 'by its name', 'Ort': 'by its name, in a table about persons'}
    """
    reasons = {cells.name: _own_reason(cells) for cells in rows}
    about_persons = bool(PERSONS & set(table)) or _has_any("".join(table), HAN_PERSONS) or sum(map(bool, reasons.values())) >= MIN_STRONG
    if about_persons:
        reasons |= {cells.name: "by its name, in a table about persons" for cells in rows if not reasons[cells.name] and _is_weak(cells)}
    return {name: reason for name, reason in reasons.items() if reason}


def _own_reason(cells: pl.Series) -> str:
    """Return why a column is personal in any table."""
    if cells.null_count() == len(cells):
        return "by its name" if _is_strong(cells.name) else ""
    if _is_strong(cells.name) and cells.dtype != pl.Boolean:
        return "by its name"
    if _names_person(cells.name) and _is_weak(cells):
        return "by its name"
    content = content_of(cells) if not is_identifier(cells.name) or cells.dtype == pl.String else ""
    return f"holds {content}" if content else ""


def _is_strong(name: str) -> bool:
    parts = words(name)
    if _NOT_PERSONAL & set(parts[-1:]) and not PAIRS & set(pairwise(parts)):
        return False
    compounds = any(part.endswith(COMPOUND_ENDINGS) for part in parts)
    return bool(STRONG & set(parts)) or compounds or bool(PAIRS & set(pairwise(_without_of(parts)))) or _has_any(name, HAN_STRONG)


def _names_person(name: str) -> bool:
    return bool(PERSONS & set(words(name))) or any(part.startswith(PERSON_COMPOUNDS) for part in words(name)) or _has_any(name, HAN_PERSONS)


def _is_weak(cells: pl.Series) -> bool:
    """Return True where a name may be about a person: its weak word stands alone or with words for persons, and a name has the values of names."""
    if _has_any(cells.name, HAN_WEAK):
        return True
    parts = words(cells.name)
    weak = [part for part in parts if part in WEAK or (part.startswith(PERSON_COMPOUNDS) and part.endswith(tuple(NAMES)))]
    others = [
        part for part in parts if part not in WEAK and part not in PERSONS and part not in {"code", "codigo", "of", "de", "der", "number"} and part not in weak
    ]
    if not weak or others or cells.dtype == pl.Boolean:
        return False
    return not any(part.endswith(tuple(NAMES)) for part in weak) or _holds_names(cells)


def _holds_names(cells: pl.Series) -> bool:
    values = cells.drop_nulls()
    return cells.dtype == pl.String and len(values) > 0 and float(values.str.contains(_PERSON_NAME).sum()) >= 0.9 * len(values)


def _without_of(parts: Sequence[str]) -> list[str]:
    return [part for part in parts if part not in {"of", "de", "der"}]


def _has_any(text: str, parts: Collection[str]) -> bool:
    return any(part in text for part in parts)
