"""Measure how fast detectors learn and judge, and what they weigh, against PyOD's AutoEncoder at its defaults: one million rows of 20 numbers.

Ours goes the whole way, from Polars columns to scores; PyOD's from a matrix of floats. Both run on one thread. PyOD is timed on fewer
rows and given as a rate, since a whole fit of it takes seven minutes; what a larger table would cost it is no less. Training is a whole fit at
the defaults of each, on the same rows. Where torch finds a CUDA device, what it reaches is told beside that (see `device`).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.detecting import device
from benchmarks.detecting.numeric_table import COLUMNS, FITTED, NAMES, QUICK, ROWS, SCHEMA, parts, table
from benchmarks.figures import Figure, main
from detectors.autoencoder import bottleneck
from detectors.autoencoder.detector import Autoencoder
from detectors.autoencoder.fitting import fit
from detectors.autoencoder.model import make_layout
from detectors.autoencoder.reconstruction import ReconstructionAutoencoder
from detectors.autoencoder.tiles import deterministic_math
from detectors.encoding import Encoder
from detectors.features.serialization import pack

REPEATS = 3
MEGABYTE = 1e6


def seconds(run: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the least processor time of several runs."""
    best = float("inf")
    for _ in range(repeats):
        began = time.process_time()
        run()
        best = min(best, time.process_time() - began)
    return best


def peer() -> tuple[float, float]:
    """Measure PyOD's AutoEncoder at its defaults: row visits per second in training, rows per second in scoring."""
    from pyod.models.auto_encoder import AutoEncoder

    x = table(FITTED, 1).select(NAMES).to_numpy().astype(np.float32)
    with deterministic_math():
        scored = AutoEncoder(verbose=0, random_state=0)
        fit = seconds(partial(scored.fit, x))
        score = seconds(lambda: scored.decision_function(x))
    epochs = scored.epoch_num
    return FITTED * epochs / max(fit - score, 1e-9), FITTED / score  # its fit ends with a scoring pass, which is no training


def ours(n: int) -> tuple[float, float]:
    """Measure row visits per second in training, and rows per second from raw columns to a score that looks at every cell."""
    detector, rows = Autoencoder(SCHEMA, device="cpu", training_steps=200), table(FITTED, 1)
    model = detector.fit(parts(rows), 0)
    encoder = Encoder.fit(rows, NAMES, SCHEMA)
    encoded, steps = encoder.encode(rows), replace(detector, training_steps=0).count_steps(FITTED)
    training = seconds(lambda: fit(encoded, make_layout(encoder, detector.hidden_units), steps=steps, seed=0, trim=detector.total_trim))
    judged = table(n, 2)
    return steps * 512 / training, n / seconds(lambda: model.score_rows(judged))


def screened(n: int) -> tuple[float, float]:
    """Measure the screen: row visits per second in training, and rows per second from raw columns to a score."""
    detector, rows = ReconstructionAutoencoder(SCHEMA, device="cpu"), table(FITTED, 1)
    model = detector.fit(parts(rows), 0)
    features, steps = model.points(rows, "cpu"), detector.count_steps(FITTED)
    training = seconds(lambda: bottleneck.fit(features, detector.hidden_units, steps=steps, seed=0, trim=detector.total_trim))
    judged = table(n, 2)
    return steps * 512 / training, n / seconds(lambda: model.score_rows(judged))


def weight(n: int) -> tuple[float, float]:
    """Measure the peak memory of a fit above the process after its imports, and the model file, in MB; in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/rows.arrow"
        table(n, 1).select(NAMES).write_ipc(path)
        code = f"from benchmarks.detecting.speed import weigh; weigh({path!r})"
        output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return float(output[0]), float(output[1])


def weigh(path: str) -> None:
    """Print both for the rows of a file; they count as well, as they lie in memory."""
    Autoencoder(SCHEMA, device="cpu", training_steps=1).fit(parts(table(1_000, 0)), 0)  # what is imported at a first use is no part of a fit
    before = _peak()
    model = Autoencoder(SCHEMA, device="cpu").fit(parts(pl.read_ipc(path)), 0)
    print((_peak() - before) / MEGABYTE, len(pack(*model.pack())) / MEGABYTE)


def _peak() -> float:
    """Return the most bytes that this process has held; `getrusage` would count the parent's as well."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure rates, memory and size."""
    n = QUICK if options.quick else ROWS
    trained, scored = peer()
    learned, scoring = ours(n)
    replicated, fast = screened(n)
    figures = [
        Figure("all cells, raw columns to scores", scoring, "rows / CPU s", f"PyOD AutoEncoder: {scored:,.0f}", scoring / scored),
        Figure("leave-one-out, training", learned, "row visits / CPU s", f"PyOD AutoEncoder: {trained:,.0f}", learned / trained),
        Figure("screen, raw columns to scores", fast, "rows / CPU s", f"PyOD AutoEncoder: {scored:,.0f}", fast / scored),
        Figure("screen, training", replicated, "row visits / CPU s", f"PyOD AutoEncoder: {trained:,.0f}", replicated / trained),
    ]
    memory, size = weight(n)
    floats = n * COLUMNS * 4 / MEGABYTE
    figures.append(
        Figure(
            f"peak memory of a fit of {n:,} x {COLUMNS}", memory, "MB", f"3 x the float32 table + 100 MB: {3 * floats + 100:,.0f}", memory / (3 * floats + 100)
        )
    )
    return [*figures, Figure("model file", size, "MB", "bound: 10", size / 10), *device.measure(options)]


if __name__ == "__main__":
    main(__doc__ or "", measure)
