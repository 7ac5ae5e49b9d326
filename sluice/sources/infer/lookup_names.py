"""Take the names of columns from the file beside a table without header that holds them, as the lookup data of a data feed does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from sluice.config.checks import Check
from sluice.domain import ReadOptions
from sluice.sources.content import lines_of, sample_of
from sluice.sources.files import NAMES_FILE
from sluice.sources.infer.file_form import ASKS_NAMES

Files = list[tuple[Path, pl.DataFrame]]


def with_lookup_names(files: Files, options: ReadOptions, checks: Sequence[Check]) -> tuple[Files, ReadOptions, tuple[Check, ...]]:
    """Return the files under the names that `column_headers.tsv` in their folder has for as many columns, the options with them, and the checks.

    Args:
        files: Each file with its rows.
        options: How they are read.
        checks: What a person should check of their form.
    """
    path = files[-1][0].parent / NAMES_FILE
    if options.header is not False or not path.is_file():
        return files, options, tuple(checks)
    names = _names(path)
    if len(set(names)) != len(names) or any(frame.width != len(names) for _, frame in files):
        return files, options, tuple(checks)
    named = [(file, frame.rename(dict(zip(frame.columns, names, strict=True)))) for file, frame in files]
    stated = f"`names` are those of {NAMES_FILE} beside it"
    return named, replace(options, names=names), tuple(replace(check, text=check.text.replace(ASKS_NAMES, stated)) for check in checks)


def _names(path: Path) -> tuple[str, ...]:
    sample = sample_of(path)
    lines = lines_of(sample.decode("latin-1"), len(sample))
    return tuple(name.strip() for name in lines[0].split("\t")) if lines else ()
