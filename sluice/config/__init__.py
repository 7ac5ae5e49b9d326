"""Read sluice.yaml into frozen values; `load` reports every mistake in it at once."""

from __future__ import annotations

from sluice.config.duration import Duration, parse_duration
from sluice.config.load import did_you_mean, line_in, load, read
from sluice.config.model import Step
from sluice.config.models import Config, Dataset, Limits, RunningClock, Schedule
from sluice.config.recommender import Recommender
from sluice.config.renamed import rename_step
from sluice.config.settings import SettingsError, build
from sluice.config.source_models import FileSource, KafkaSource, LogSource, SqlSource

__all__ = [
    "Config",
    "Dataset",
    "Duration",
    "FileSource",
    "KafkaSource",
    "Limits",
    "LogSource",
    "Recommender",
    "RunningClock",
    "Schedule",
    "SettingsError",
    "SqlSource",
    "Step",
    "build",
    "did_you_mean",
    "line_in",
    "load",
    "parse_duration",
    "read",
    "rename_step",
]
