"""What a retrain does in the child process, and what it must know of the configuration."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence

from sluice.bootstrap.worker import opened
from sluice.config import Config
from sluice.config import Recommender as Settings
from sluice.domain import Artifact, Comparison, Decision


def fingerprints(config: Config, datasets: Sequence[str]) -> Mapping[str, str]:
    """A fingerprint of all that decides which rows of a dataset are published: its columns, suite, cleaners, detectors and gate."""
    return {name: _digest({**config.datasets[name].model_dump(mode="json", exclude={"source"}), "file": _file(config, name)}) for name in datasets}


def _file(config: Config, dataset: str) -> str:
    """What a suite that is kept in a file of its own says; empty where it stands in sluice.yaml."""
    suite = config.datasets[dataset].suite
    path = config.root / suite if isinstance(suite, str) else None
    return path.read_text(encoding="utf-8") if path is not None and path.is_file() else ""


def _digest(settings: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()[:16]


def trained(path: str, decisions: Sequence[Decision]) -> Artifact:
    """Train the recommender on the rows that open decisions pin.

    Raises:
        ModelError: There is too little to learn from.
    """
    from recommender.training import RecommenderTrainer
    from sluice.bootstrap.recommending import cache_of

    config, store = opened(path)
    settings = _settings(config)
    runs = tuple(run for decision in decisions for run in decision.runs)
    return RecommenderTrainer(settings, runs, cache=cache_of(config)).train(store.snapshot(decisions[0].snapshot), seed=settings.seed)


def compared(path: str, champion: Artifact | None, challenger: Artifact, snapshot: str) -> Comparison:
    """Compare both on the champion's trusted hold-out and on the newest events.

    Raises:
        ModelError: The challenger is damaged, or its card tells no hold-out.
    """
    from recommender.comparing.compare import compare
    from recommender.trusted import Trusted, newest

    config, store = opened(path)
    settings = _settings(config)
    fresh = newest(challenger.card, store.snapshot(snapshot), settings)
    trusted = Trusted.of(champion.card) if champion else None
    held = trusted.held(store.snapshot(trusted.basis), settings) if trusted else fresh
    return compare(champion, challenger, held, fresh, time.perf_counter)


def _settings(config: Config) -> Settings:
    assert config.recommender is not None  # noqa: S101  # the caller asked
    return config.recommender
