"""Damage whole files."""

from __future__ import annotations

import numpy as np
import polars as pl

from sluice.faults.injection import TRUTH, Injection


def drop_column(rows: pl.DataFrame, *, column: str, rate: float = 1.0, seed: int = 0) -> Injection:
    """Leave a column out of the file.

    Args:
        rows: The file's rows.
        column: Column to leave out.
        rate: Probability that the file is hit.
        seed: Seed of the draw.
    """
    if np.random.default_rng(seed).random() >= rate:
        return Injection(rows, TRUTH.to_frame())
    return Injection(rows.drop(column), pl.DataFrame([{"kind": "missing_column", "column": column}], schema=TRUTH))


def truncate(content: bytes, *, rate: float = 1.0, seed: int = 0) -> bytes:
    """Cut a file's bytes somewhere in its second half, as an interrupted upload does.

    Args:
        content: The whole file.
        rate: Probability that the file is hit.
        seed: Seed of the draw.
    """
    rng = np.random.default_rng(seed)
    return content[: int(len(content) * rng.uniform(0.5, 0.9))] if rng.random() < rate else content
