"""Measure the first retrain of a new shop whose items have long descriptions: Amazon Office, with the file that `sluice init` writes.

The language model reads the beginning of each text (`text_tokens`); the peer reads as much as the model allows, 256 tokens. Both retrain on the same
published rows, from an empty cache of embeddings. CPU seconds are those that the operating system counts; Recall@20 is that of the hold-out, as the
model's card states it. Nothing of the hold-out decides how much of a text is read: that was chosen by the last interactions before it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure, main
from benchmarks.first_contact.landing import sluice
from benchmarks.first_contact.public_pairs import OFFICE, office
from benchmarks.startup import command, cpu_seconds

WHOLE = 256  # tokens that the language model can read of a text


def shop(folder: Path) -> Path:
    """Describe and publish the set as a new user would; return sluice.yaml."""
    office(folder)
    for arguments in (("init", "landing/"), ("run",)):
        done = sluice(folder, *arguments)
        if done.returncode:
            raise SystemExit(f"sluice {' '.join(arguments)}: {done.stderr}")
    return folder / "sluice.yaml"


def retrain(published: Path, tokens: int | None) -> tuple[float, float]:
    """Retrain a copy of the published shop; return CPU seconds and Recall@20 of the new model on the hold-out."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(published, Path(place) / "shop"))
        config = folder / "sluice.yaml"
        if tokens:
            config.write_text(config.read_text(encoding="utf-8").replace("\nrecommender:\n", f"\nrecommender:\n  text_tokens: {tokens}\n"), encoding="utf-8")
        seconds = cpu_seconds(command("retrain", "--config", str(config)))
        versions = json.loads(sluice(folder, "models", "list", "--format", "json").stdout)
        return seconds, float(versions[0]["recall@20"])


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Retrain with the default and with whole texts, in turn."""
    with tempfile.TemporaryDirectory() as place:
        folder = shop(Path(place)).parent
        pairs = [(retrain(folder, None), retrain(folder, WHOLE)) for _ in range(1 if options.quick else options.seeds)]
    ours, whole = ([pair[place] for pair in pairs] for place in (0, 1))
    spent, whole_spent = ([seconds for seconds, _ in runs] for runs in (ours, whole))
    recall, whole_recall = ([value for _, value in runs] for runs in (ours, whole))
    return [
        Figure.over("first retrain, Amazon Office", spent, "CPU s", "whole texts", sum(whole_spent) / len(whole_spent)),
        Figure.over("first retrain, recall@20 on the hold-out", recall, "", "whole texts", sum(whole_recall) / len(whole_recall)),
    ]


if __name__ == "__main__":
    if not OFFICE.exists():
        raise SystemExit(f"needs {OFFICE}")
    main(__doc__ or "", measure)
