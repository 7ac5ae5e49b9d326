"""Time the stages of a batch, such as reading, judging and cleaning, while they run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, TypeAlias, get_args

Stage: TypeAlias = Literal["read", "cast", "compare", "judge", "clean", "detect", "profile", "write", "publish", "other"]
"""Part of the work on a batch, in the usual order; `compare` looks for rows that arrived before, `other` is what belongs to no part."""

STAGES: tuple[Stage, ...] = get_args(Stage)


class StageTimer:
    """Add up how long each stage takes. A stage within another one interrupts it, so that no second counts twice."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter, entered: Callable[[Stage], object] | None = None) -> None:
        """Start with no stage.

        Args:
            clock: Returns seconds.
            entered: Called with each stage that begins or goes on.
        """
        self._clock, self._entered = clock, entered
        self._open: list[Stage] = []
        self._since = 0.0
        self._seconds: dict[Stage, float] = {}

    @contextmanager
    def within(self, stage: Stage) -> Iterator[None]:
        """Count the time of the context as that of a stage."""
        self._count()
        self._open.append(stage)
        self._enter()
        try:
            yield
        finally:
            self._count()
            self._open.pop()
            self._enter()

    def seconds(self) -> Mapping[str, float]:
        """Return the seconds of each stage that ran, in the usual order."""
        return {stage: round(self._seconds[stage], 3) for stage in STAGES if stage in self._seconds}

    def _count(self) -> None:
        now = self._clock()
        if self._open:
            self._seconds[self._open[-1]] = self._seconds.get(self._open[-1], 0.0) + now - self._since
        self._since = now

    def _enter(self) -> None:
        if self._open and self._entered is not None:
            self._entered(self._open[-1])


_TIMER: ContextVar[StageTimer | None] = ContextVar("stage timer", default=None)


@contextmanager
def timed(timer: StageTimer) -> Iterator[StageTimer]:
    """Let a timer count the stages within the context; what belongs to none counts as `other`."""
    token = _TIMER.set(timer)
    try:
        with timer.within("other"):
            yield timer
    finally:
        _TIMER.reset(token)


@contextmanager
def stage(name: Stage) -> Iterator[None]:
    """Count the time of the context as that of a stage; nobody counts it outside of `timed`.

    Example:
        >>> with timed(StageTimer(iter([0.0, 1.0, 4.0, 4.5]).__next__)) as timer, stage("judge"):
        ...     pass
        >>> timer.seconds()
        {'judge': 3.0, 'other': 1.5}
    """
    timer = _TIMER.get()
    if timer is None:
        yield
        return
    with timer.within(name):
        yield
