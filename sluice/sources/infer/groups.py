"""Groups files that follow one another into datasets, by their names."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from sluice.config import Limits
from sluice.errors import SourceError
from sluice.sources.arrival import end_of
from sluice.sources.files import is_finished
from sluice.sources.table import Format, format_of
from sluice.sources.unpack import unpacked

_CHANGING = re.compile(r"\d{4}([-_]?)\d{2}\1\d{2}(?:T[\d:-]*\d)?Z?|\d+")
_PARTS = re.compile(r"^(part|chunk|data|file|export|batch)?$")


MANY = 3  # files that follow one another for certain


@dataclass(frozen=True, slots=True)
class Group:
    """Files that follow one another.

    Attributes:
        dataset: A name for them.
        files: In the order of the times in their names.
        pattern: That they fit.
        format: Theirs; None where they are of several, which their endings tell.
        every: Their rhythm, where the times in their names tell one.
    """

    dataset: str
    files: tuple[Path, ...]
    pattern: str
    format: Format | None
    every: timedelta | None


def groups(folder: Path, root: Path) -> Iterator[Group]:
    """The files of a folder and its subfolders, grouped by what stays the same in their names; each group under a name of its own."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and is_finished(relative) and _has_format(path):
            found.setdefault(_same(relative), []).append(path)
    found = _folded(found)
    taken: set[str] = set()
    for same, paths in found.items():
        dataset = _unique(_name(same, folder.name), Path(same).parent.name or folder.name, taken)
        files = tuple(sorted(paths, key=lambda path: (end_of(path.name) is not None, end_of(path.name) or 0, path.name)))
        yield Group(dataset, files, _pattern(same, paths, folder, root), _format(paths), _rhythm(files))


def separator_of(path: Path) -> str:
    """What parts the names in a CSV file's first line: the mark that parts it into most."""
    try:
        line = next(unpacked(path, Limits().unpacked), b"").split(b"\n", 1)[0].decode("utf-8", "replace")
    except (OSError, EOFError, SourceError):
        return ","
    return max(",;\t|", key=lambda mark: len(next(csv.reader([line], delimiter=mark), [])))


def _has_format(path: Path) -> bool:
    try:
        format_of(path)
    except SourceError:
        return False
    return True


def _format(paths: Sequence[Path]) -> Format | None:
    formats = {format_of(path) for path in paths}
    return formats.pop() if len(formats) == 1 else None


def _folded(found: dict[str, list[Path]]) -> dict[str, list[Path]]:
    """A lone file that begins like many is one of them, sent otherwise: once more, or in another format."""
    many = {same.partition("*")[0]: same for same, paths in found.items() if len(paths) >= MANY and "*" in same}
    folded: dict[str, list[Path]] = {}
    for same, paths in found.items():
        home = many.get(same.partition("*")[0], same) if len(paths) == 1 else same
        folded.setdefault(home, []).extend(paths)
    return {_common(same, paths): paths for same, paths in folded.items()}


def _common(same: str, paths: Sequence[Path]) -> str:
    """What stays the same once files were folded in: no more than the beginning."""
    alike = {_CHANGING.sub("*", path.name.removesuffix(".gz")) for path in paths}
    return same if len(alike) == 1 else same.partition("*")[0] + "*"


def _same(relative: Path) -> str:
    """A path with what changes from file to file replaced by stars; whether it is compressed does not matter."""
    return _CHANGING.sub("*", relative.as_posix().removesuffix(".gz"))


def _name(same: str, folder: str) -> str:
    """The words of the file's name, or of the nearest folder that has any."""
    parts = [part.partition(".")[0] for part in (folder, *Path(same).parts)]
    named = [slug for slug in (re.sub(r"[^a-z0-9]+", "_", part.lower().replace("*", "")).strip("_") for part in parts) if not _PARTS.match(slug)]
    return _slug(named[-1] if named else "data")


def _slug(name: str) -> str:
    return (name if name[:1].isalpha() else f"d_{name}")[:60]


def _unique(name: str, parent: str, taken: set[str]) -> str:
    """A name that no other group has: with its folder before it, or a number after it."""
    folder = re.sub(r"[^a-z0-9]+", "_", parent.lower()).strip("_")
    choices = [name, _slug(f"{folder}_{name}"), *(f"{name}_{number}" for number in range(2, 2 + len(taken)))]
    chosen = next(each for each in choices if each not in taken)
    taken.add(chosen)
    return chosen


def _pattern(same: str, paths: Sequence[Path], folder: Path, root: Path) -> str:
    packed = {path.name.endswith(".gz") for path in paths}
    ending = "" if packed == {False} else ".gz" if packed == {True} else "*"
    if same.endswith("*"):
        ending = ""
    elif len(paths) == 1:
        same, ending = paths[0].relative_to(folder).as_posix(), ""
        same = _CHANGING.sub("*", same) if end_of(same) else same
    base = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.as_posix()
    return f"{base}/{re.sub(r'[*]+', '*', same)}{ending}".removeprefix("./")


def _rhythm(files: Sequence[Path]) -> timedelta | None:
    """The commonest step between the times in the names."""
    ends = sorted({end for path in files if (end := end_of(path.name))})
    steps = Counter(later - earlier for earlier, later in pairwise(ends))
    return steps.most_common(1)[0][0] if steps else None
