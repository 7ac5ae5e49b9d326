"""Name the files of the landing folders that no dataset takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sluice.config import Config, FileSource
from sluice.domain import EMPTY, Message
from sluice.sources.settling import Completeness
from sluice.sources.unmatched import unmatched_files

MAX_NAMES = 5  # in one line


def unmatched_of(config: Config, path: Path) -> list[str]:
    """Return the files that no dataset of a configuration takes, relative to its folder where they are in it; markers of whole files are left out.

    Args:
        config: The configuration.
        path: Its file, which is no data.
    """
    sources = [dataset.source for dataset in config.datasets.values() if isinstance(dataset.source, FileSource)]
    unmatched = unmatched_files(config.root, [source.files for source in sources], [path])
    ways = [Completeness(done=source.done) for source in sources]
    return relative_names([file for file in unmatched if not any(way.is_marker(file.name) for way in ways)], config.root)


def relative_names(files: Sequence[Path], root: Path) -> list[str]:
    """Return the paths of files, relative to a folder where they are in it."""
    root = root.resolve()
    return [str(file.relative_to(root) if file.is_relative_to(root) else file) for file in files]


def describe_unmatched(names: Sequence[str]) -> Message:
    """Describe in one line what no dataset takes; empty where there is nothing."""
    if not names:
        return EMPTY
    more = Message.of("names_more", more=len(names) - MAX_NAMES) if len(names) > MAX_NAMES else ""
    return Message.of("files_unmatched", files=len(names), names=tuple(names[:MAX_NAMES]), more=more)
