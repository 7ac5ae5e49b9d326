"""Log what shoppers are shown, in the background, so that no answer waits for the database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from sluice.domain.exposures import ShownList
from sluice.errors import SluiceError
from sluice.wiring.exposures import ExposuresOfShop

PAUSE = 1.0  # seconds between two writes: a killed process loses what it showed since the last one
MOST = 20_000  # lists that wait for a database that does not answer; further ones are not logged


class ExposureWriter:
    """Collect lists and write them once a second; safe for many threads."""

    def __init__(self, write: Callable[[Sequence[ShownList]], None], *, pause: float = PAUSE, most: int = MOST) -> None:
        """Start nothing yet.

        Args:
            write: Writes lists durably, in one transaction.
            pause: Seconds between two writes.
            most: Number of lists that wait.
        """
        self._write, self._pause, self._most = write, pause, most
        self._waiting: list[ShownList] = []
        self._lock, self._writing, self._closed = threading.Lock(), threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, exposed: ShownList) -> None:
        """Log a list with the next write."""
        with self._lock:
            if len(self._waiting) < self._most:
                self._waiting.append(exposed)
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._run, name="exposures", daemon=True)
                self._thread.start()
        if self._closed.is_set():
            self.flush()

    def flush(self) -> None:
        """Write what waits; where the database refuses, it waits for the next write."""
        with self._writing:
            with self._lock:
                lists, self._waiting = self._waiting, []
            if not lists:
                return
            try:
                self._write(lists)
            except SluiceError as error:
                logging.getLogger(__name__).warning("%d lists that were shown are not logged yet: %s", len(lists), error)
                with self._lock:
                    self._waiting = (lists + self._waiting)[: self._most]

    def close(self) -> None:
        """Write what waits, and end."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()
        self.flush()

    def _run(self) -> None:
        while not self._closed.wait(self._pause):
            self.flush()


def writer_of(log: ExposuresOfShop) -> ExposureWriter:
    """Return what logs the exposures of a shop.

    Raises:
        UsageError: Users are logged as pseudonyms, and the key is not set.
    """
    log.require_key()
    return ExposureWriter(log.add)
