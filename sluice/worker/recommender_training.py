"""Train the recommender, and compare a challenger with the champion."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sluice.config import Recommender as Settings
from sluice.domain import Artifact, Comparison, Decision
from sluice.ports import Snapshot
from sluice.wiring.recommender import cache_of, settings_of
from sluice.worker.progress import report_progress
from sluice.worker.session import open_session

if TYPE_CHECKING:
    from recommender.training.tensorboard import TensorBoardWriter


def train(path: str, decisions: Sequence[Decision], log_dir: str | None) -> Artifact:
    """Train the recommender on the rows that open decisions pin.

    Args:
        path: Path of sluice.yaml.
        decisions: Decisions on every dataset that the recommender reads.
        log_dir: Folder for TensorBoard; None logs nothing.

    Raises:
        ModelError: There is too little to learn from.
        UsageError: TensorBoard is requested and not installed.
    """
    from recommender.data.training_data import discard_metric
    from recommender.training.tensorboard import TensorBoardWriter
    from recommender.training.trainer import RecommenderTrainer

    config, store = open_session(path)
    settings, snapshot = settings_of(config), store.snapshot(decisions[0].snapshot)
    board = TensorBoardWriter(Path(log_dir)) if log_dir else None
    log_metric = board.log_metric if board else discard_metric
    trainer = RecommenderTrainer(settings, pinned_runs(snapshot, decisions), cache=cache_of(config), log_metric=log_metric, progress=report_progress)
    artifact = trainer.train(snapshot, seed=settings.seed)
    if board:
        _log_item_embeddings(board, artifact, snapshot, settings)
        board.close()
    return artifact


def pinned_runs(snapshot: Snapshot, decisions: Sequence[Decision]) -> tuple[str, ...]:
    """List the open runs of all decisions that the snapshot holds; a run published after it, before a later gate was computed, is left out."""
    published = {run.id for decision in decisions for run in snapshot.runs(decision.dataset)}
    return tuple(run for decision in decisions for run in decision.runs if run in published)


def _log_item_embeddings(board: TensorBoardWriter, artifact: Artifact, snapshot: Snapshot, settings: Settings) -> None:
    """Log the embeddings of the items under their titles."""
    from recommender.data.interactions import load_catalog
    from recommender.serving.online_recommender import OnlineRecommender
    from recommender.serving.reranking import item_embeddings

    served = OnlineRecommender.load(artifact).with_catalog(load_catalog(snapshot, settings), settings)
    vectors = item_embeddings(served.trained.ranker)
    if vectors is not None:
        board.add_embeddings("items", vectors, [served.catalog.titles.get(item, item) for item in served.trained.vocabulary.items[: len(vectors)]])


def compare(path: str, champion: Artifact | None, challenger: Artifact, snapshot_id: str) -> Comparison:
    """Compare both on the trusted hold-out that the challenger's card names, and on the newest events.

    Where that hold-out can no longer be read, for instance because a column was renamed, the newest events stand in for it.

    Raises:
        ModelError: The challenger is damaged, or its card names no hold-out.
    """
    from recommender.evaluation.trusted_holdout import load_training_holdout, load_trusted_holdout
    from recommender.promotion.compare import compare as compare_models

    config, store = open_session(path)
    settings = settings_of(config)
    fresh = load_training_holdout(challenger.card, store.snapshot(snapshot_id), settings)
    holdout = load_trusted_holdout(challenger.card, store.snapshot, settings)
    return compare_models(champion, challenger, holdout or fresh, fresh, time.thread_time)  # CPU time: other load on the machine is not the model's
