"""Delete what is older than `retention` says, and what nothing needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sluice.app.app import App
from sluice.config.retention import Retention
from sluice.rules.retention import expired_models
from sluice.sources.landing import Landing
from sluice.store.old_records import KINDS
from sluice.wiring.recommender import RECOMMENDER


@dataclass(frozen=True, slots=True)
class Removal:
    """Count what one kind of retention removes at one place.

    Attributes:
        kind: Key of `retention`; `events` for recorded events.
        dataset: Whose it is; empty where it belongs to no single one.
        place: Table, folder or model.
        count: Number of files or records.
    """

    kind: str
    dataset: str
    place: str
    count: int


def vacuum(app: App, datasets: Sequence[str] = (), *, dry_run: bool = False) -> Iterator[Removal]:
    """Yield what is removed, once it is; a dry run removes nothing.

    Args:
        app: The application.
        datasets: Names of datasets, of which tables and landing copies are looked at; empty means all, and what belongs to no single one.
        dry_run: Count alone.

    Raises:
        LeaseHeld: A worker is busy with a dataset.
    """
    keep, now = app.config.retention, app.now()
    pinned = pinned_snapshots(app)
    for name in datasets or app.config.datasets:
        for table, deleted in app.store.vacuum(name, now - keep.history, pinned, dry_run=dry_run).items():
            yield Removal("history", name, table, deleted.files)
            yield Removal("history", name, f"{table}/_delta_log", deleted.log)
        yield Removal("landing", name, "landing", _landing_copies(app, name, now - keep.landing, dry_run=dry_run))
    if not datasets:
        yield from _of_the_shop(app, keep, now, dry_run=dry_run)


def _of_the_shop(app: App, keep: Retention, now: datetime, *, dry_run: bool) -> Iterator[Removal]:
    for name in app.store.models.names():
        champions = app.store.models.champions(name)
        expired = expired_models(app.store.models.versions(name), champions, now - keep.models)
        yield Removal("models", "", name, app.store.models.drop_bytes(expired, dry_run=dry_run))
    yield Removal("backups", "", "_runs", app.store.drop_lake_records(now - keep.backups, dry_run=dry_run))
    for kind in KINDS:
        for table, count in app.store.old_records.delete(kind, now - getattr(keep, kind), dry_run=dry_run).items():
            yield Removal(kind, "", table, count)
    yield Removal("exposures", "", "exposures", app.store.exposures.expire(keep.exposures, dry_run=dry_run))
    yield Removal("events", "", "recorded_events", app.store.recorded_events.expire(dry_run=dry_run))


def pinned_snapshots(app: App) -> frozenset[int]:
    """Return the snapshots that a model which serves, or is evaluated, reads its trusted hold-out from."""
    cards = [model.card for model in app.store.models.versions(RECOMMENDER) if model.state in ("champion", "blessed", "evaluating")]
    trusted = [entry for card in cards if isinstance(entry := card.get("trusted"), Mapping)]
    return frozenset(int(basis) for entry in trusted if (basis := str(entry.get("basis"))).isdecimal())


def _landing_copies(app: App, dataset: str, since: datetime, *, dry_run: bool) -> int:
    """Delete the copies of rows that were published before a moment; the newest copy stays, since its number goes on from it."""
    if not app.config.datasets[dataset].lands_copies:
        return 0
    landing = Landing(Path(app.config.path(".sluice/landing")) / dataset, dataset)
    published = {run.id: run.finished or run.at for run in app.store.runs.published(dataset, app.store.runs.newest())}
    arrivals = list(landing.arrivals(app.config.datasets[dataset].schema_of(dataset), app.config.limits))[:-1]
    old = [Path(arrival.uri) for arrival in arrivals if arrival.id in published and published[arrival.id] < since]
    for path in old if not dry_run else ():
        path.unlink(missing_ok=True)
    return len(old)
