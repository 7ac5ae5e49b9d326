"""Open the shop that the HTTP API answers for, and follow its configuration."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sluice.app import App, build
from sluice.errors import SluiceError

_LOG = logging.getLogger(__name__)
_CHECK_SECONDS = 1.0  # between two looks at the configuration


class Shop:
    """Hold the application, made anew where sluice.yaml was edited; safe for many threads.

    A configuration that is wrong is logged, and the former one stays. The settings below `api` count from the next start on.
    """

    def __init__(self, path: Path, timer: Callable[[], float] = time.monotonic) -> None:
        """Open the application.

        Args:
            path: Path of sluice.yaml.
            timer: Seconds that pass, from any origin.

        Raises:
            SluiceError: The configuration is wrong, or the store does not open.
        """
        self.path, self._timer = path.resolve(), timer
        self._lock = threading.Lock()
        self._content, self._looked = self.path.read_bytes(), timer()
        self._app = build(self.path)

    @property
    def app(self) -> App:
        """Return the application of the present configuration."""
        if self._timer() - self._looked >= _CHECK_SECONDS and self._lock.acquire(blocking=False):
            try:
                self._follow()
            finally:
                self._looked = self._timer()
                self._lock.release()
        return self._app

    def close(self) -> None:
        """Give the connections back."""
        self._app.close()

    def _follow(self) -> None:
        try:
            content = self.path.read_bytes()
            if content == self._content:
                return
            self._content = content
            former, self._app = self._app, build(self.path)
        except (SluiceError, OSError) as error:
            _LOG.warning("the edited %s cannot be used, and the former one stays: %s", self.path.name, error)
            return
        former.close()
