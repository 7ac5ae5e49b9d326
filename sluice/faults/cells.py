"""Cells that were lost, misspelt or moved to the wrong column."""

from __future__ import annotations

import numpy as np
import polars as pl

from sluice.faults.injection import Injection, change, pick, rewrite

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def missing(rows: pl.DataFrame, *, column: str, rate: float, seed: int, among: pl.Expr | None = None) -> Injection:
    """Lose a share of the cells."""
    where = pick(rows, rate, np.random.default_rng(seed), _filled(column, among))
    return change(rows, "missing", column, where, pl.Series([None] * len(where), dtype=rows.schema[column]))


def typos(rows: pl.DataFrame, *, column: str, rate: float, seed: int, among: pl.Expr | None = None) -> Injection:
    """Misspell a share of the texts by one slip of the finger: a letter lost, doubled, swapped with the next, or hit beside it."""
    rng = np.random.default_rng(seed)
    where = pick(rows, rate, rng, _filled(column, among))
    known = set(rows[column])
    return rewrite(rows, "typo", column, where, [_slip(text, known, rng) for text in rows[column].gather(where)])


def _slip(text: str, known: set[str | None], rng: np.random.Generator) -> str:
    """A misspelling that is no value of the column itself; the text where ten tries find none."""
    for _ in range(10):
        at, slip = int(rng.integers(len(text))), int(rng.integers(4))
        beside = _LETTERS[int(rng.integers(26))]
        slips = (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
            text[:at] + beside + text[at + 1 :],
        )
        if slips[slip] not in known and slips[slip].strip() == slips[slip] != "":
            return slips[slip]
    return text


def moved(rows: pl.DataFrame, *, column: str, to: str, rate: float, seed: int, among: pl.Expr | None = None) -> Injection:
    """Exchange the cells of two columns in a share of the rows: a form whose fields were mixed up."""
    where = pick(rows, rate, np.random.default_rng(seed), _filled(column, among) & pl.col(to).is_not_null() & (pl.col(to) != pl.col(column)))
    first = change(rows, "moved", column, where, rows[to].gather(where).cast(rows.schema[column]))
    second = change(first.rows, "moved", to, where, rows[column].gather(where).cast(rows.schema[to]))
    return Injection(second.rows, pl.concat([first.truth, second.truth]))


def _filled(column: str, among: pl.Expr | None) -> pl.Expr:
    filled = pl.col(column).is_not_null() & (pl.col(column).cast(pl.String) != "")
    return filled if among is None else filled & among
