"""Land rows that a program posts: checked, written and fsynced before it is answered; then they are an arrival like any other."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path

from sluice.app.app import App
from sluice.config import FileSource as FileSettings
from sluice.domain import Batch
from sluice.errors import SourceError, UsageError
from sluice.messages import error_message, make_error
from sluice.sources import FileSource
from sluice.sources.arrival import arrival_of
from sluice.sources.posted import ENDINGS, name_for, token_of, write_posted
from sluice.wiring.sources import source_of

MEDIA_TYPES = tuple(ENDINGS)
"""What may be posted, by its media type."""


@dataclass(frozen=True, slots=True)
class Landed:
    """Describe what was landed.

    Attributes:
        file: Name of the file.
        rows: Number of its rows.
        similar: Undeclared columns whose names are similar to those of declared ones that are missing.
    """

    file: str
    rows: int
    similar: tuple[str, ...]


def land(app: App, dataset: str, content: bytes, media: str, key: tuple[str, str] | None = None) -> Landed:
    """Land rows for a dataset.

    Args:
        app: The application.
        dataset: Name of a configured dataset.
        content: A file of the form that the dataset reads.
        media: Its media type.
        key: The sender, and a key of theirs: bytes that were landed under it before are not landed again.

    Raises:
        UsageError: The dataset takes no posted files, or not this one; says why.
    """
    settings = app.config.datasets[dataset].source
    if not isinstance(settings, FileSettings) or settings.format in ("delta", "parquet", "xml", "excel") or settings.done:
        raise make_error(UsageError, "posted_unfit_source", dataset=dataset)
    name = name_for(dataset, app.config.root, settings.files, media)
    token = token_of(dataset, *key, hashlib.sha256(content).hexdigest()) if key else token_of(uuid.uuid4().hex)  # a key is free for other rows after a day
    source, read = source_of(app.config, dataset), list[Batch]()
    assert isinstance(source, FileSource)  # noqa: S101  # as its settings say

    def check(path: Path) -> None:
        read.append(_checked(app, dataset, source, path))

    if key and name.folder.is_dir() and (path := name.earlier(token)):  # written, but its writer was killed before it recorded the key
        check(path)
    else:
        path = name.at(app.now(), token)
        write_posted(content, path, check)
    return Landed(path.name, read[0].rows.height, tuple(sorted(set(read[0].similar.values()))))


def _checked(app: App, dataset: str, source: FileSource, path: Path) -> Batch:
    """Read a file as the worker would.

    Raises:
        UsageError: It cannot be read, has no row, or lacks a column of the key or one that is required.
    """
    try:
        batch = source.read(arrival_of(source.schema, path, path.parent, app.config.limits.file))
    except SourceError as error:
        raise make_error(UsageError, "posted_unreadable", dataset=dataset, reason=error_message(error)) from error
    needed = {*source.schema.key, *(column.name for column in source.schema.columns if column.required)}
    present = batch.rows.columns if batch.columns is None else batch.columns
    if missing := [column for column in source.schema.names if column in needed and column not in present]:
        raise make_error(UsageError, "posted_lacks_columns", dataset=dataset, columns=", ".join(missing))
    if batch.rows.is_empty():
        raise make_error(UsageError, "posted_no_rows", dataset=dataset)
    return batch
