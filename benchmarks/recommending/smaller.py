"""Measure smaller tables of items: their size, speed, and loss, with the two towers of Amazon Beauty.

One pair of towers learned from all but everybody's last item; then only the table of items is replaced, for what users are read by as well as for
what is ranked. *int8* is what a compact model keeps, one scale a row, and is made whole again when it is loaded, so it answers as fast as the plain
table. *Pruned* drops the smallest values and is kept as a sparse matrix; *rank 32* keeps half of the singular vectors. Time is that of ranking all
items for one user, on one thread.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
import torch
from threadpoolctl import threadpool_limits

from benchmarks.figures import Figure, main
from benchmarks.recommending.beauty import BEAUTY, EPOCHS, QUICK, Beauty
from recommender.artifact.compact import prune_rows
from recommender.artifact.quantize import dequantize_rows, quantize_rows
from recommender.data.sequences import Floats
from recommender.two_tower.model import TwoTowerModel

RANK = 32
REPEATS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Small:
    """Hold a table in a smaller form.

    Attributes:
        table: The vectors as they are after that, shape (items, d).
        size: Bytes.
        ranked: Scores of all items for one user's point.
    """

    table: Floats
    size: int
    ranked: Callable[[Floats], Floats]


def plain(table: Floats) -> Small:
    """Leave the table as it is."""
    return Small(table, table.nbytes, lambda point: table @ point)


def int8(table: Floats) -> Small:
    """Quantize to int8 with a scale per row."""
    whole, scale = quantize_rows(table)
    again = dequantize_rows(whole, scale)
    return Small(again, whole.nbytes + scale.nbytes, lambda point: again @ point)


def half(table: Floats) -> Small:
    """Store in half precision, converted back when loaded."""
    short = table.astype(np.float16)
    again = short.astype(np.float32)
    return Small(again, short.nbytes, lambda point: again @ point)


def pruned(share: float) -> Callable[[Floats], Small]:
    """Prune the smallest values."""

    def build(table: Floats) -> Small:
        values = prune_rows(table, share)
        sparse = sp.csr_matrix(values)
        places = sparse.indices.astype(np.uint8)  # a row has fewer than 256 columns
        return Small(values, sparse.data.nbytes + places.nbytes + sparse.indptr.nbytes, lambda point: sparse @ point)

    return build


def low_rank(table: Floats) -> Small:
    """Truncate to the strongest singular vectors."""
    left, values, right = np.linalg.svd(table, full_matrices=False)
    outer, inner = (left[:, :RANK] * values[:RANK]).astype(np.float32), right[:RANK].astype(np.float32)
    return Small(outer @ inner, outer.nbytes + inner.nbytes, lambda point: outer @ (inner @ point))


FORMS = {"plain": plain, "int8": int8, "float16": half, "pruned 50 %": pruned(0.5), "pruned 80 %": pruned(0.8), f"rank {RANK}": low_rank}


def microseconds(form: Small) -> float:
    """Measure the median time to rank all items for one user."""
    spent = []
    with threadpool_limits(1):
        for point in form.table[:REPEATS]:
            began = time.perf_counter()
            form.ranked(point)
            spent.append(1e6 * (time.perf_counter() - began))
    return float(np.median(spent))


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Fit once, and measure each form."""
    torch.set_num_threads(1)
    beauty = Beauty.read()
    towers = TwoTowerModel.fit(beauty.material(1, QUICK if options.quick else EPOCHS), seed=0)
    figures = []
    reached: dict[str, float] = {}
    for name, build in FORMS.items():
        form = build(towers.item_table)
        reached[name] = beauty.evaluate(replace(towers, item_table=form.table), 1)["recall@20"]
        lost = 1 - reached[name] / reached["plain"]
        against = f"plain: {reached['plain']:.4g}, lost {lost:+.1%}"
        figures += [
            Figure(f"table of items, {name}: recall@20", reached[name], "", against, reached[name] / reached["plain"]),
            Figure(f"table of items, {name}: MiB", form.size / 2**20, "", against, form.size / towers.item_table.nbytes),
            Figure(f"table of items, {name}: us for one user", microseconds(form), "", against),
        ]
    return figures


if __name__ == "__main__":
    if not BEAUTY.exists():
        raise SystemExit(f"needs {BEAUTY}")
    main(str(__doc__), measure)
