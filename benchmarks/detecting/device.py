"""The autoencoder on a CUDA device: a whole fit, training and scoring against PyOD's AutoEncoder on the same device, and what it reaches at most.

Wall time, the device waited for; the least of several runs after one that warms up. A processor can stand in for the device, which shows
that it runs, and no more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import polars as pl
import torch
from torch import Tensor

from benchmarks.detecting.speed import NAMES, parts, table
from benchmarks.figures import Figure
from detectors.autoencoder.detector import Autoencoder
from detectors.autoencoder.fitting import fit
from detectors.autoencoder.model import Model, layout_of
from detectors.autoencoder.tiles import tiled
from detectors.autoencoder.training import BATCH
from detectors.encoding import Encoded

REPEATS = 5


def figures(detector: Autoencoder, *, rows: int, peer: int, repeats: int = REPEATS) -> Sequence[Figure]:
    """What is measured on a device.

    Args:
        detector: With the device where it computes.
        rows: Rows of the table that is learned from and judged.
        peer: Rows of it that PyOD is given.
        repeats: How often each is timed.
    """
    held, device = table(rows, 1), detector.where
    fitted, model = seconds(lambda: detector.fit(parts(held), 0), device, repeats), detector.fit(parts(held), 0)
    trained, scored = pyod(held.head(peer), device, repeats)
    encoded, steps, name = model.encoder.encode(held, device), detector.updates(rows), named(device)
    layout = layout_of(model.encoder, detector.hidden)
    learned = steps * BATCH / seconds(lambda: fit(encoded, layout, steps=steps, seed=0, trim=0.0), device, repeats)
    arrow = rows / seconds(lambda: model.scores(held), device, repeats)
    resident = rows / seconds(lambda: told(model, encoded), device, repeats)
    return [
        Figure(f"fit of {rows:,} x {len(NAMES)}, {name}", fitted, "s", "must: 5", fitted / 5),
        Figure(f"leave-one-out, training, {name}", learned, "row visits / s", f"PyOD AutoEncoder: {trained:,.0f}", learned / trained),
        Figure(f"all cells, Arrow on the host to scores, {name}", arrow, "rows / s", f"PyOD AutoEncoder: {scored:,.0f}", arrow / scored),
        Figure(f"row score and top cell, resident, {name}", resident, "rows / s", f"PyOD AutoEncoder: {scored:,.0f}", resident / scored),
    ]


def told(model: Model, encoded: Encoded) -> Tensor:
    """[2, rows]: each row's score, and its most surprising channel."""

    def tile(part: Encoded, _: Tensor | None) -> Tensor:
        cells = model.surprises(part)
        return torch.stack([cells.argmax(0).float(), model.surprises.together(cells)])

    return tiled(encoded, tile)


def pyod(rows: pl.DataFrame, device: str, repeats: int) -> tuple[float, float]:
    """Row visits a second in training, and rows a second in scoring, of PyOD's AutoEncoder at its defaults."""
    from pyod.models.auto_encoder import AutoEncoder

    x = rows.select(NAMES).to_numpy().astype(np.float32)
    outlier = AutoEncoder(verbose=0, random_state=0, device=torch.device(device))
    fitted = seconds(partial(outlier.fit, x), device, 1)
    score = seconds(lambda: outlier.decision_function(x), device, repeats)
    return len(x) * outlier.epoch_num / max(fitted - score, 1e-9), len(x) / score  # its fit ends with a scoring pass, which is no training


def seconds(run: Callable[[], object], device: str, repeats: int) -> float:
    """The least wall time of several runs, after one that warms up where there are several."""
    best = float("inf")
    for _ in range(repeats + (repeats > 1)):
        began = time.perf_counter()
        run()
        if device.startswith("cuda"):
            torch.cuda.synchronize(device)
        best = min(best, time.perf_counter() - began)
    return best


def named(device: str) -> str:
    """The card, where there is one."""
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else device
