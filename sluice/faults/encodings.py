"""Garble texts: UTF-8 decoded as Windows-1252, and texts left escaped for HTML."""

from __future__ import annotations

import html
from collections.abc import Callable
from html.entities import codepoint2name

import numpy as np
import polars as pl

from sluice.faults.injection import Injection, rewrite_cells, sample_rows


def garble(rows: pl.DataFrame, *, column: str, rate: float, seed: int, eligible: pl.Expr | None = None) -> Injection:
    """Decode the UTF-8 of a share of the texts as Windows-1252: `Café` becomes `CafÃ©`. Eligible are texts that this changes."""
    return _rewrite(rows, "mojibake", _misread, column, rate, seed, eligible)


def escape_html(rows: pl.DataFrame, *, column: str, rate: float, seed: int, eligible: pl.Expr | None = None) -> Injection:
    """Escape a share of the texts for HTML: `salt & pepper` becomes `salt &amp; pepper`. Eligible are texts that this changes."""
    return _rewrite(rows, "html_entities", _escape, column, rate, seed, eligible)


def _rewrite(rows: pl.DataFrame, kind: str, write: Callable[[str], str], column: str, rate: float, seed: int, eligible: pl.Expr | None) -> Injection:
    texts = rows[column].to_list()
    changed = pl.lit(pl.Series([text is not None and write(text) != text for text in texts], dtype=pl.Boolean))
    where = sample_rows(rows, rate, np.random.default_rng(seed), changed if eligible is None else changed & eligible)
    return rewrite_cells(rows, kind, column, where, [write(texts[position]) for position in where])


def _misread(text: str) -> str:
    try:
        return text.encode().decode("cp1252")
    except UnicodeDecodeError:  # Windows-1252 leaves five bytes undefined: such a text cannot be misread
        return text


def _escape(text: str) -> str:
    return "".join(f"&{codepoint2name[ord(sign)]};" if ord(sign) > 127 and ord(sign) in codepoint2name else sign for sign in html.escape(text))
