"""Count the requests of each token, and refuse those that come too fast."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable

from sluice.api.errors import ApiError
from sluice.rules.buckets import Bucket, admit

MAX_CALLERS = 10_000  # that are remembered; the one that has been silent for longest is forgotten first
_BURST = 10  # seconds whose requests may come at once


class Rates:
    """Hold a bucket for each caller; used by the event loop alone."""

    def __init__(self, per_minute: int, timer: Callable[[], float]) -> None:
        """Store how many requests a minute each caller may send, and the timer."""
        self._per_minute, self._timer = per_minute, timer
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def require(self, caller: str) -> None:
        """Admit a request.

        Args:
            caller: Names the token, or the address of who has none.

        Raises:
            ApiError: It comes too fast.
        """
        most = max(1.0, self._per_minute * _BURST / 60)
        bucket, waits = admit(self._buckets.pop(caller, None), self._timer(), per_minute=self._per_minute, most=most)
        self._buckets[caller] = bucket
        if len(self._buckets) > MAX_CALLERS:
            self._buckets.popitem(last=False)
        if waits:
            seconds = math.ceil(waits)
            text = f"more than {self._per_minute:,} requests a minute; try again in {seconds} s"
            raise ApiError(429, "too_many_requests", text, headers={"retry-after": str(seconds)})
