"""Time the stages of a task that stages an outcome, and report each to the parent process."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Concatenate, ParamSpec

from sluice.domain import Message, Staged
from sluice.ports import Stage, StageTimer, timed
from sluice.worker.progress import report_progress
from sluice.worker.session import configuration_digest

_Arguments = ParamSpec("_Arguments")


def with_stages(task: Callable[Concatenate[str, _Arguments], Staged]) -> Callable[Concatenate[str, _Arguments], Staged]:
    """Let a task say with what it stages how long each stage took."""

    @functools.wraps(task)
    def timed_task(path: str, /, *args: _Arguments.args, **options: _Arguments.kwargs) -> Staged:
        with timed(StageTimer(entered=_report)) as timer:
            staged = task(path, *args, **options)
        return replace(staged, stages=timer.seconds(), configuration=configuration_digest(path))

    return timed_task


def _report(stage: Stage) -> None:
    report_progress(Message.of("stage", stage=stage), 0, None)
