"""Infer the datasets of a folder, for `sluice init`; each result is a suggestion, with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sluice.config import Limits
from sluice.config.inferred import InferredDataset
from sluice.domain import EMPTY, Message
from sluice.errors import SourceError
from sluice.messages import make_error
from sluice.ports import Progress, no_progress
from sluice.sources.files import is_finished
from sluice.sources.infer.dataset import infer_dataset
from sluice.sources.infer.file_groups import group_files
from sluice.sources.infer.references import infer_references


def infer(
    folder: Path,
    root: Path | None = None,
    limits: Limits | None = None,
    skipped: Callable[[Message], None] = lambda _: None,
    progress: Progress = no_progress,
) -> list[InferredDataset]:
    """Infer the datasets of the files in a folder and its subfolders.

    Args:
        folder: Folder of CSV, JSON, Parquet, XML or spreadsheet files.
        root: Folder of sluice.yaml, to which patterns are relative; by default the folder's parent.
        limits: Largest sizes of a file, a cell and so on.
        skipped: Called with the reason for each dataset that cannot be read.
        progress: Called with the number of files of a dataset before each long one is read.

    Raises:
        SourceError: There is no file of a known format, or none can be read.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise make_error(SourceError, "no_such_folder", folder=str(folder))
    results = [infer_dataset(group, limits or Limits(), progress) for group in group_files(folder, (root or folder.parent).resolve())]
    datasets = [result for result in results if not isinstance(result, Message)]
    unread = [result for result in results if isinstance(result, Message)]
    if not datasets:
        raise make_error(SourceError, "folder_without_data", folder=str(folder), reason=unread[0] if unread else _files_of(folder))
    for reason in unread:
        skipped(reason)
    samples = [sample for _, sample, _ in datasets]
    referring = [replace(dataset, references=infer_references(sample, samples)) for dataset, sample, _ in datasets]
    return [replace(dataset, partly_checked=whole.partly_read()) for dataset, (_, _, whole) in zip(referring, datasets, strict=True)]


def _files_of(folder: Path) -> Message:
    """Return a text that names the first files of a folder; none where it is empty."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and is_finished(path.relative_to(folder)))
    if not names:
        return Message.of("folder_empty")
    more = Message.of("names_more", more=len(names) - 3) if len(names) > 3 else EMPTY
    return Message.of("folder_of_no_format", names=tuple(names[:3]), more=more)
