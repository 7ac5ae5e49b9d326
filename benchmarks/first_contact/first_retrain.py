"""Measure the first retrain of a new shop whose items have long descriptions: Amazon Office, with the file that `sluice init` writes.

The language model reads the beginning of each text (`text_tokens`), by int8 products where the processor makes these fast; the peer reads as much as the model
allows, 256 tokens, in float32. Both retrain on the same published rows. CPU seconds are those that the operating system counts, from an empty cache of
embeddings; the further seeds of the models reuse the embeddings, which no seed changes. Recall@20 is that of the hold-out, as the model's card states it.
Nothing of the hold-out decides how texts are read: that was chosen by the last interactions before it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev

from benchmarks.figures import Figure, main, number
from benchmarks.first_contact.landing import sluice
from benchmarks.first_contact.public_pairs import OFFICE, office
from benchmarks.startup import command, cpu_seconds

WHOLE = "  text_tokens: 256\n  text_precision: float32\n"  # as the model is published


def shop(folder: Path) -> Path:
    """Describe and publish the set as a new user would; return sluice.yaml."""
    office(folder)
    for arguments in (("init", "landing/"), ("run",)):
        done = sluice(folder, *arguments)
        if done.returncode:
            raise SystemExit(f"sluice {' '.join(arguments)}: {done.stderr}")
    return folder / "sluice.yaml"


def retrain(published: Path, settings: str, seeds: int) -> tuple[float, list[float]]:
    """Retrain copies of the published shop; return the CPU seconds of the first, and Recall@20 of each seed's model on the hold-out."""
    with tempfile.TemporaryDirectory() as place:
        runs = [_retrain_once(published, Path(place), f"{settings}  seed: {seed}\n") for seed in range(seeds)]
    return runs[0][0], [recall for _, recall in runs]


def _retrain_once(published: Path, place: Path, settings: str) -> tuple[float, float]:
    folder, cache = Path(shutil.copytree(published, place / "shop")), place / "text"
    if cache.exists():
        cache.rename(folder / ".sluice" / "text")
    config = folder / "sluice.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("\nrecommender:\n", f"\nrecommender:\n{settings}"), encoding="utf-8")
    seconds = cpu_seconds(command("retrain", "--config", str(config)))
    versions = json.loads(sluice(folder, "models", "list", "--format", "json").stdout)
    (folder / ".sluice" / "text").rename(cache)
    shutil.rmtree(folder)
    return seconds, float(versions[0]["recall@20"])


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Retrain with the default and with whole texts."""
    seeds = 1 if options.quick else options.seeds
    with tempfile.TemporaryDirectory() as place:
        folder = shop(Path(place)).parent
        (seconds, recall), (whole_seconds, whole_recall) = (retrain(folder, settings, seeds) for settings in ("", WHOLE))
    spread = f", sd {number(stdev(whole_recall))}" if seeds > 1 else ""
    return [
        Figure.over("first retrain, Amazon Office", [seconds], "CPU s", "whole texts in float32", whole_seconds),
        Figure.over("first retrain, recall@20 on the hold-out", recall, "", f"whole texts in float32{spread}", mean(whole_recall)),
    ]


if __name__ == "__main__":
    if not OFFICE.exists():
        raise SystemExit(f"needs {OFFICE}")
    main(__doc__ or "", measure)
