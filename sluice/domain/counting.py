"""Count things in words."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    Example:
        >>> counted(1, "row"), counted(1200, "row"), counted(2, "batch"), counted(2, "entry")
        ('1 row', '1,200 rows', '2 batches', '2 entries')
    """
    many = f"{noun}es" if noun.endswith("ch") else f"{noun[:-1]}ies" if noun.endswith("ry") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else many}"
