"""The names of what learns, as people write them: `events.autoencoder`, or `autoencoder` where one dataset alone has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from sluice.config import Config, did_you_mean
from sluice.errors import UsageError
from sluice.wiring.recommender import RECOMMENDER
from sluice.wiring.steps import trainers_of


def lines_of(config: Config, path: Path, kept: Iterable[str]) -> list[str]:
    """Every line of models: the recommender's, those that are configured, and those of which versions are kept."""
    configured = [name for dataset in config.datasets for name in trainers_of(config, path, dataset)]
    return sorted({RECOMMENDER, *kept, *configured})


def meant(name: str, known: Sequence[str], what: str) -> str:
    """The one of the known names that is meant.

    Args:
        name: A whole name, or one without its dataset; a way of a detector (`traffic:crawl`) stands for the detector where only that is known.
        known: What there is.
        what: What is asked for, such as `model`.

    Raises:
        UsageError: There is none, or more than one; the text tells all that there are.
    """
    for wanted in (name, name.partition(":")[0]):
        found = [each for each in known if wanted in (each, each.partition(".")[2])]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"more than one {what} is called {name}: name one of {', '.join(found)}")
    near = did_you_mean(name, [*known, *(short for each in known if (short := each.partition(".")[2]))]) if known else ""
    there = f" (there are {', '.join(known)})" if "did you mean" in near else "" if known else "; there is none yet"
    raise UsageError(f"no {what} is called {name}{near}{there}")
