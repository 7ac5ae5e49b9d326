"""Train the detectors of a dataset and save their models."""

from __future__ import annotations

from datetime import datetime

from sluice import jobs
from sluice.config import Config
from sluice.domain import Message, Model
from sluice.wiring.model_names import resolve_name
from sluice.worker.session import open_session, steps_of


def learn(path: str, dataset: str, now: datetime) -> list[Model]:
    """Fit the detectors of a dataset that are due, and update the others with new batches.

    Args:
        path: Path of sluice.yaml.
        dataset: Name of the dataset.
        now: Time with which the models are dated.
    """
    config, store = open_session(path)
    schema, steps = config.datasets[dataset].schema_of(dataset), steps_of(path, dataset)
    return jobs.learn(schema, steps.learners(), steps.trainers, store, now=now)


def refit(path: str, name: str, by: str, reason: str, now: datetime, request: str = "") -> Model:
    """Fit one detector from its whole history, due or not.

    Args:
        path: Path of sluice.yaml.
        name: Name of the detector, with its dataset or without.
        by: Who requests it.
        reason: Why.
        now: Time with which the model is dated.
        request: Id of the request that it carries out.

    Raises:
        UsageError: No such detector learns.
        ModelError: There is too little to learn from.
    """
    config, store = open_session(path)
    full = resolve_name(name, _learning_names(path, config), "detector that learns")
    return jobs.refit(steps_of(path, full.partition(".")[0]).trainers[full], store, by=by, reason=Message.text(reason), now=now, request=request)


def _learning_names(path: str, config: Config) -> list[str]:
    return [name for dataset in config.datasets for name in steps_of(path, dataset).trainers]
