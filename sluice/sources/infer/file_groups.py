"""Group files that follow one another into datasets, by their names."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sluice.domain import FileFormat
from sluice.domain.months import MONTHS
from sluice.errors import SourceError
from sluice.sources.content import format_of
from sluice.sources.decompression import without_compression
from sluice.sources.delta_log import LOG, delta_table_of
from sluice.sources.file_dates import period_end, period_ends
from sluice.sources.files import NAMES_FILE, is_finished
from sluice.sources.siblings import WEEK, is_dated_sibling

_WORD = r"(?<=[A-Za-z])(?<![A-Za-z]{2})2[A-Za-z](?![A-Za-z])"  # the digit of a word such as b2b or d2c is no counter
_MONTH = rf"(?i:{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_MONTH_FIRST = rf"(?<![A-Za-z]){_MONTH}[-_. ]?\d{{1,2}},?[-_. ](?:19|20)\d{{2}}"  # Nov-20-2026
_YEAR_BEFORE = rf"(?<!\d)(?:19|20)\d{{2}}[-_. ]?{_MONTH}(?![A-Za-z])(?:[-_. ]?\d{{1,2}}(?!\d))?"  # 2026-Nov, 2026-Nov-20
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DIGEST = rf"(?<![0-9A-Za-z])(?:{_UUID}|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{{8,40}})(?![0-9A-Za-z])"  # of an export, as Mailchimp names files
_NAMED_DATE = rf"{_YEAR_BEFORE}|\d{{1,2}}[-_. ]?{_MONTH}[-_. ]?(?:19|20)\d{{2}}|{_MONTH_FIRST}"  # 20-Nov-2026
_CHANGING = re.compile(rf"\d{{4}}([-_]?)\d{{2}}\1\d{{2}}(?:T[\d:-]*\d)?Z?|\d{{1,2}}([-_.])\d{{1,2}}\2\d{{4}}|{_NAMED_DATE}|{_DIGEST}|(?!{_WORD})\d+")
_OF_WORD = re.compile(r"(?<=[^\W\d_])\d{1,3}(?!\d)")
_CHANGING_DIGITS = re.compile(r"\d+")
_RANDOM = re.compile(rf"\d{{6}}|{_DIGEST}")  # what no two files share: a time, a number that counts exports, or a digest
_MONTHLY = re.compile(_YEAR_BEFORE)
_COUNTED = re.compile(r"(?i)(?<![^\W_])(?:batch|statement|settlement|payout)[-_ ]?\d+")  # of which one follows the other
_AGAIN = re.compile(r" ?\(\d{1,3}\)(?=\.\w+$)")  # as browsers name a file whose name is taken
_PARTS = re.compile(r"^(part|chunk|data|file|export|batch)?$")
MIN_FILES = 3  # files that certainly follow one another


@dataclass(frozen=True, slots=True)
class Group:
    """Hold files that follow one another.

    Attributes:
        dataset: A name for them.
        files: The files, in the order of the times in their names.
        pattern: Pattern that they match.
        format: Their format; None where they have several, by their endings.
        every: Their interval, by the times in their names.
    """

    dataset: str
    files: tuple[Path, ...]
    pattern: str
    format: FileFormat | None
    every: timedelta | None


def group_files(folder: Path, root: Path) -> Iterator[Group]:
    """Group the files of a folder and its subfolders by the constant part of their names; each group gets a unique name."""
    groups: dict[str, list[Path]] = {}
    tables = {table for log in folder.rglob(LOG) if log.parent != folder and (table := delta_table_of(log, folder))}
    paths = [path for path in folder.rglob("*") if path.is_file() and delta_table_of(path, folder) is None]
    for path in sorted([*paths, *tables]):
        relative = path.relative_to(folder)
        if path.name != NAMES_FILE and is_finished(relative) and _has_format(path):
            groups.setdefault(_stem(relative), []).append(path)
    names: set[str] = set()
    for stem, paths in _merge_single_files(_with_siblings(groups)).items():
        dataset = _unique(_name(_naming_stem(stem, paths, folder), folder.name), Path(stem).parent.name or folder.name, names)
        ends = dict(zip(paths, period_ends([path.name for path in paths]), strict=True))
        files = tuple(sorted(paths, key=lambda path: (ends[path] is not None, ends[path] or 0, path.name)))
        yield Group(dataset, files, _pattern(stem, paths, folder, root), _format(paths), _interval(list(ends.values())))


def _with_siblings(groups: dict[str, list[Path]]) -> dict[str, list[Path]]:
    """Add dated files to the group of the file that has their name without a date."""
    plain = [(stem, paths[0]) for stem, paths in groups.items() if "*" not in stem]
    merged = {stem: list(paths) for stem, paths in groups.items()}
    for stem, paths in groups.items():
        dated = (name for name, path in plain if all(path.parent == other.parent and is_dated_sibling(other.name, path.name) for other in paths))
        owner = next(dated, None)
        if owner and owner != stem:
            merged[owner] += merged.pop(stem)
    return merged


def _has_format(path: Path) -> bool:
    try:
        format_of(path)
    except SourceError:
        return False
    return True


def _format(paths: Sequence[Path]) -> FileFormat | None:
    formats = {format_of(path) for path in paths}
    return formats.pop() if len(formats) == 1 else None


def _merge_single_files(groups: dict[str, list[Path]]) -> dict[str, list[Path]]:
    """Add a single file to the group whose names begin alike: it was sent once more, or in another format."""
    large = {stem.partition("*")[0]: stem for stem, paths in groups.items() if len(paths) >= MIN_FILES and "*" in stem}
    merged: dict[str, list[Path]] = {}
    for stem, paths in groups.items():
        target = large.get(stem.partition("*")[0], stem) if len(paths) == 1 else stem
        merged.setdefault(target, []).extend(paths)
    return {_common(stem, paths): paths for stem, paths in merged.items()}


def _common(stem: str, paths: Sequence[Path]) -> str:
    """Return the constant part of a group's names: only their beginning where other names were merged into it."""
    stems = {_stem(Path(path.name)) for path in paths}
    return stem if len(stems) == 1 or "*" not in stem else stem.partition("*")[0] + "*"


