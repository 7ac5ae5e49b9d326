"""Decide which decisions can be undone, and what undoes them."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.domain import Message, Request, RequestKind

UNDONE_BY: Mapping[RequestKind, RequestKind] = {
    "release": "undo_release",
    "correct": "undo_release",
    "reject": "undo_reject",
    "override": "undo_override",
    "rollback": "undo_rollback",
    "change_rule": "undo_change_rule",
    "map_values": "undo_map_values",
    "label": "undo_label",
    "label_pair": "undo_label_pair",
    "merge_products": "undo_merge_products",
}


def inverse_of(request: Request) -> tuple[RequestKind, tuple[str, ...]] | Message:
    """Return the kind of request that undoes a decision, and what it names; or why nothing undoes it.

    Args:
        request: A request that was carried out.

    Example:
        >>> from datetime import UTC, datetime
        >>> inverse_of(Request("q1", "reject", "events", "Ann", "", datetime(2026, 3, 1, tzinfo=UTC), ("b1.0",), state="done"))
        ('undo_reject', ('q1',))
    """
    kind = UNDONE_BY.get(request.kind)
    if kind is None:
        return Message.of("undo_no_way", kind=request.kind)
    if request.state != "done":
        return Message.of("undo_not_done", request=request.id, state=request.state)
    return kind, (request.id,)
