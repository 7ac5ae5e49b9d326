"""Train the detectors of a dataset and save their models."""

from __future__ import annotations

from datetime import datetime

from sluice import jobs
from sluice.config import Config
from sluice.domain import Artifact, Message, Model
from sluice.errors import ModelError
from sluice.ports import Updater
from sluice.store import SqlStore
from sluice.wiring.model_names import resolve_name
from sluice.worker.session import open_session, steps_of


def learn(path: str, dataset: str, now: datetime) -> list[Model]:
    """Fit the detectors of a dataset that are due, and let the others learn on from new batches.

    Args:
        path: Path of sluice.yaml.
        dataset: Name of the dataset.
        now: Time with which the models are dated.
    """
    config, store = open_session(path)
    schema = config.datasets[dataset].schema_of(dataset)
    return jobs.learn(schema, steps_of(path, dataset).learners(), store, _learning(path, dataset, store), now=now)


def refit(path: str, name: str, by: str, reason: str, now: datetime) -> Model:
    """Fit one detector from its whole history, due or not.

    Args:
        path: Path of sluice.yaml.
        name: Name of the detector, with its dataset or without.
        by: Who requests it.
        reason: Why.
        now: Time with which the model is dated.

    Raises:
        UsageError: No such detector learns.
        ModelError: There is too little to learn from.
    """
    config, store = open_session(path)
    full = resolve_name(name, _learning_names(path, config), "detector that learns")
    return jobs.refit(full, store, _learning(path, full.partition(".")[0], store), by=by, why=Message.text(reason), now=now)


def _learning_names(path: str, config: Config) -> list[str]:
    return [name for dataset in config.datasets for name in steps_of(path, dataset).trainers]


def _learning(path: str, dataset: str, store: SqlStore) -> jobs.Learning:
    trainers = steps_of(path, dataset).trainers

    def train(name: str, snapshot_id: str) -> Artifact:
        return trainers[name].train(store.snapshot(snapshot_id), seed=0)

    def update(name: str, snapshot_id: str) -> Artifact:
        trainer, snapshot = trainers[name], store.snapshot(snapshot_id)
        serving = snapshot.model(name)
        if serving is None or not isinstance(trainer, Updater):
            raise ModelError(f"{name} has learned nothing yet that it could learn on from")
        return trainer.update(serving, snapshot, seed=0)

    return jobs.Learning(train, update)
