"""Keys of commits that tests make by hand."""

from __future__ import annotations

from sluice.store.fenced_commits import CommitKey


def run_key(number: int, dataset: str = "events", *, epoch: int = 1, digest: str = "") -> CommitKey:
    """The key of a run that is called after its number."""
    return CommitKey(dataset, f"run {number}", number, digest, epoch)
