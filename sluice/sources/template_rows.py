"""Read from the first cell of a template in which rows its names and its data stand, as Amazon's listing templates state it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAMES, _DATA = re.compile(r"\battributeRow=(\d+)"), re.compile(r"\bdataRow=(\d+)")
_FORMER = re.compile(r"\s*TemplateType=", re.IGNORECASE)


def stated_rows(first: Sequence[str]) -> tuple[int, int] | None:
    """Return the row of the names and the first row of the data, counted from 1; None where the first row does not state them.

    Args:
        first: Cells of the first row.

    Example:
        >>> stated_rows(["settings=attributeRow=5&contentLanguageTag=en_US&dataRow=7&labelRow=4"]), stated_rows(["TemplateType=fptcustom", "Version=2021"])
        ((5, 7), (3, 4))
        >>> stated_rows(["sku", "title"]) is None
        True
    """
    cell = next(iter(first), "")
    names, data = _NAMES.search(cell), _DATA.search(cell)
    if names and data:
        return int(names[1]), int(data[1])
    return (3, 4) if _FORMER.match(cell) else None


def below_template(records: Sequence[tuple[int, Sequence[str]]]) -> tuple[int, int] | None:
    """Return the positions of the names and of the first data among numbered rows; None where the first row states none, or there are no such rows.

    Args:
        records: Numbers of the rows, counted from 1, and their cells.
    """
    stated = stated_rows(records[0][1]) if records else None
    if stated is None:
        return None
    positions = {number: position for position, (number, _) in enumerate(records)}
    names, data = stated
    return (positions[names], next((positions[row] for row in sorted(positions) if row >= data), len(records))) if names in positions else None
