"""Decide which releases are undone, and which can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sluice.domain import EMPTY, Message, Run

_PREFIX = "undo-"


def undo_id(release: str) -> str:
    """Return the id of the run that undoes a release; a release is undone at most once.

    Example:
        >>> undo_id("release-q1")
        'undo-release-q1'
    """
    return f"{_PREFIX}{release}"


def request_id(release: str) -> str:
    """Return the id of the request that a release carried out.

    Example:
        >>> request_id("release-q1.b7")
        'q1'
    """
    return release.removeprefix("release-").partition(".")[0]


def undone_releases(runs: Iterable[Run]) -> frozenset[str]:
    """Return the ids of the releases that later runs took back."""
    return frozenset(run.id.removeprefix(_PREFIX) for run in runs if run.kind == "undo_release" and run.state == "published")


def releases_of(runs: Sequence[Run], name: str) -> list[Run]:
    """Return the published releases of that name: the run of that id, or every run of the request of that id.

    Args:
        runs: Runs of a dataset.
        name: Id of a run, or of a request, which has one run for each batch of its rows.
    """
    releases = [run for run in runs if run.kind == "release" and run.state == "published"]
    request = f"release-{name}"
    return [run for run in releases if run.id in (name, request) or run.id.startswith(f"{request}.")]


def settled_by(release: Run) -> int:
    """Return the number of rows that a release settled when it ran: those that it published, and those that repeat others.

    Example:
        >>> from datetime import UTC, datetime
        >>> settled_by(Run("release-q1", "events", "release", 1, datetime(2026, 3, 1, tzinfo=UTC), "published", good=3, bad=2, copies=1))
        4
    """
    return release.good + release.copies + release.superseded


def undo_refusal(release: Run, runs: Iterable[Run]) -> Message:
    """Return why a release cannot be undone; an empty message where it can.

    Args:
        release: The run of the release.
        runs: Runs of its dataset.
    """
    if release.id in undone_releases(runs):
        return Message.of("release_undone_already", release=release.id)
    if release.uri or release.replaced:
        return Message.of("release_replaced_rows", release=release.id)
    return Message.of("release_without_rows", release=release.id) if not settled_by(release) else EMPTY
