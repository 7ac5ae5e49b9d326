"""Inject faults into frames and record the ground truth: for the demo shop, the cost curve, tests and benchmarks.

Every function takes rows with `_row_id`, column names, a rate (share of the eligible rows) and a seed. It returns an `Injection`: the
faulty rows, and the truth of every changed cell and every added row. The same arguments return the same result; a rate of 0 injects
nothing.

Example:
    >>> import polars as pl
    >>> from sluice.faults import KINDS
    >>> rows = pl.DataFrame({"_row_id": ["b.0", "b.1"], "brand": ["Tarn", "Vela"]})
    >>> injected = KINDS["missing_value"].inject(rows, column="brand", rate=0.5, seed=0)
    >>> injected.truth.select("kind", "_row_id", "column", "old", "new").rows()
    [('missing_value', 'b.1', 'brand', 'Vela', None)]
"""

from __future__ import annotations

from sluice.faults.injection import TRUTH, Injection
from sluice.faults.registry import KINDS, TRAFFIC, Answer, Fault

__all__ = ["KINDS", "TRAFFIC", "TRUTH", "Answer", "Fault", "Injection"]
