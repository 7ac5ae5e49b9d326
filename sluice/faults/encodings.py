"""Text that was written in one encoding and read in another."""

from __future__ import annotations

import html
from html.entities import codepoint2name

import numpy as np
import polars as pl

from sluice.faults.injection import Injection, pick, rewrite


def mojibake(rows: pl.DataFrame, *, column: str, rate: float, seed: int, among: pl.Expr | None = None) -> Injection:
    """Read a share of the texts' UTF-8 as Windows-1252: `Café` becomes `CafÃ©`. Eligible are texts that this changes."""
    return _garble(rows, "mojibake", column, rate, seed, among)


def entities(rows: pl.DataFrame, *, column: str, rate: float, seed: int, among: pl.Expr | None = None) -> Injection:
    """Leave a share of the texts escaped for HTML: `salt & pepper` becomes `salt &amp; pepper`. Eligible are texts that this changes."""
    return _garble(rows, "entities", column, rate, seed, among)


def _garble(rows: pl.DataFrame, kind: str, column: str, rate: float, seed: int, among: pl.Expr | None) -> Injection:
    garble = {"mojibake": _misread, "entities": _escaped}[kind]
    texts = rows[column].to_list()
    changed = pl.lit(pl.Series([text is not None and garble(text) != text for text in texts], dtype=pl.Boolean))
    where = pick(rows, rate, np.random.default_rng(seed), changed if among is None else changed & among)
    return rewrite(rows, kind, column, where, [garble(texts[position]) for position in where])


def _misread(text: str) -> str:
    try:
        return text.encode().decode("cp1252")
    except UnicodeDecodeError:  # Windows-1252 leaves five bytes undefined: such a text cannot be misread so
        return text


def _escaped(text: str) -> str:
    return "".join(f"&{codepoint2name[ord(sign)]};" if ord(sign) > 127 and ord(sign) in codepoint2name else sign for sign in html.escape(text))
