"""What a retrain does in the child process, and what it must know of the configuration."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sluice.config import Recommender as Settings
from sluice.domain import Artifact, Comparison, Decision
from sluice.ports import Snapshot
from sluice.wiring.recommender import cache_of, settings_of
from sluice.worker.tasks import opened

if TYPE_CHECKING:
    from recommender.training.tensorboard import TensorBoardWriter


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
    from recommender.training.tensorboard import TensorBoardWriter
    from recommender.training.trainer import RecommenderTrainer

    config, store = opened(path)
    settings, snapshot = settings_of(config), store.snapshot(decisions[0].snapshot)
    shown = TensorBoardWriter(Path(board)) if board else None
    trainer = RecommenderTrainer(settings, pinned(snapshot, decisions), cache=cache_of(config), log_metric=shown.log_metric if shown else discard_metric)
    artifact = trainer.train(snapshot, seed=settings.seed)
    if shown:
        _show_vectors(shown, artifact, snapshot, settings)
        shown.close()
    return artifact


def pinned(snapshot: Snapshot, decisions: Sequence[Decision]) -> tuple[str, ...]:
    """The open runs of all decisions that the snapshot holds: one that was published after it, before a later gate was asked, was not read."""
    held = {run.id for decision in decisions for run in snapshot.runs(decision.dataset)}
    return tuple(run for decision in decisions for run in decision.runs if run in held)


def _show_vectors(board: TensorBoardWriter, artifact: Artifact, snapshot: Snapshot, settings: Settings) -> None:
    """Where the items lie, under their titles."""
    from recommender.data.interactions import load_catalog
    from recommender.serving.online_recommender import Recommender
    from recommender.serving.reranking import vectors_of

    served = Recommender.load(artifact).stocked(load_catalog(snapshot, settings), settings)
    vectors = vectors_of(served.learned.ranker)
    if vectors is not None:
        board.vectors("items", vectors, [served.shelf.titles.get(item, item) for item in served.learned.vocabulary.items[: len(vectors)]])


def compared(path: str, champion: Artifact | None, challenger: Artifact, snapshot: str) -> Comparison:
    """Compare both on the trusted hold-out that the challenger's card names, and on the newest events.

    Where that hold-out cannot be read any more, as when a column was renamed, the newest events stand in for it.

    Raises:
        ModelError: The challenger is damaged, or its card tells no hold-out.
    """
    from recommender.evaluation.trusted_holdout import load_training_holdout, load_trusted_holdout
    from recommender.promotion.compare import compare

    config, store = opened(path)
    settings = settings_of(config)
    fresh = load_training_holdout(challenger.card, store.snapshot(snapshot), settings)
    held = load_trusted_holdout(challenger.card, store.snapshot, settings)
    return compare(champion, challenger, held or fresh, fresh, time.thread_time)  # what else the machine does is not the model's fault
