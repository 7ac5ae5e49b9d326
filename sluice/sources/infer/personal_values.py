"""Recognise personal data by the shape of the values, by their check digits and by what stands within text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from sluice.sources.infer.personal_checks import is_iban, is_luhn, is_resident_id
from sluice.sources.infer.personal_text import content_within
from sluice.sources.infer.personal_words import JSON_KEYS

MIN_SHARE = 0.8  # of the distinct values that must have a shape
MIN_CHECKED = 10  # distinct values whose check digits are no coincidence
MIN_PREFIXES = 3  # different beginnings of mobile numbers: order numbers that count up share one
SAMPLE = 2_000  # distinct values that are examined

_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_HEX = r"[0-9A-Fa-f]{1,4}"
_IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_IPV6 = (  # eight groups, or at least two and `::`; three groups alone are a time of day
    rf"(?:{_HEX}:){{7}}{_HEX}",
    rf"{_HEX}(?::{_HEX}){{0,5}}::{_HEX}(?::{_HEX}){{0,5}}",
    rf"::{_HEX}(?::{_HEX}){{1,6}}|{_HEX}(?::{_HEX}){{1,6}}::",
    rf"::[Ff]{{4}}:{_IPV4}",
)
_PATTERNS: Mapping[str, str] = {
    "e-mail addresses": r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$",
    "IP addresses": rf"^(?:{_IPV4}|{'|'.join(_IPV6)})$",
    "MAC addresses": r"^(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$",
    "telephone numbers": r"^(?:\+|00)[1-9]\d{0,2}[ ()./-]*\d[\d ()./-]{6,20}$|^\(0?\d{2,4}\) ?\d[\d -]{4,}$",
    "user agents": r"^(?:Mozilla|Opera|Dalvik|okhttp|curl|python-requests|Googlebot)/\d",
    "personal keys in JSON": rf"^\s*[\[{{].*{JSON_KEYS}",
}
_IBAN = r"^[A-Z]{2}\d{2} ?(?:[A-Z0-9]{4} ?){2,7}[A-Z0-9]{1,4}$"
_CARD = r"^[3-6]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7}$"
_MOBILE = r"^1[3-9]\d{9}$"
_RESIDENT = r"^\d{17}[\dXx]$"


def content_of(cells: pl.Series) -> str:
    """Return what the values of a column are by their shape, such as "e-mail addresses"; nothing where they are nothing personal.

    Example:
        >>> content_of(pl.Series(["ann@example.org", "bob@example.org"]))
        'e-mail addresses'
    """
    if cells.dtype != pl.String and not cells.dtype.is_integer():
        return ""
    values = cells.drop_nulls().cast(pl.String).str.strip_chars().unique(maintain_order=True).head(SAMPLE)
    values = values.filter(values != "")
    if not len(values):
        return ""
    shares = _shares(values)
    if cells.dtype == pl.String:
        by_pattern = next((content for content in _PATTERNS if shares[content] >= MIN_SHARE), "")
        if by_pattern:
            return by_pattern
    enough = len(values) >= MIN_CHECKED
    checked = next((content for content in _CHECKED if enough and shares[content] >= MIN_SHARE and _is_valid(values, *_CHECKED[content])), "")
    return checked or (_within(values) if cells.dtype == pl.String else "")


def _within(values: pl.Series) -> str:
    content = content_within(values)
    return f"{content} within its text" if content else ""


def _shares(values: pl.Series) -> Mapping[str, float]:
    """Return the share of the values that have the form of each kind of content."""
    forms = {**_PATTERNS, **{content: pattern for content, (pattern, _) in _CHECKED.items()}}
    counts = values.alias("text").to_frame().select(pl.col("text").str.contains(pattern).mean().alias(content) for content, pattern in forms.items())
    return counts.row(0, named=True)


def _is_valid(values: pl.Series, pattern: str, valid: Callable[[list[str]], float]) -> bool:
    """Return True where nearly all values of a form pass the test that sets it apart from other numbers."""
    return valid(values.filter(values.str.contains(pattern)).to_list()) >= MIN_SHARE


def _valid(test: Callable[[str], bool]) -> Callable[[list[str]], float]:
    return lambda values: sum(map(test, values)) / len(values)


def _have_many_prefixes(values: list[str]) -> float:
    return float(len({value[:3] for value in values}) >= MIN_PREFIXES)


_CHECKED: Mapping[str, tuple[str, Callable[[list[str]], float]]] = {
    "bank accounts": (_IBAN, _valid(is_iban)),
    "card numbers": (_CARD, _valid(is_luhn)),
    "identity numbers": (_RESIDENT, _valid(is_resident_id)),
    "mobile numbers": (_MOBILE, _have_many_prefixes),
}
