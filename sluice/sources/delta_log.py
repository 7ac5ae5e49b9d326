"""Read the commits of a Delta table's log: which data files each version added and removed, and when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

LOG = "_delta_log"  # folder of the commits within a table's folder
Partition = Mapping[str, object]  # values of the partition columns by name: text as the log has it, or typed


@dataclass(frozen=True, slots=True)
class Commit:
    """Hold what one version changed; files that were only rewritten, as OPTIMIZE does, are no change.

    Attributes:
        version: Its number.
        at: When it was committed.
        added: Partition of each added file, by the file's path in the log.
        removed: Partition of each removed file, likewise.
    """

    version: int
    at: datetime
    added: Mapping[str, Partition]
    removed: Mapping[str, Partition]


def is_delta(folder: Path) -> bool:
    """Return True where a folder is a Delta table: it has a folder `_delta_log` with a commit or a checkpoint."""
    log = folder / LOG
    return log.is_dir() and (any(log.glob("*.json")) or any(log.glob("*.checkpoint*.parquet")))


def delta_table_of(path: Path, within: Path) -> Path | None:
    """Return the Delta table below a folder that a file belongs to; None where it belongs to none."""
    parents = [folder for folder in path.parents if folder.is_relative_to(within)]
    return next((folder for folder in reversed(parents) if (folder / LOG).is_dir()), None)


def read_commit(folder: Path, version: int) -> Commit | None:
    """Return what a version of a table changed; None where its commit is gone, as after a clean-up of the log.

    Args:
        folder: Folder of the table.
        version: Number of the version.
    """
    path = folder / LOG / f"{version:020d}.json"
    try:
        text, written = path.read_text(encoding="utf-8"), path.stat().st_mtime
    except FileNotFoundError:
        return None
    return parse_commit(version, text, datetime.fromtimestamp(written, UTC))


def parse_commit(version: int, text: str, written: datetime) -> Commit:
    """Return what the text of a commit says.

    Args:
        version: Its number.
        text: One JSON action a line.
        written: When its file was written; counts where the commit has no time.

    Example:
        >>> from datetime import UTC, datetime
        >>> text = '{"add": {"path": "a.parquet", "partitionValues": {}, "dataChange": true}}'
        >>> dict(parse_commit(3, text, datetime(2026, 11, 28, tzinfo=UTC)).added)
        {'a.parquet': {}}
    """
    actions = [json.loads(line) for line in text.splitlines() if line.strip()]
    info: Mapping[str, object] = next((action["commitInfo"] for action in actions if "commitInfo" in action), {})
    time = info.get("inCommitTimestamp") or info.get("timestamp")
    at = datetime.fromtimestamp(time / 1000, UTC) if isinstance(time, int) else written
    return Commit(version, at, _files(actions, "add"), _files(actions, "remove"))


def _files(actions: list[dict[str, dict[str, object]]], kind: str) -> dict[str, Partition]:
    changes = [action[kind] for action in actions if kind in action and action[kind].get("dataChange", True)]
    return {str(change["path"]): values if isinstance(values := change.get("partitionValues"), dict) else {} for change in changes}
