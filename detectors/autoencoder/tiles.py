"""Compute rows in tiles of one size, padded to it, so that a row gets the same bits in any company."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  # torch's own name for it

from detectors.encoding import EncodedRows

TILE = 1024  # rows: what is computed of them stays in a processor's cache
WIDE = 65_536  # rows on a CUDA device


def map_tiles(encoded: EncodedRows, compute: Callable[[EncodedRows, Tensor | None], Tensor], visible: Tensor | None = None) -> Tensor:
    """Return what is computed of rows, [..., rows].

    Args:
        encoded: The rows.
        compute: Takes a tile and what is visible in it; gives [..., rows of the tile].
        visible: float32 [channels, rows]: 0 where a cell must not be looked at; None: all may be.
    """
    size = WIDE if encoded.numbers.is_cuda else TILE
    results = []
    with torch.inference_mode(), deterministic_math():
        for start in range(0, max(len(encoded), 1), size):
            tile, shown_tile = encoded[start : start + size], None if visible is None else visible[:, start : start + size]
            rows = len(tile)
            if rows < size:
                tile, shown_tile = _padded(tile, size - rows), None if shown_tile is None else _lengthened(shown_tile, size - rows)
            results.append(compute(tile, shown_tile)[..., :rows])
    return torch.cat(results, dim=-1)


def _padded(tile: EncodedRows, more: int) -> EncodedRows:
    return EncodedRows(*(_lengthened(part, more) for part in (tile.numbers, tile.codes, tile.values)))


def _lengthened(part: Tensor, more: int) -> Tensor:
    return F.pad(part, (0, more))


@contextmanager
def deterministic_math(precision: Literal["highest", "high"] = "highest") -> Iterator[None]:
    """Compute on one thread and in whole floats, whatever the process had set.

    Results then do not depend on how many cores a machine has, and small matrices are quicker; nor does a device round what it multiplies.

    Args:
        precision: Of matrix products, as torch calls it; high lets a CUDA device take TF32, which only training does.
    """
    threads, before = torch.get_num_threads(), torch.get_float32_matmul_precision()
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision(precision)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_float32_matmul_precision(before)
