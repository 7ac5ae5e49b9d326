"""Recognise personal columns by their names and their values."""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from sluice.sources.infer.column_names import words

_NAMES = frozenset(
    {
        "email",
        "mail",
        "phone",
        "mobile",
        "telephone",
        "fax",
        "ip",
        "address",
        "street",
        "firstname",
        "lastname",
        "surname",
        "birthday",
        "birthdate",
        "dob",
        "ssn",
        "passport",
        "iban",
    }
)
_PAIRS = (("first", "name"), ("last", "name"), ("full", "name"), ("birth", "date"), ("date", "birth"), ("credit", "card"))
_PATTERNS = {
    "e-mail addresses": r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$",
    "IP addresses": r"^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$",
    "telephone numbers": r"^\+\d[\d ()/-]{7,}$",
}


def personal_reason(cells: pl.Series) -> str:
    """Return why a column counts as personal; nothing where it does not."""
    parts = words(cells.name)
    if _NAMES & set(parts) or any(pair in pairwise(parts) for pair in _PAIRS):
        return "by its name"
    if cells.dtype != pl.String:
        return ""
    values = cells.drop_nulls()
    return next((f"holds {content}" for content, pattern in _PATTERNS.items() if len(values) and values.str.contains(pattern).sum() > len(values) / 2), "")
