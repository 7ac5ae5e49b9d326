"""Take a rejection back: its rows are held again, with the reasons that they had."""

from __future__ import annotations

from typing import Protocol

from sluice.domain import Message, Request
from sluice.ports import Lease, Leasing


class Rejections(Protocol):
    """Know what was rejected."""

    def undo(self, lease: Lease, request: Request) -> int:
        """Hold the rows of a rejection again; return their number."""
        ...


class RejectingStore(Leasing, Protocol):
    """Keep rejections."""

    @property
    def rejections(self) -> Rejections:
        """Return what was rejected."""
        ...


def undo_reject(request: Request, store: RejectingStore) -> Message:
    """Undo the rejections that a request names, and return the answer.

    Raises:
        UsageError: No row is rejected by them now.
    """
    with store.lease(request.dataset) as lease:
        return Message.of("rejection_undone", rows=store.rejections.undo(lease, request))
