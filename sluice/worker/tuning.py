"""Make the trials of a tuning, one a call, and keep them in the folder of the store."""

from __future__ import annotations

import functools
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import save

from sluice.domain import Decision, TuningResult, TuningTrial
from sluice.wiring.recommender import RECOMMENDER, cache_of, settings_of
from sluice.worker.progress import report_progress
from sluice.worker.recommender_training import pinned_runs
from sluice.worker.session import open_session

if TYPE_CHECKING:
    from recommender.tuning.study import Study

FORMAT = 1  # of what a study is known by


@dataclass(frozen=True, slots=True)
class TuningSetup:
    """Name what a study learns from; small enough to cross a process boundary.

    Attributes:
        snapshot: Id of the snapshot.
        runs: Ids of the open runs.
    """

    snapshot: str
    runs: tuple[str, ...]


def prepare(path: str, decisions: Sequence[Decision]) -> tuple[TuningSetup, list[TuningTrial]]:
    """Read the data and fit what all trials share; return the setup, and the trials that were made before.

    Args:
        path: Path of sluice.yaml.
        decisions: Decisions on every dataset that the recommender reads.

    Raises:
        ModelError: There is too little to learn from, or no model has a setting that is tuned.
    """
    snapshot_id = decisions[0].snapshot or ""
    setup = TuningSetup(snapshot_id, pinned_runs(open_session(path)[1].snapshot(snapshot_id), decisions))
    return setup, [recorded.trial for recorded in _study(path, setup).journal.read()]


def run_trial(path: str, setup: TuningSetup, seconds: float) -> TuningTrial | None:
    """Make the next trial; None where the time was over before it had ended."""
    return _study(path, setup).run_trial(seconds)


def conclude(path: str, setup: TuningSetup, log_dir: str | None) -> tuple[TuningResult, bytes]:
    """Return what was found, and its figures as safetensors.

    Args:
        path: Path of sluice.yaml.
        setup: What was learned from.
        log_dir: Folder for TensorBoard; None logs nothing.

    Raises:
        UsageError: TensorBoard is requested and not installed.
    """
    from recommender.training.tensorboard import TensorBoardWriter

    result = _study(path, setup).result()
    if log_dir:
        board = TensorBoardWriter(Path(log_dir))
        for trial in result.trials:
            for name, value in {"ndcg@20": trial.ndcg, "seconds": trial.seconds, **trial.values}.items():
                board.log_metric(f"tuning/{name}", value, trial.number)
        board.close()
    return result, save({"ndcg": np.array([trial.ndcg for trial in result.trials], np.float32)})


@functools.lru_cache(maxsize=1)
def _study(path: str, setup: TuningSetup) -> Study:
    """Read the data; attributes of users and context are read where the champion reads them."""
    from recommender.training.champion import Champion
    from recommender.training.dataset import RecommenderDataset, Resources
    from recommender.tuning.journal import Journal
    from recommender.tuning.study import Study
    from recommender.tuning.trials import TuningData

    config, store = open_session(path)
    settings, snapshot = settings_of(config), store.snapshot(setup.snapshot)
    champion = Champion.of(snapshot, RECOMMENDER)
    trusted = champion.trusted_holdout if champion else None
    dataset = RecommenderDataset.of(snapshot, settings, setup.runs, trusted, Resources(cache_of(config), progress=report_progress))
    dataset = dataset.with_side(champion.side).with_augmentation(champion.augmentation) if champion else dataset
    data = TuningData.of(settings, dataset, settings.seed)
    name = _digest([FORMAT, sorted(setup.runs), champion.card.get("trusted") if champion else None, data.identity])
    return Study(data, Journal(Path(config.path(".sluice/tuning")) / f"{name}.jsonl"), time.monotonic)


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]
