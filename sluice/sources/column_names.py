"""Give every column of a file one name, as its header nearly says."""

from __future__ import annotations

from collections.abc import Sequence


def tidy_names(header: Sequence[str], requested: Sequence[str] | None = None) -> list[str]:
    """Return one name for each cell of a header: without blanks around it, `column_3` where it is empty, `Phone_2` where it comes again.

    Blanks around a name stay where others are declared, since it is reported where such a name is taken for a declared one.

    Args:
        header: Cells of the header.
        requested: Names that are declared; None: not yet.

    Example:
        >>> tidy_names([" Phone", "Phone", "", "SKU"])
        ['Phone', 'Phone_2', 'column_3', 'SKU']
    """
    stripped = [cell.strip().strip("\ufeff\u200b") for cell in header]
    if requested is not None:
        stripped = [cell if cell.strip() and name not in requested else name for cell, name in zip(header, stripped, strict=True)]
    names: list[str] = []
    for number, cell in enumerate(stripped, start=1):
        base = cell or f"column_{number}"
        names.append(_unique(base, {*names, *stripped[number:]} if base in names else set(names)))
    return names


def folded(name: str) -> str:
    """Return a name without its differences in capitals and blanks."""
    return " ".join(name.casefold().split())


def _unique(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(choice for number in range(2, len(taken) + 3) if (choice := f"{name}_{number}") not in taken)
