"""Read the newest files of a dataset, or parts of them, in the form that the first of them has."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sluice.config import Limits
from sluice.config.checks import Check
from sluice.domain import Message, ReadOptions
from sluice.errors import SourceError
from sluice.messages import error_message
from sluice.ports import Progress, no_progress
from sluice.sources.content import format_of
from sluice.sources.infer.continuation import find_continuation
from sluice.sources.infer.excerpt import BLOCKS, Part, read_part
from sluice.sources.infer.file_form import footer_check, infer_options
from sluice.sources.infer.file_groups import Group
from sluice.sources.infer.footers import infer_csv_footer, infer_sheet_footer, may_have_total
from sluice.sources.platforms import recognise
from sluice.sources.source_errors import source_errors
from sluice.sources.table import read_table

SAMPLE_ROWS = 500_000  # rows of the files of a dataset that are looked at, the newest files first
LONG_BYTES = 2**24  # of a file that takes long enough to read that its turn is reported
NEWEST_ROWS, OLDER_ROWS = 50_000, 10_000  # rows that are read of a long file


def read_sample(group: Group, limits: Limits, progress: Progress = no_progress) -> tuple[ReadOptions, tuple[Check, ...], list[Part], list[Message]]:
    """Read the newest files of a dataset, or parts of them.

    Args:
        group: The files.
        limits: Largest sizes of a file, a cell and so on.
        progress: Called with the number of files before each long one.

    Returns:
        How the newest file that can be read is read, what is not sure of it, the files in their order, and the errors of those that cannot be read.
    """
    files: list[Part] = []
    unread: list[Message] = []
    first: tuple[ReadOptions, tuple[Check, ...]] = (ReadOptions(), ())
    has_groups: bool | None = None
    for number, path in enumerate(reversed(group.files), 1):
        if path.stat().st_size >= LONG_BYTES:
            progress(Message.of("step_reading", dataset=group.dataset), number, len(group.files))
        try:
            with source_errors(path.name):
                if not sum(part.total for part in files):  # a file without rows says little about the others
                    options, checks, part = _read_first(group, path, limits)
                    first = options, checks
                    files = [part] if part.total or not files else files
                else:
                    has_groups = _has_groups(files[-1], first[0]) if has_groups is None and files[-1].whole else has_groups
                    files.insert(0, _read_further(path, limits, first[0], files[-1], has_groups=bool(has_groups)))
        except SourceError as error:
            unread.append(error_message(error))
        if sum(part.total for part in files) >= SAMPLE_ROWS:
            break
    return *first, files, unread


def _read_further(path: Path, limits: Limits, options: ReadOptions, newest: Part, *, has_groups: bool) -> Part:
    """Read a file, or a part of it: whole where the rows of the newest belong together."""
    if newest.whole and has_groups:
        return Part.of(path, read_table(path, limits, options).frame)
    return read_part(path, limits, options, NEWEST_ROWS if newest.whole else OLDER_ROWS)


def _read_first(group: Group, path: Path, limits: Limits) -> tuple[ReadOptions, tuple[Check, ...], Part]:
    options, checks = infer_options(group, path, limits)
    try:
        part = read_part(path, limits, options, NEWEST_ROWS)
        if not part.whole and _has_groups(part, options):
            part = Part.of(path, read_table(path, limits, options).frame)
    except SourceError:
        if group.format != "csv":
            raise
        options = replace(options, footer=True)
        with suppress(SourceError):
            table = read_table(path, limits, options)
            return options, (*checks, footer_check(path.name, table.footer, group.dataset)), Part.of(path, table.frame)
        raise
    if (platform := recognise(part.frame, header=has_names(options))) and platform.notes:
        return replace(options, header="search", footer=True), checks, part if part.whole else Part.of(path, read_table(path, limits, options).frame)
    infer_footer = {"excel": infer_sheet_footer, "csv": infer_csv_footer}.get(group.format or format_of(path))
    if infer_footer is None or not (part.whole or may_have_total(part.frame)):
        return options, checks, part
    frame = part.frame if part.whole else read_table(path, limits, options).frame
    options, more, frame = infer_footer(path, limits, options, frame, group.dataset)
    return options, (*checks, *more), Part.of(path, frame)


def has_names(options: ReadOptions) -> bool:
    """Return False where columns are only numbered, since there is no header and names are not given either."""
    return options.header is not False or options.names[:1] != ("c1",)


def _has_groups(part: Part, options: ReadOptions) -> bool:
    """Return True where rows belong together, so that blocks of them would cut some groups."""
    platform = recognise(part.frame, header=has_names(options))
    first = part.frame if part.whole else part.frame.head(part.frame.height // (2 * BLOCKS))  # which is of one block
    return bool(platform and platform.group_by) or bool(find_continuation(first).group_by)
