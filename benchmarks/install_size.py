"""Measure the size of the installed base and of each extra: the files of every package that it requires.

The sizes are those that the installed packages record of their own files, so that one environment with all extras answers for each of them. torch is its
CPU build.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from benchmarks.figures import Figure, main, number

EXTRAS = ("detectors", "recommender", "dashboard", "alerts", "postgres", "s3", "all")
MB = 1e6


def normalize(name: str) -> str:
    """Return the canonical name of a package."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(package: Distribution, extras: Sequence[str]) -> Iterator[Requirement]:
    """Yield what a package requires on this machine, with these extras."""
    for line in package.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in extras or ("",)):
            yield requirement


def closure(name: str, extras: Sequence[str], done: dict[tuple[str, tuple[str, ...]], Distribution]) -> dict[tuple[str, tuple[str, ...]], Distribution]:
    """Collect a package and all that it requires, each once for each set of extras."""
    key = (normalize(name), tuple(sorted(extras)))
    if key not in done:
        try:
            done[key] = distribution(name)
        except PackageNotFoundError:
            return done  # required elsewhere, such as on another system
        for requirement in requirements(done[key], ("", *extras)):
            closure(requirement.name, sorted(requirement.extras), done)
    return done


def size(package: Distribution) -> int:
    """Return the bytes of a package's files."""
    paths = [Path(str(file.locate())) for file in package.files or ()]
    return sum(path.stat().st_size for path in paths if path.is_file())


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Return the size of the base and of the base with each extra."""
    del options
    sizes = {extra: _total([extra] if extra else []) for extra in ("", *EXTRAS)}
    base = sizes[""]
    against = f"the base: {number(base)}"
    return [Figure("installed base", base, "MB"), *(Figure(f"with {extra}", sizes[extra], "MB", against, sizes[extra] / base) for extra in EXTRAS)]


def _total(extras: Sequence[str]) -> float:
    packages = {name: package for (name, _), package in closure("sluice", extras, {}).items()}
    return sum(map(size, packages.values())) / MB


if __name__ == "__main__":
    main(__doc__, measure)
