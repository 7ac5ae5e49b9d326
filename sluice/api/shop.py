"""Open the shop that the HTTP API answers for, and follow its configuration."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sluice.app import App, build
from sluice.errors import SluiceError

if TYPE_CHECKING:
    from sluice.serving.service import RecommenderService

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
        self._recommender: tuple[App, RecommenderService] | None = None
        self._loading = threading.Lock()

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

    def recommender(self) -> RecommenderService | None:
        """Return the serving recommender, which stays in memory; None where none is configured.

        Raises:
            MissingExtra: The packages that it needs are not installed.
        """
        app = self.app
        if app.config.recommender is None:
            return None
        with self._loading:
            if self._recommender is None or self._recommender[0] is not app:
                self._recommender = app, app.recommender()
            return self._recommender[1]

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
