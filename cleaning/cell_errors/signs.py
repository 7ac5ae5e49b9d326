"""Name the signs of an error in a cell that need no labels; what a person reads beside a suspect."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from cleaning.cell_errors.shapes import runs_of
from cleaning.cell_errors.table import Floats, Masks, Table, is_missing

SIGNS = (
    "missing_word",
    "rarely_empty",
    "encoding",
    "unit",
    "determined",
    "near_duplicate",
    "form",
    "number",
    "characters",
    "dependency",
    "sources",
    "misplaced",
)
_DAMAGED = re.compile("[Ã¢Â][\x80-\xbf€™œžŸ¡-¿]|\ufffd|&[a-z]+;|&#\\d+;|[\x80-\x9f]")
_WITH_UNIT = re.compile(r"[+-]?\d+(?:\.\d+)?\s*([A-Za-z%][A-Za-z%. ]*)")
_USUAL_FORMS, _FORM_SHARE, _RARE_FORM = 3, 0.95, 0.01
_UNIT_SHARE = 0.2  # share of the rows with a number and a unit, below which it is no convention at all
_MARKED = 0.9  # share of missing cells from which a column is hardly used
_MOST_UNITS = 12  # spellings of units in one column
_RARE = 0.01  # share of the rows from which a value is no slip


def signs_of(table: Table, feature: Mapping[str, Floats], misplaced: Masks) -> Masks:
    """Return which signs each cell shows (rows x columns x `SIGNS`).

    Args:
        table: The rows.
        feature: Features by name (rows x columns).
        misplaced: Cells that take part in a value that moved.
    """
    missing = table.missing
    rare = (feature["share"] < _RARE) & ~missing & (feature["distinct_share"] < 0.5)
    stated = feature["sources_state"] > 0
    alike = feature["likeness"] > 0.5
    signs = {
        "missing_word": (feature["marker"] > 0) & (feature["empty_share"] < _MARKED),
        "rarely_empty": (feature["empty"] > 0) & (feature["empty_share"] < 0.1),
        "encoding": table.mask([_is_damaged] * table.width),
        "unit": table.mask([_unit_test(counts) for counts in table.counts]),
        "determined": feature["determined_missing"] > 0.5,
        "near_duplicate": rare & alike & ~stated,
        "form": table.mask([_form_test(counts) for counts in table.counts]),
        "number": (feature["number_distance"] > 15) & (feature["number_share"] > 0.95) & (feature["distinct_share"] < 0.9),
        "characters": (feature["character_rarity"] > 3.2) & (feature["likeness"] > 0.4) & (feature["share"] < _RARE),
        "dependency": ((feature["violation"] > 0.55) | ((feature["violation"] > 0.3) & alike)) & ~stated,
        "sources": stated & ((feature["source_doubt"] > 0.5) | missing),
        "misplaced": misplaced,
    }
    return np.stack([signs[name] for name in SIGNS], 2).astype(bool)


def _is_damaged(value: str) -> bool:
    return _DAMAGED.search(value) is not None


def _unit_test(counts: Counter[str]) -> Callable[[str], bool]:
    stated = sum(count for value, count in counts.items() if not is_missing(value))
    units: Counter[str] = Counter()
    for value, count in counts.items():
        if match := _WITH_UNIT.fullmatch(value):
            units[match.group(1)] += count
    regular = units.total() >= _UNIT_SHARE * max(1, stated) and len(units) <= _MOST_UNITS
    return lambda value: regular and _WITH_UNIT.fullmatch(value) is not None


def _form_test(counts: Counter[str]) -> Callable[[str], bool]:
    forms: Counter[str] = Counter()
    for value, count in counts.items():
        if not is_missing(value):
            forms[runs_of(value)] += count
    total = max(1, forms.total())
    regular = sum(count for _, count in forms.most_common(_USUAL_FORMS)) >= _FORM_SHARE * total
    return lambda value: regular and not is_missing(value) and forms.get(runs_of(value), 0) < _RARE_FORM * total
