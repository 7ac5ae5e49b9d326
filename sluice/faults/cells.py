"""Lose, misspell or swap cells."""

from __future__ import annotations

import numpy as np
import polars as pl

from sluice.faults.injection import Injection, change_cells, rewrite_cells, sample_rows

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def drop_values(rows: pl.DataFrame, *, column: str, rate: float, seed: int, eligible: pl.Expr | None = None) -> Injection:
    """Set a share of the cells to null."""
    where = sample_rows(rows, rate, np.random.default_rng(seed), _filled(column, eligible))
    return change_cells(rows, "missing_value", column, where, pl.Series([None] * len(where), dtype=rows.schema[column]))


def misspell(rows: pl.DataFrame, *, column: str, rate: float, seed: int, eligible: pl.Expr | None = None) -> Injection:
    """Misspell a share of the texts by one edit: a letter lost, doubled, swapped with the next, or replaced."""
    rng = np.random.default_rng(seed)
    where = sample_rows(rows, rate, rng, _filled(column, eligible))
    vocabulary = set(rows[column])
    return rewrite_cells(rows, "typo", column, where, [_misspell(text, vocabulary, rng) for text in rows[column].gather(where)])


def _misspell(text: str, vocabulary: set[str | None], rng: np.random.Generator) -> str:
    """Return a misspelling that is not a value of the column itself; the text where ten tries find none."""
    for _ in range(10):
        at, edit = int(rng.integers(len(text))), int(rng.integers(4))
        letter = _LETTERS[int(rng.integers(26))]
        edits = (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
            text[:at] + letter + text[at + 1 :],
        )
        if edits[edit] not in vocabulary and edits[edit].strip() == edits[edit] != "":
            return edits[edit]
    return text


def swap_columns(rows: pl.DataFrame, *, column: str, to: str, rate: float, seed: int, eligible: pl.Expr | None = None) -> Injection:
    """Exchange the cells of two columns in a share of the rows, as a form with mixed-up fields does."""
    where = sample_rows(rows, rate, np.random.default_rng(seed), _filled(column, eligible) & pl.col(to).is_not_null() & (pl.col(to) != pl.col(column)))
    first = change_cells(rows, "swapped_columns", column, where, rows[to].gather(where).cast(rows.schema[column]))
    second = change_cells(first.rows, "swapped_columns", to, where, rows[column].gather(where).cast(rows.schema[to]))
    return Injection(second.rows, pl.concat([first.truth, second.truth]))


def _filled(column: str, eligible: pl.Expr | None) -> pl.Expr:
    filled = pl.col(column).is_not_null() & (pl.col(column).cast(pl.String) != "")
    return filled if eligible is None else filled & eligible
