"""Tell which words a repair takes off: labels that took off `oz` say nothing about `g`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaning.cell_errors.labels import LabelledRow
from cleaning.cell_errors.table import Table

_WORD = re.compile(r"[^\W\d_]+")


def dropped_words(text: str, new: str) -> frozenset[str]:
    """Return the words of a text that another lacks, in small letters.

    Example:
        >>> sorted(dropped_words("340 g", "340")), sorted(dropped_words("12 OZ", "12 oz"))
        (['g'], [])
    """
    return frozenset(_WORD.findall(text.lower())) - frozenset(_WORD.findall(new.lower()))


def taught_words(table: Table, labels: Sequence[LabelledRow], column: int) -> frozenset[str]:
    """Return the words that labels take off in a column, in small letters.

    Args:
        table: The rows.
        labels: Their labels.
        column: Place of the column.
    """
    return frozenset(word for label in labels for word in dropped_words(table.cell(label.row, column), label.right[column]) if label.right[column])
