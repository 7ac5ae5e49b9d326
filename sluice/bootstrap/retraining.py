"""What a retrain does in the child process, and what it must know of the configuration."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sluice.bootstrap.worker import opened
from sluice.config import Config
from sluice.config import Recommender as Settings
from sluice.domain import Artifact, Comparison, Decision
from sluice.ports import Snapshot

if TYPE_CHECKING:
    from recommender.training.tensorboard import Board


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


def trained(path: str, board: str | None, decisions: Sequence[Decision]) -> Artifact:
    """Train the recommender on the rows that open decisions pin.

    Args:
        path: Of sluice.yaml.
        board: A folder for TensorBoard; None: nobody looks on.
        decisions: Of every dataset that it reads.

    Raises:
        ModelError: There is too little to learn from.
        UsageError: TensorBoard is wanted and not installed.
    """
    from recommender.data.training_data import discard_metric
    from recommender.training.tensorboard import Board
    from recommender.training.trainer import RecommenderTrainer
    from sluice.bootstrap.serving import cache_of

    config, store = opened(path)
    settings, past = _settings(config), store.snapshot(decisions[0].snapshot)
    shown = Board(Path(board)) if board else None
    trainer = RecommenderTrainer(settings, pinned(past, decisions), cache=cache_of(config), log_metric=shown.log_metric if shown else discard_metric)
    artifact = trainer.train(past, seed=settings.seed)
    if shown:
        _show_vectors(shown, artifact, past, settings)
        shown.close()
    return artifact


def pinned(past: Snapshot, decisions: Sequence[Decision]) -> tuple[str, ...]:
    """The open runs of all decisions that the snapshot holds: one that was published after it, before a later gate was asked, was not read."""
    held = {run.id for decision in decisions for run in past.runs(decision.dataset)}
    return tuple(run for decision in decisions for run in decision.runs if run in held)


def _show_vectors(board: Board, artifact: Artifact, past: Snapshot, settings: Settings) -> None:
    """Where the items lie, under their titles."""
    from recommender.data.interactions import catalog
    from recommender.serving.online_recommender import Recommender
    from recommender.serving.reranking import vectors_of

    served = Recommender.load(artifact).stocked(catalog(past, settings), settings)
    vectors = vectors_of(served.learned.ranker)
    if vectors is not None:
        board.vectors("items", vectors, [served.shelf.titles.get(item, item) for item in served.learned.vocabulary.items[: len(vectors)]])


def compared(path: str, champion: Artifact | None, challenger: Artifact, snapshot: str) -> Comparison:
    """Compare both on the trusted hold-out that the challenger's card names, and on the newest events.

    Where that hold-out cannot be read any more, as when a column was renamed, the newest events stand in for it.

    Raises:
        ModelError: The challenger is damaged, or its card tells no hold-out.
    """
    from recommender.evaluation.trusted_holdout import newest, trusted
    from recommender.promotion.compare import compare

    config, store = opened(path)
    settings = _settings(config)
    fresh = newest(challenger.card, store.snapshot(snapshot), settings)
    held = trusted(challenger.card, store.snapshot, settings)
    return compare(champion, challenger, held or fresh, fresh, time.thread_time)  # what else the machine does is not the model's fault


def _settings(config: Config) -> Settings:
    assert config.recommender is not None  # noqa: S101  # the caller asked
    return config.recommender
