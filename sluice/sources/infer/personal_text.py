"""Recognise personal data within free text, such as the address in `login of ann@example.org from 192.0.2.7`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from sluice.sources.infer.personal_checks import is_iban, is_luhn

MIN_DIFFERENT = 3  # addresses or numbers; a shop's own address stands in many texts
MIN_SHARE_WITHIN = 0.02  # of the distinct texts that must hold one
MIN_VALID = 0.8  # share of the numbers with check digits that must have the right ones
SAMPLE = 1_000  # distinct texts that are examined
LENGTH = 2_000  # characters of each

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_FOUR_NUMBERS = r"\d{1,3}(?:\.\d{1,3}){3}"
_BY_ADDRESS = r"(?i:\b(?:from|ip|addr(?:ess)?|client|host|remote|peer|von|de|depuis|desde|来自|来源)\W{1,4})"
_BY_PHONE = r"(?i:(?:\b(?:tel|tél|phone|mobile|cell|call|telefon|handy|móvil|whatsapp)\w{0,4}|电话|手机|联系方式)\W{0,4})"
_FILES = r"(?:png|jpe?g|gif|svg|webp|avif|m?js|ts|css|html?|json|map|zip|pdf|md|txt|xml)\b"  # logo@2x.png, react@18.min.js


@dataclass(frozen=True, slots=True)
class _Kind:
    """Describe one kind of personal data.

    Attributes:
        content: What it is called.
        mark: A part without which no text holds it, as Polars searches for it.
        pattern: Its form; the first group that matched is the value.
        are: Decides by all values whether they are what their form says.
    """

    content: str
    mark: str
    pattern: re.Pattern[str]
    are: Callable[[Sequence[str]], bool] = lambda _: True


def _are_addresses(values: Sequence[str]) -> bool:
    """Return True where most have a part that versions seldom have."""
    return 2 * sum(any(int(part) >= 100 for part in value.split(".")) for value in values) >= len(values)


def _pass(test: Callable[[str], bool]) -> Callable[[Sequence[str]], bool]:
    return lambda values: sum(map(test, values)) >= MIN_VALID * len(values)


_KINDS = (
    _Kind(
        "e-mail addresses",
        "@",
        re.compile(rf"(?<![\w.%+-])([A-Za-z0-9][\w.%+-]{{0,63}}@(?!\d[\w.-]*\.{_FILES})(?:[A-Za-z0-9-]+\.)+(?!{_FILES})[A-Za-z]{{2,24}})(?![\w@])"),
    ),
    _Kind("IP addresses", _FOUR_NUMBERS, re.compile(rf"{_BY_ADDRESS}({_OCTET}(?:\.{_OCTET}){{3}})(?![\w.]*\d)")),
    _Kind(
        "IP addresses",
        _FOUR_NUMBERS,
        re.compile(rf"(?<![\w./-])(?<!ersion )(?<!elease )(?<!uild )({_OCTET}(?:\.{_OCTET}){{3}})(?![\w.]*\d)"),
        _are_addresses,
    ),
    _Kind("telephone numbers", r"\+[1-9]", re.compile(r"(?<![\w+])(\+[1-9]\d{0,2}[ ()./-]{0,2}\d(?:[ ()./-]{0,2}\d){6,12})(?!\d)")),
    _Kind("telephone numbers", r"\(\d{3}\)", re.compile(r"(?<!\w)(\(\d{3}\) ?\d{3}-\d{4})(?!\d)")),
    _Kind("telephone numbers", _BY_PHONE, re.compile(rf"{_BY_PHONE}(\d(?:[ ()./-]{{0,2}}\d){{6,13}})(?!\d)")),
    _Kind("card numbers", r"[3-6]\d{3}[ -]?\d{4}[ -]?\d{4}", re.compile(r"(?<![\w-])([3-6]\d{3}([ -]?)\d{4}\2\d{4}\2\d{4})(?![\w-])"), _pass(is_luhn)),
    _Kind(
        "bank accounts",
        r"[A-Z]{2}\d{2} ?[A-Z0-9]{4} ?[A-Z0-9]{4}",
        re.compile(r"(?<!\w)([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?)(?!\w)"),
        _pass(is_iban),
    ),
)


def content_within(texts: pl.Series) -> str:
    """Return what distinct texts hold among other words, such as "e-mail addresses"; nothing where too few do.

    Several different values are needed, so that an address of the shop itself makes no text personal.

    Example:
        >>> content_within(pl.Series([f"login of user{n}@example.org from the app" for n in range(3)]))
        'e-mail addresses'
    """
    examined = texts.head(SAMPLE).str.head(LENGTH).alias("text").to_frame()
    marks = sorted({kind.mark for kind in _KINDS})
    candidates = dict(zip(marks, examined.select(pl.col("text").str.contains(mark).sum().alias(mark) for mark in marks).row(0), strict=True))
    enough = max(1.0, MIN_SHARE_WITHIN * len(texts.head(SAMPLE)))
    return next((kind.content for kind in _KINDS if candidates[kind.mark] >= enough and _holds(examined["text"], kind)), "")


def _holds(texts: pl.Series, kind: _Kind) -> bool:
    matches = [set(_values(text, kind.pattern)) for text in texts.filter(texts.str.contains(kind.mark))]
    different = set().union(*matches)
    enough = len(different) >= MIN_DIFFERENT and sum(map(bool, matches)) >= MIN_SHARE_WITHIN * len(texts)
    return enough and kind.are(sorted(different))


def _values(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    return (match[1] for match in pattern.finditer(text))
