"""Decide whether the text of sluice.yaml is the configuration in force, or may become it."""

from __future__ import annotations

from sluice.domain import ConfigVersion, Message
from sluice.domain.configurations import Standing


def standing_of(digest: str, in_force: ConfigVersion | None, *, machine: str, shared: bool, approval: bool) -> Standing:
    """Return how a file stands to the version in force.

    Args:
        digest: Digest of the text of the file.
        in_force: The version in force; None where there is none yet.
        machine: The machine that the file is on.
        shared: Whether several machines may use the store: then an edit counts by itself only on the machine that the version in force is from.
        approval: Whether another person than the author has to approve a change.

    Example:
        >>> from datetime import UTC, datetime
        >>> live = ConfigVersion(3, "d1", "Ann", "", datetime(2026, 3, 1, tzinfo=UTC), "live", machine="a")
        >>> [standing_of("d2", live, machine=machine, shared=True, approval=False) for machine in "ab"]
        ['new', 'differs']
    """
    if in_force is None:
        return "new"
    if digest == in_force.digest:
        return "in_force"
    if approval:
        return "unapproved"
    return "differs" if shared and machine != in_force.machine else "new"


def approval_refusal(draft: ConfigVersion, in_force: ConfigVersion | None, by: str) -> Message | None:
    """Return why somebody may not make a version live; None where they may."""
    if draft.state != "draft":
        return Message.of("config_no_draft", version=draft.number)
    if by.strip().casefold() == draft.author.strip().casefold():
        return Message.of("config_own_draft", version=draft.number, author=draft.author)
    if in_force is not None and in_force.number != draft.base:
        return Message.of("config_draft_outdated", version=draft.number, base=draft.base, newest=in_force.number)
    return None
