"""Take the names of columns from the file beside a table without header that holds them, as the lookup data of a data feed does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sluice.config.checks import Check
from sluice.domain import Message, ReadOptions
from sluice.sources.content import lines_of, sample_of
from sluice.sources.files import NAMES_FILE
from sluice.sources.infer.excerpt import Part
from sluice.sources.infer.file_form import with_names


def with_lookup_names(files: list[Part], options: ReadOptions, checks: Sequence[Check]) -> tuple[list[Part], ReadOptions, tuple[Check, ...]]:
    """Return the files under the names that `column_headers.tsv` in their folder has for as many columns, the options with them, and the checks.

    Args:
        files: Each file with the rows that were read.
        options: How they are read.
        checks: What a person should check of their form.
    """
    path = files[-1].path.parent / NAMES_FILE
    if options.header is not False or not path.is_file():
        return files, options, tuple(checks)
    names = _names(path)
    if len(set(names)) != len(names) or any(part.frame.width != len(names) for part in files):
        return files, options, tuple(checks)
    named = [replace(part, frame=part.frame.rename(dict(zip(part.frame.columns, names, strict=True)))) for part in files]
    stated = Message.of("init_names_beside", file=NAMES_FILE)
    return named, replace(options, names=names), tuple(with_names(check, stated) for check in checks)


def _names(path: Path) -> tuple[str, ...]:
    sample = sample_of(path)
    lines = lines_of(sample.decode("latin-1"), len(sample))
    return tuple(name.strip() for name in lines[0].split("\t")) if lines else ()
