"""Read the recommender's part of the configuration."""

from __future__ import annotations

from pathlib import Path

from sluice.config import Config, Recommender
from sluice.errors import UsageError

RECOMMENDER = "recommender"  # its name in the model registry


def settings_of(config: Config) -> Recommender:
    """Return the recommender's settings.

    Raises:
        UsageError: sluice.yaml configures no recommender.
    """
    if config.recommender is None:
        raise UsageError("sluice.yaml configures no `recommender`; the README shows how")
    return config.recommender


def cache_of(config: Config) -> Path:
    """Return the folder that caches the embeddings of texts."""
    return Path(config.path(".sluice/text"))
