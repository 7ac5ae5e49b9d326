"""Find and delete drafts: files that a program was writing when it was killed, which no other command reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sluice.app.app import App
from sluice.config import FileSource
from sluice.domain.value_places import LAKE_DRAFTS, PLACES, POSTED_DRAFTS, STATE_DRAFTS, ValuePlace
from sluice.sources.files import split_pattern
from sluice.sources.posted import DRAFT, STALE
from sluice.store.values import Occurrence, ValueQuery
from sluice.wiring import clock

_BY_NAME = {place.name: place for place in PLACES}
_WRITTEN_WHOLE = re.compile(r"\..+\.\d+(\.part)?")  # `.NAME.<process id>`


def drafts(app: App) -> Iterator[tuple[ValuePlace, Path]]:
    """Yield all drafts, each with its place."""
    for folder in {split_pattern(app.config.root, one.source.files)[0] for one in app.config.datasets.values() if isinstance(one.source, FileSource)}:
        yield from ((_BY_NAME[POSTED_DRAFTS], path) for path in sorted(folder.glob(f"{DRAFT}*")))
    lake = app.config.path(app.config.lake)
    yield from _below(LAKE_DRAFTS, Path(lake), ("_runs", "models")) if "://" not in lake else ()
    yield from _below(STATE_DRAFTS, Path(app.config.path(".sluice")), ("landing", "text"))


def in_drafts(app: App, query: ValueQuery) -> Iterator[Occurrence]:
    """Yield the drafts that hold a value as text; those in which it may be compressed are deleted with every erasure."""
    for place, path in drafts(app):
        with suppress(FileNotFoundError):
            if count := query.count(path.read_bytes().decode("utf-8", "replace")):
                yield Occurrence(place, path.name, count)


def delete_abandoned(app: App) -> None:
    """Delete drafts that are older than an hour: their programs were killed, and nobody was told that what is in them is kept."""
    moment = clock.wall().timestamp()  # by which files are dated
    for _, path in drafts(app):
        with suppress(FileNotFoundError):
            if moment - path.stat().st_mtime > STALE:
                path.unlink()


def _below(place: str, root: Path, folders: tuple[str, ...]) -> Iterator[tuple[ValuePlace, Path]]:
    for folder in folders:
        yield from ((_BY_NAME[place], path) for path in sorted((root / folder).rglob(".*")) if path.is_file() and _WRITTEN_WHOLE.fullmatch(path.name))
