"""Make what evaluates the parts of a batch on a cluster."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from sluice.config import Config, KafkaSource, SqlSource
from sluice.config.source_models import SourceConfig
from sluice.store import SqlStore
from sluice.store.drafts import Draft
from sluice.store.pinned import PinnedStore
from sluice.store.snapshot import SqlSnapshot
from sluice.worker.spark.driver import OnSpark
from sluice.worker.spark.tasks import PartJob
from sluice.worker.spooling import Spooled


def on_cluster(spooled: Spooled, draft: Draft, *, config: Config, path: Path, store: SqlStore, snapshot: SqlSnapshot) -> OnSpark:
    """Let a cluster evaluate the parts.

    Args:
        spooled: The rows, in a folder that the executors reach.
        draft: Takes the files of the parts.
        config: The configuration.
        path: Path of sluice.yaml.
        store: The store.
        snapshot: Everything that was published before.
    """
    evaluation = uuid.uuid4().hex
    folder = spooled.folder / evaluation
    folder.mkdir()
    pinned = PinnedStore.of(store, snapshot, spooled.empty.dataset, folder)
    job = PartJob(
        evaluation,
        without_secrets(config),
        path,
        pinned,
        spooled.empty,
        spooled.folder,
        folder / "pass.arrow",
        draft.uri,
        spooled.together,
        spooled.parts,
        spooled.exchanged,
    )
    return OnSpark(job, spooled.parts, folder, config.spark.remote or os.environ.get("SPARK_REMOTE"), draft)


def without_secrets(config: Config) -> Config:
    """Return the configuration without the addresses that executors need not know; those of databases may hold passwords."""
    datasets = {name: dataset.model_copy(update={"source": _without_address(dataset.source)}) for name, dataset in config.datasets.items()}
    spark = config.spark.model_copy(update={"remote": None})
    return config.model_copy(update={"database": "", "alerts": (), "spark": spark, "datasets": datasets})


def _without_address(source: SourceConfig) -> SourceConfig:
    if isinstance(source, SqlSource):
        return source.model_copy(update={"url": ""})
    return source.model_copy(update={"kafka": "", "options": {}}) if isinstance(source, KafkaSource) else source
