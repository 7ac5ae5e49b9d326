"""Describe jobs that run now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

JobKind: TypeAlias = Literal["ingest", "audit", "retrain"]


@dataclass(frozen=True, slots=True)
class RunningJob:
    """Represent a job that runs now.

    Attributes:
        id: Its id, which is another one each time.
        kind: What it does.
        dataset: The dataset that it works on now; of a retraining, the one that the recommender learns from. Empty before it works on one.
        file: Name of the file that is read; empty where none is.
        stage: What is done now: a stage of a batch (`sluice.ports.stages`), or another step, as a message in JSON.
        done: How much of the step is finished.
        total: Of how much; None where that is not known.
        started: When it started.
        worker: Host and process id of who runs it.
        cancelled_by: Who asked for its end; empty where nobody did.
    """

    id: str
    kind: JobKind
    dataset: str
    file: str
    stage: str
    done: int
    total: int | None
    started: datetime
    worker: str
    cancelled_by: str = ""
