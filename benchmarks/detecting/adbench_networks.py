"""Single networks on ADBench's tables against PyOD's AutoEncoder: learned from half of the normal rows, judged on the others and the anomalies.

The screen runs at its defaults, with wide layers, which take longer and learn finer, and as a radial network, which compares a row with
those that it remembers. Protocol and tables are those of `adbench`;
what was chosen was chosen on 12 of the 20 tables, some of the others in sight; those are told apart.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

import numpy as np

from benchmarks.detecting.adbench import JUDGES, OTHERS, Matrix, frame, measured, parts, tables
from benchmarks.figures import Figure, main
from detectors.autoencoder.reconstruction import ReconstructionAutoencoder

WIDE = 128
PEER = "PyOD AutoEncoder"
Scores = Mapping[str, Sequence[tuple[float, float]]]  # by table, by seed: AUC and AP


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Measure the networks of the reconstruction screen on the tables of ADBench."""
    names = tables(options)
    ways = {"screen": _screen(), f"screen, hidden {WIDE}": _screen(hidden=WIDE), "screen, network radial": _screen("radial_basis"), PEER: JUDGES[PEER]}
    results = {way: {name: [measured(name, seed, judge) for seed in range(options.seeds)] for name in names} for way, judge in ways.items()}
    groups = {f"{len(names)} tables": names, "those told apart": [name for name in names if name in OTHERS]}
    return [figure for group, some in groups.items() if some for way in ways for figure in _figures(group, way, results, some)]


def _figures(group: str, way: str, results: Mapping[str, Scores], names: Sequence[str]) -> Iterator[Figure]:
    for i, metric in enumerate(("AUC", "AP")):
        means, peers = (_means(results[name], names, i) for name in (way, PEER))
        yield Figure.over(f"{metric}, {group}, {way}", means, metric, *((PEER, float(np.mean(peers))) if way != PEER else ()))


def _means(scores: Scores, names: Sequence[str], metric: int) -> list[float]:
    """Average over tables, by seed."""
    return np.mean([[seed[metric] for seed in scores[name]] for name in names], axis=0).tolist()  # type: ignore[no-any-return]  # a list of floats


def _screen(
    network: Literal["bottleneck", "radial_basis"] = "bottleneck", hidden: int = ReconstructionAutoencoder.hidden_units
) -> Callable[[Matrix, Matrix, int], Matrix]:
    def judge(train: Matrix, judged: Matrix, seed: int) -> Matrix:
        schema, learned = parts(train)
        return (
            ReconstructionAutoencoder(schema, min_rows=1, device="cpu", architecture=network, hidden_units=hidden).fit(learned, seed).score_rows(frame(judged))
        )

    return judge


if __name__ == "__main__":
    main(__doc__ or "", measure)
