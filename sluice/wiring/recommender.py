"""Read the recommender's part of the configuration."""

from __future__ import annotations

from pathlib import Path

from sluice.config import Config, Recommender
from sluice.errors import UsageError
from sluice.messages import make_error

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
