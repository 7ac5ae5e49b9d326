"""Name the signs of an error in a cell that need no labels; what a person reads beside a suspect."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from cleaning.cell_errors.table import Floats, Masks, Table
from cleaning.cell_errors.writing import form_test, marker_tests, spelling_test, unit_test, varies_in_length

SIGNS = (
    "missing_word",
    "rarely_empty",
    "encoding",
    "unit",
    "determined",
    "near_duplicate",
    "form",
    "spelling",
    "number",
    "characters",
    "dependency",
    "sources",
    "misplaced",
)
_DAMAGED = re.compile("[Ã¢Â][\x80-\xbf€™œžŸ¡-¿]|\ufffd|&[a-z]+;|&#\\d+;|[\x80-\x9f]")
_MARKED = 0.9  # share of missing cells from which a column is hardly used
_RARE = 0.01  # share of the rows from which a value is no slip
_NUMBERS = 0.8  # share of numbers from which a text among them is a sign
_SHORTEST = 4  # characters of a word that may be misspelt: one letter off, a short code is another one


def signs_of(table: Table, counts: Sequence[Mapping[str, int]], feature: Mapping[str, Floats], misplaced: Masks) -> Masks:
    """Return which signs each cell shows (rows x columns x `SIGNS`).

    Args:
        table: The rows.
        counts: Rows of each value in the reference, by column: what is usual there decides, not what is in the batch.
        feature: Features by name (rows x columns).
        misplaced: Cells that take part in a value that moved.
    """
    missing = table.missing
    rare = (feature["share"] < _RARE) & ~missing & (feature["distinct_share"] < 0.5)
    stated = feature["sources_state"] > 0
    is_word = table.mask([lambda value: len(value) >= _SHORTEST] * table.width)
    alike = (feature["likeness"] > 0.5) & is_word
    varies = np.array([varies_in_length(values) for values in counts], dtype=bool)
    text_among_numbers = (feature["not_a_number"] > 0) & (feature["number_share"] > _NUMBERS)
    signs = {
        "missing_word": table.mask(marker_tests(counts)) & (feature["empty_share"] < _MARKED),
        "rarely_empty": (feature["empty"] > 0) & (feature["empty_share"] < 0.1),
        "encoding": table.mask([_is_damaged] * table.width),
        "unit": table.mask([unit_test(values) for values in counts]),
        "determined": feature["determined_missing"] > 0.5,
        "near_duplicate": rare & alike & ~stated,
        "form": table.mask([form_test(values) for values in counts]) | text_among_numbers,
        "spelling": table.mask([spelling_test(values) for values in counts]),
        "number": (feature["number_distance"] > 15) & (feature["number_share"] > 0.95) & (feature["distinct_share"] < 0.9) & varies,
        "characters": (feature["character_rarity"] > 3.2) & (feature["likeness"] > 0.4) & (feature["share"] < _RARE) & is_word,
        "dependency": ((feature["violation"] > 0.55) | ((feature["violation"] > 0.3) & alike)) & (feature["support"] < feature["violation"]) & ~stated,
        "sources": stated & ((feature["source_doubt"] > 0.5) | missing),
        "misplaced": misplaced,
    }
    return np.stack([signs[name] for name in SIGNS], 2).astype(bool)


def _is_damaged(value: str) -> bool:
    return _DAMAGED.search(value) is not None
