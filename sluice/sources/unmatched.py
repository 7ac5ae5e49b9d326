"""Find the files of the landing folders that no dataset takes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sluice.sources.content import FORMATS
from sluice.sources.decompression import without_compression
from sluice.sources.delta_log import delta_table_of, is_delta
from sluice.sources.files import NAMES_FILE, is_finished, matching_files, split_pattern


def unmatched_files(root: Path, patterns: Iterable[str], ignored: Iterable[Path] = ()) -> list[Path]:
    """Return the files and Delta tables beside those that the patterns match, in order; hidden and unfinished ones are left out.

    Args:
        root: Folder of sluice.yaml, which the patterns start in; of its own files, only those with the ending of a table count.
        patterns: Patterns of all datasets.
        ignored: Files that are no data, such as sluice.yaml.
    """
    patterns = list(patterns)
    folders = {split_pattern(root, pattern)[0] for pattern in patterns}
    taken = {path for pattern in patterns for path in matching_files(root, pattern)} | {path.resolve() for path in ignored}
    around = [
        delta_table_of(path, folder) or path for folder in folders if folder.is_dir() for path in folder.rglob("*") if is_finished(path.relative_to(folder))
    ]
    files = {path for path in around if path not in taken and path.name != NAMES_FILE and (path.is_file() or is_delta(path))}
    return sorted(path for path in files if root.resolve() not in folders or _ending(path) in FORMATS or path.is_dir())


def _ending(path: Path) -> str:
    return Path(without_compression(path.name.lower())).suffix
