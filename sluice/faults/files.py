"""Whole files that are not what was promised."""

from __future__ import annotations

import numpy as np
import polars as pl

from sluice.faults.injection import TRUTH, Injection


def column_gone(rows: pl.DataFrame, *, column: str, rate: float = 1.0, seed: int = 0) -> Injection:
    """Leave a column out of the file.

    Args:
        rows: The file's rows.
        column: The column to leave out.
        rate: How likely it is that the file is hit.
        seed: Decides.
    """
    if np.random.default_rng(seed).random() >= rate:
        return Injection(rows, TRUTH.to_frame())
    told = {"kind": "column_gone", "column": column}
    return Injection(rows.drop(column), pl.DataFrame([told], schema=TRUTH))


def truncated(content: bytes, *, rate: float = 1.0, seed: int = 0) -> bytes:
    """Break a file's bytes off somewhere in its second half: an upload that was cut.

    Args:
        content: The whole file.
        rate: How likely it is that the file is hit.
        seed: Decides.
    """
    rng = np.random.default_rng(seed)
    return content[: int(len(content) * rng.uniform(0.5, 0.9))] if rng.random() < rate else content
