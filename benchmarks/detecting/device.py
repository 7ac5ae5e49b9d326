"""Measure the autoencoder on a CUDA device: a whole fit, training and scoring against PyOD's AutoEncoder on the same device, and what it reaches at most.

It needs a CUDA device, and measures nothing where torch finds none. Wall time, the device waited for; of ours and of PyOD's alike the least
of several runs after one that warms up. *From the host* begins with columns of Arrow, or for PyOD a matrix, in the memory of the processor and
ends with scores there; *resident* begins with encoded rows on the device and ends with scores there, which PyOD has no way to do.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import polars as pl
import torch
from torch import Tensor

from benchmarks.detecting.numeric_table import FITTED, NAMES, QUICK, ROWS, SCHEMA, parts, table
from benchmarks.figures import Figure, main
from detectors.autoencoder.detector import Autoencoder
from detectors.autoencoder.fitting import fit
from detectors.autoencoder.model import AutoencoderModel, make_layout
from detectors.autoencoder.tiles import map_tiles
from detectors.autoencoder.training import BATCH
from detectors.encoding import EncodedRows

REPEATS = 5
FIT, TIMES, FROM_HOST, RESIDENT = 5.0, 100, 20e6, 100e6  # what must be reached: seconds, times PyOD's rate, and rows a second


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure on a CUDA device; without one, say so and return no figures."""
    if not torch.cuda.is_available():
        print("torch finds no CUDA device: what is measured on one is left out", file=sys.stderr)
        return []
    return figures(Autoencoder(SCHEMA, device="cuda"), rows=QUICK if options.quick else ROWS, peer=FITTED)


def figures(detector: Autoencoder, *, rows: int, peer: int, repeats: int = REPEATS) -> Sequence[Figure]:
    """Measure on a device, beside what must be reached there.

    Args:
        detector: With the device where it computes.
        rows: Rows of the table that is learned from and judged.
        peer: Rows of it that PyOD is given.
        repeats: How often each is timed.
    """
    held, device = table(rows, 1), detector.torch_device
    fitted, model = seconds(lambda: detector.fit(parts(held), 0), device, repeats), detector.fit(parts(held), 0)
    trained, scored = pyod(held.head(peer), device, repeats)
    encoded, steps, name = model.encoder.encode(held, device), detector.count_steps(rows), named(device)
    layout = make_layout(model.encoder, detector.hidden_units)
    learned = steps * BATCH / seconds(lambda: fit(encoded, layout, steps=steps, seed=0, trim=0.0), device, repeats)
    arrow = rows / seconds(lambda: model.score_rows(held), device, repeats)
    resident = rows / seconds(lambda: score_and_top_cell(model, encoded), device, repeats)
    theirs = f"PyOD AutoEncoder, from the host: {{:,.0f}}; must: {TIMES} times that"
    return [
        Figure(f"fit of {rows:,} x {len(NAMES)}, {name}", fitted, "s", f"must: less than {FIT:g}", fitted / FIT),
        Figure(f"leave-one-out, training, resident, {name}", learned, "row visits / s", theirs.format(trained), learned / trained),
        Figure(f"all cells, from the host, {name}", arrow, "rows / s", theirs.format(scored), arrow / scored),
        Figure(f"all cells, from the host, {name}, against the must", arrow, "rows / s", f"must: {FROM_HOST:,.0f}", arrow / FROM_HOST),
        Figure(f"row score and top cell, resident, {name}", resident, "rows / s", f"must: {RESIDENT:,.0f}", resident / RESIDENT),
    ]


def score_and_top_cell(model: AutoencoderModel, encoded: EncodedRows) -> Tensor:
    """Compute each row's score and its most surprising channel, shape (2, rows)."""

    def tile(part: EncodedRows, _: Tensor | None) -> Tensor:
        cells = model.surprises(part)
        return torch.stack([cells.argmax(0).float(), model.surprises.together(cells)])

    return map_tiles(encoded, tile)


def pyod(rows: pl.DataFrame, device: str, repeats: int) -> tuple[float, float]:
    """Measure PyOD's AutoEncoder at its defaults: row visits per second in training, rows per second in scoring."""
    from pyod.models.auto_encoder import AutoEncoder

    x = rows.select(NAMES).to_numpy().astype(np.float32)
    outlier = AutoEncoder(verbose=0, random_state=0, device=torch.device(device))
    fitted = seconds(partial(outlier.fit, x), device, repeats)
    score = seconds(lambda: outlier.decision_function(x), device, repeats)
    return len(x) * outlier.epoch_num / max(fitted - score, 1e-9), len(x) / score  # its fit ends with a scoring pass, which is no training


def seconds(run: Callable[[], object], device: str, repeats: int) -> float:
    """Return the least wall time of several runs, after one that warms up."""
    best = float("inf")
    run()
    _wait(device)  # what is still at work from before is not this run's
    for _ in range(repeats):
        began = time.perf_counter()
        run()
        _wait(device)
        best = min(best, time.perf_counter() - began)
    return best


def _wait(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


def named(device: str) -> str:
    """Return the name of the card, or of the device where there is none."""
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else device


if __name__ == "__main__":
    main(__doc__ or "", measure)
