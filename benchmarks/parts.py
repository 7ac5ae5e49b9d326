"""Run the parts of a benchmark, each a command of its own, in fresh processes one after the other."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure


def measured(folder: str, parts: Sequence[str], options: argparse.Namespace) -> Sequence[Figure]:
    """Run every part in its own process and return its figures.

    Args:
        folder: The package of the parts, below `benchmarks`.
        parts: Its modules.
        options: As the benchmark itself was given them.
    """
    with tempfile.TemporaryDirectory() as place:
        files = [Path(place) / f"{part}.json" for part in parts]
        for part, file in zip(parts, files, strict=True):
            quick = ["--quick"] if options.quick else []
            command = [sys.executable, "-m", f"benchmarks.{folder}.{part}", "--seeds", str(options.seeds), "--json", str(file), *quick]
            subprocess.run(command, check=True)
        return merged(files)


def merged(files: Sequence[Path]) -> list[Figure]:
    """Read the figures that parts have written."""
    return [Figure(**values) for file in files for values in json.loads(file.read_text(encoding="utf-8"))]
