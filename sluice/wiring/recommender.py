"""Read the recommender's part of the configuration."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from sluice.config import Config, Recommender
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.ports import Snapshot

RECOMMENDER = "recommender"  # its name in the model registry


def settings_of(config: Config) -> Recommender:
    """Return the recommender's settings.

    Raises:
        UsageError: sluice.yaml configures no recommender.
    """
    if config.recommender is None:
        raise make_error(UsageError, "recommender_unconfigured")
    return config.recommender


def cache_of(config: Config) -> Path:
    """Return the folder that caches the embeddings of texts."""
    return Path(config.path(".sluice/text"))


def newest_event(snapshot: Snapshot, settings: Recommender, now: datetime) -> datetime:
    """Return the time of the newest published event; recorded events of later times are not published yet.

    Events that a fast clock dates into the future are ignored.
    """
    rows = snapshot.published(settings.events)
    times = pl.col(settings.time).cast(pl.Datetime("us", "UTC"))
    has_times = settings.time in rows.collect_schema().names()
    newest = rows.select(times.filter(times <= now).max()).collect().item() if has_times else None
    return newest if isinstance(newest, datetime) else datetime.min.replace(tzinfo=UTC)
