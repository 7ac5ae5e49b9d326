"""Define the keys of sluice.yaml that say how long what is kept: one table of defaults, of which none is without end."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from sluice.config.duration import Duration
from sluice.config.model import Model
from sluice.errors import InvalidValue
from sluice.messages import make_error

LONGEST = timedelta(days=36500)


def _sensible(span: timedelta) -> timedelta:
    if not timedelta(days=1) <= span <= LONGEST:
        raise make_error(InvalidValue, "retention_unfit")
    return span


Span = Annotated[Duration, AfterValidator(_sensible)]


class Retention(Model):
    """Say how long what is kept; `sluice vacuum`, and `sluice serve` once a day, delete what is older. Published and held rows and run records stay."""

    history: Span = Field(
        timedelta(days=90),
        description="earlier versions of the lake's tables: snapshots of this time can be read, and that of the hold-out of a serving model",
    )
    landing: Span = Field(timedelta(days=30), description="copies of rows that were read from SQL and Delta tables, once they are published")
    models: Span = Field(
        timedelta(days=180), description="bytes of versions of models, but for the champion and the two before it; the records of all versions stay"
    )
    backups: Span = Field(
        timedelta(days=365), description="records of runs in the lake: a database that is restored from a backup of this age or younger is completed"
    )
    verdicts: Span = Field(
        timedelta(days=730), description="verdicts, profiles, scores by value and guarded shares of runs, but for the newest 100 runs of each dataset"
    )
    incidents: Span = Field(timedelta(days=730), description="resolved incidents")
    alerts: Span = Field(timedelta(days=365), description="alerts that were sent or muted, whose incidents are resolved")
    requests: Span = Field(timedelta(days=730), description="answered requests: a decision is undone within this time")
    decisions: Span = Field(timedelta(days=730), description="decisions of the gate that were used, and expired overrides")
    firings: Span = Field(timedelta(days=90), description="firings of scheduled jobs, and heartbeats of workers that are gone")
    exposures: Span = Field(timedelta(days=90), description="what the recommender has shown, where `recommender.exposures` logs it")
    queries: Span = Field(timedelta(days=180), description="queries that no item answered, since they were last sent")
    answers: Span = Field(timedelta(days=90), description="answers of a language model, and what it proposed")
