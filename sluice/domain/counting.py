"""Count things in words."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    Example:
        >>> counted(1, "row"), counted(1200, "row"), counted(2, "batch")
        ('1 row', '1,200 rows', '2 batches')
    """
    many = f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else many}"
