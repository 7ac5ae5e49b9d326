"""Decide which version of a Delta table is read in place of another one, whose files were merged, or written anew without a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deltalake import DeltaTable

OLDEST = "sluice.oldestVersion"  # property of a table whose versions were written anew: those before are gone
REWRITING = "sluice.rewriting"  # property of a table whose versions are being written anew: the newest one before


def oldest_version(handle: DeltaTable) -> int:
    """Return the oldest version that is left of a table."""
    return int(handle.metadata().configuration.get(OLDEST) or 0)


def interrupted_at(handle: DeltaTable) -> int | None:
    """Return the version with the rows of a table whose rewriting was interrupted; None where none was."""
    version = handle.metadata().configuration.get(REWRITING)
    return int(version) if version else None


def version_to_read(transaction: Callable[[str], int | None], oldest: int, dataset: str, version: int) -> int:
    """Return the version that is read in place of a published one: the one itself, or one of the same rows that came later.

    Args:
        transaction: Returns the version of an application transaction in the newest version of the table.
        oldest: The oldest version that is left.
        dataset: Whose table it is.
        version: The published version.

    Example:
        >>> version_to_read({"sluice.rewritten/orders/3": 7}.get, 6, "orders", 3), version_to_read({}.get, 0, "orders", 3)
        (7, 3)
    """
    compacted = (transaction(compaction_of(dataset)) or version) if transaction(compacted_of(dataset)) == version else version
    return compacted if compacted >= oldest else max(transaction(rewritten_of(dataset, version)) or 0, oldest)


def compacted_of(dataset: str) -> str:
    """Return the application transaction whose version is the published version that was merged last."""
    return f"sluice.compacted/{dataset}"


def compaction_of(dataset: str) -> str:
    """Return the application transaction whose version is that of the merged files."""
    return f"sluice.compaction/{dataset}"


def rewritten_of(dataset: str, version: int) -> str:
    """Return the application transaction whose version is read in place of one that was written anew."""
    return f"sluice.rewritten/{dataset}/{version}"
