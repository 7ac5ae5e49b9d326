"""Give every column of a file one name, as its header nearly says."""

from __future__ import annotations

from collections.abc import Sequence


def tidy_names(header: Sequence[str], requested: Sequence[str] | None = None) -> list[str]:
    """Return one name for each cell of a header: without blanks around it, `column_3` where it is empty, `Phone_2` where it comes again.

    A name that differs from a requested one in capitals or blanks alone becomes that one, unless the header has it already.

    Args:
        header: Cells of the header.
        requested: Names that are declared.

    Example:
        >>> tidy_names([" Phone", "Phone", "", "SKU"], ["sku"])
        ['Phone', 'Phone_2', 'column_3', 'sku']
    """
    stripped = [cell.strip().strip("\ufeff\u200b") for cell in header]
    declared = {_folded(name): name for name in requested or () if name not in stripped}
    names: list[str] = []
    for number, cell in enumerate(stripped, start=1):
        base = declared.pop(_folded(cell), cell) or f"column_{number}"
        names.append(_unique(base, {*names, *stripped[number:]} if base in names else set(names)))
    return names


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _unique(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(choice for number in range(2, len(taken) + 3) if (choice := f"{name}_{number}") not in taken)
