"""Compute an answer once for all who ask for it at the same time, and within a moment after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
MAX_ANSWERS = 1000  # that are held at once


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    """Hold an answer, or what computes it, and when that began."""

    task: asyncio.Task[T]
    began: float

    @property
    def failed(self) -> bool:
        """Return True where there is no answer to share."""
        return self.task.done() and (self.task.cancelled() or self.task.exception() is not None)


class SharedAnswers(Generic[T]):
    """Hold the answers that were computed last; used by the event loop alone."""

    def __init__(self, timer: Callable[[], float]) -> None:
        """Hold no answer yet.

        Args:
            timer: Seconds that pass, from any origin.
        """
        self._timer = timer
        self._entries: dict[Hashable, _Entry[T]] = {}

    async def get(self, key: Hashable, seconds: float, compute: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the answer of a key; what fails is raised for all who wait for it, and computed anew for the next one.

        Args:
            key: Names the question.
            seconds: Age that an answer may have, from the moment when its computation began.
            compute: Computes the answer.
        """
        now, entry = self._timer(), self._entries.get(key)
        if entry is None or entry.failed or now - entry.began >= seconds:
            self._drop(now - seconds)
            entry = self._entries[key] = _Entry(asyncio.ensure_future(compute()), now)
        return await asyncio.shield(entry.task)  # whoever hangs up ends it for nobody else

    def _drop(self, before: float) -> None:
        """Drop old answers once there are many."""
        if len(self._entries) >= MAX_ANSWERS:
            self._entries = {key: entry for key, entry in self._entries.items() if entry.began > before}