def _stem(relative: Path) -> str:
    """Return a path with the changing parts replaced by stars, and without a browser's number and the ending of compressed files."""
    return _CHANGING.sub("*", _AGAIN.sub("", without_compression(relative.as_posix())))


def _naming_stem(stem: str, paths: Sequence[Path], folder: Path) -> str:
    """Return the stem that names the dataset; of one file, a short number behind a letter is part of its name, as in `big5`, unless it is a date."""
    if len(paths) > 1 or period_end(paths[0].name):
        return stem
    relative = _AGAIN.sub("", without_compression(paths[0].relative_to(folder).as_posix()))
    return _CHANGING.sub(lambda match: match[0] if _OF_WORD.match(relative, match.start()) else "*", relative)


def _name(stem: str, folder: str) -> str:
    """Return the words of the file's name, or of the nearest folder that has any."""
    parts = [part.partition(".")[0] for part in (folder, *Path(stem).parts)]
    slugs = [slug for slug in map(_words, parts) if not _PARTS.match(slug)]
    return _slug(slugs[-1] if slugs else "data")


def _words(part: str) -> str:
    """Return the letters and digits of a part of a path, of any script, with underscores between its words.

    Marks that stand beside letters (of Thai, Hindi) belong to them; letters outside the Basic Multilingual Plane do not.
    """
    lower = unicodedata.normalize("NFKC", part.replace("*", "")).lower()
    letters = "".join(letter if f"a{letter}".isidentifier() and letter <= "\uffff" else "_" for letter in unicodedata.normalize("NFC", lower))
    return re.sub("_+", "_", letters).strip("_")


def _slug(name: str) -> str:
    return (name if name[:1].isidentifier() else f"d_{name}")[:60]


def _unique(name: str, parent: str, names: set[str]) -> str:
    """Return a name that no other group has: with its folder before it, or a number after it."""
    folder = _words(parent)
    choices = [name, _slug(f"{folder}_{name}"), *(f"{name}_{number}" for number in range(2, 2 + len(names)))]
    unique = next(choice for choice in choices if choice not in names)
    names.add(unique)
    return unique


def _pattern(stem: str, paths: Sequence[Path], folder: Path, root: Path) -> str:
    endings = {path.name.removeprefix(without_compression(path.name)) for path in paths}
    ending = endings.pop() if len(endings) == 1 else "*"
    if stem.endswith("*"):
        ending = ""
    elif "*" not in stem and len(plain := [path for path in paths if not is_dated_sibling(path.name, Path(stem).name)]) == 1:
        stem, ending = plain[0].relative_to(folder).as_posix(), ""
    elif len(paths) == 1:
        stem, ending = paths[0].relative_to(folder).as_posix(), ""
        stem = _CHANGING.sub("*", stem) if period_end(stem) or any(mark.search(Path(stem).name) for mark in (_RANDOM, _COUNTED, _MONTHLY, WEEK)) else stem
    stem = stem.replace("[", "[[]")  # which would begin a set of characters
    base = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.as_posix()
    names = [path.relative_to(folder).as_posix() for path in paths]
    digits_first = all(part.isascii() for name in names for part in _CHANGING_DIGITS.findall(name)) and not any(
        re.search(rf"{_MONTH_FIRST}|{_DIGEST}", name) for name in names
    )
    star = "[0-9]*" if digits_first else "*"
    digits = re.sub(r"[*]+(?!$)", star, stem)  # so that orders_2026-11-28.csv does not take orders_lines_2026-11-28.csv along
    return f"{base}/{digits}{ending}".removeprefix("./")


def _interval(dates: Sequence[datetime | None]) -> timedelta | None:
    """Return the commonest step between the ends of the periods in the names."""
    ends = sorted({end for end in dates if end})
    steps = Counter(later - earlier for earlier, later in pairwise(ends))
    return steps.most_common(1)[0][0] if steps else None
