"""Tells personal columns by what they are called and by what they hold."""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from sluice.sources.infer.names import words

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


def personal(cells: pl.Series) -> str:
    """Why a column counts as personal; empty where it does not."""
    said = words(cells.name)
    if _NAMES & set(said) or any(pair in pairwise(said) for pair in _PAIRS):
        return "by its name"
    if cells.dtype != pl.String:
        return ""
    values = cells.drop_nulls()
    return next((f"holds {what}" for what, pattern in _PATTERNS.items() if len(values) and values.str.contains(pattern).sum() > len(values) / 2), "")
