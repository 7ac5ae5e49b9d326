"""Find the word that was meant where a setting takes one of a few: the nearest by its letters, or what other tools call it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

_OF_OTHER_TOOLS: Mapping[str, Sequence[str]] = {  # of types in SQL, Python, Parquet and spreadsheets, and of how files follow one another
    "string": ("str", "text", "char", "varchar", "utf8", "object", "category", "uuid"),
    "integer": ("int", "int32", "int64", "bigint", "smallint", "long", "short", "count"),
    "number": ("float", "float32", "float64", "double", "decimal", "numeric", "real", "money", "currency", "percent"),
    "boolean": ("bool", "bit", "flag"),
    "timestamp": ("datetime", "datetime64", "time", "timestamptz", "instant", "epoch"),
    "date": ("day",),
    "append": ("insert", "add", "events", "log", "incremental"),
    "upsert": ("merge", "update"),
    "snapshot": ("full", "replace", "overwrite", "truncate"),
}
_CHOICE = re.compile(r"'([^']*)'")


def near_word(word: str, candidates: Sequence[str]) -> str | None:
    """Return the candidate that was probably meant; None where none is near.

    Example:
        >>> near_word("strng", ["string", "integer"]), near_word("Float", ["string", "number"]), near_word("x", ["string"])
        ('string', 'number', None)
    """
    lower = word.strip().lower()
    same = next((candidate for candidate in candidates if lower in _OF_OTHER_TOOLS.get(candidate, ())), None)
    near = difflib.get_close_matches(lower, candidates, n=1, cutoff=0.6)
    return same or (near[0] if near else None)


def choices_of(expected: str) -> list[str]:
    """Return the words of pydantic's list of choices.

    Example:
        >>> choices_of("'append', 'upsert' or 'snapshot'")
        ['append', 'upsert', 'snapshot']
    """
    return _CHOICE.findall(expected)
