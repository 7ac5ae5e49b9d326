"""Examine an installation: what is broken, and what to do about it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from sluice.app.storage import measure_storage
from sluice.app.unmatched import describe_unmatched, unmatched_of
from sluice.app.unread_files import describe_unread, unread_files
from sluice.config import Config, RunningClock, load
from sluice.domain import counted
from sluice.errors import SluiceError, panics_as_errors
from sluice.messages import error_message, render
from sluice.ports import needs_of_steps
from sluice.store import SqlStore, database, migrate
from sluice.store.verification import Damage, damaged_files
from sluice.wiring import clock
from sluice.wiring.forget_key import read_pseudonyms
from sluice.wiring.recommender import RECOMMENDER
from sluice.wiring.stores import create_if_new, open_store_of
from sluice.wiring.undone import describe_doubtful, doubtful_cleaners

MIN_FREE_BYTES = 2**30
MAX_SILENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """Record what was examined, its state, and the message; a `warning` is about files: the installation works."""

    subject: str
    state: Literal["fine", "warning", "broken"]
    message: str


class _Warning(Exception):  # no error: the installation works
    """Carry the message of a warning."""


def examine(path: Path, *, deep: bool = False, language: str = "en") -> list[Finding]:
    """Examine everything that `sluice run` and `sluice serve` need, in the order in which they need it.

    Args:
        path: Path of sluice.yaml.
        deep: Read every file of the lake that a published run needs.
        language: Language of messages with a code; all else is in English.
    """
    try:
        config = load(path)
    except SluiceError as error:
        return [Finding("configuration", "broken", render(error_message(error), language))]
    store: list[SqlStore] = []
    at_once: dict[str, tuple[str, ...]] = {}
    checks: list[tuple[str, Callable[[], str]]] = [
        ("configuration", lambda: _steps(config, path, at_once)),
        ("large files", lambda: _large_files(config, at_once)),
        ("files", lambda: _files(config, path, language)),
        ("database", lambda: _database(config)),
        ("migrations", lambda: _migrations(config)),
        ("lake", lambda: _lake(config, store)),
        ("backups", lambda: _backups(store)),
        ("unread files", lambda: _unread(config, store, language)),
        ("stored rows", lambda: _layouts(config, store)),
        ("cleaners", lambda: _cleaners(config, store, language)),
        ("alerts", lambda: _alerts(config, store)),
        ("erasures", lambda: _erasures(store)),
        ("models", lambda: _models(config, store)),
        ("clock", lambda: _clock(config)),
        ("disk", lambda: _disk(config)),
        ("storage", lambda: _storage(config, store)),
        ("schedule", lambda: _schedule(store)),
        ("heartbeat", lambda: _heartbeat(config, store)),
    ]
    findings = [_examine(subject, check, language) for subject, check in checks]
    return [*findings, *(_verify(config, store[0]) if deep and store else ())]


def _verify(config: Config, store: SqlStore) -> Iterator[Finding]:
    """Yield a finding for each damaged file of the lake, or one that says that there is none."""
    for dataset in config.datasets:
        damaged = list(damaged_files(store.lake, dataset, store.runs.published(dataset, store.runs.newest())))
        yield from (Finding(f"files of {dataset}", "broken", _describe(damage)) for damage in damaged)
        if not damaged:
            yield Finding(f"files of {dataset}", "fine", "all that published runs need are there, as they were written")


def _describe(damage: Damage) -> str:
    if not damage.file:
        return damage.fault
    needed = f"; the run {damage.run} and later ones need it" if damage.run else ""
    return f"{damage.place}: {damage.file} {damage.fault}{needed}; restore it from a backup"


def _examine(subject: str, check: Callable[[], str], language: str) -> Finding:
    try:
        with panics_as_errors():
            return Finding(subject, "fine", check())
    except _Warning as warning:
        return Finding(subject, "warning", str(warning))
    except SluiceError as error:
        return Finding(subject, "broken", render(error_message(error), language))
    except Exception as error:  # noqa: BLE001  # the other checks go on, whatever a library raises
        return Finding(subject, "broken", f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")


def _steps(config: Config, path: Path, at_once: dict[str, tuple[str, ...]]) -> str:
    """Build all steps, and note by dataset those that must see all rows of a batch."""
    from sluice.wiring.steps import build_steps

    for dataset in config.datasets:
        at_once[dataset] = needs_of_steps(build_steps(config, path, dataset).steps).undivided()
    return f"{counted(len(config.datasets), 'dataset')}, every step fits"


def _large_files(config: Config, at_once: Mapping[str, tuple[str, ...]]) -> str:
    if at_once.keys() < config.datasets.keys():
        raise SluiceError("not examined: the configuration is broken")
    named = [f"{dataset} ({', '.join(steps)})" for dataset, steps in at_once.items() if steps]
    if not named:
        return "are evaluated in parts where they do not fit into limits.memory"
    return f"must fit into limits.memory ({config.limits.memory / 2**30:.1f} GiB) where a step sees all rows at once: {'; '.join(named)}"


def _files(config: Config, path: Path, language: str) -> str:
    if unmatched := describe_unmatched(unmatched_of(config, path)):
        raise _Warning(render(unmatched, language))
    return "every file has its dataset"


def _database(config: Config) -> str:
    create_if_new(config.database_url)  # as every command does: before the first run there is none
    engine = database.connect(config.database_url)
    with database.database_errors(engine), engine.connect():
        return f"{engine.dialect.name} answers"


def _migrations(config: Config) -> str:
    migrate.require_current(database.connect(config.database_url))
    return "up to date"


def _lake(config: Config, store: list[SqlStore]) -> str:
    store.append(open_store_of(config))
    snapshot = store[0].snapshot()
    published = sum(snapshot.published(name).collect_schema().len() > 0 for name in config.datasets)
    return f"snapshot {snapshot.id}: {counted(published, 'dataset')} published"


def _backups(store: list[SqlStore]) -> str:
    if not store:
        raise SluiceError("not examined: the lake is broken")
    snapshots = store[0].compare_with_lake()
    if snapshots.lake > snapshots.database:
        lost = counted(snapshots.lake - snapshots.database, "run")
        raise _Warning(f"the database is older than the lake: `sluice run` records {lost} again from the lake")
    return "database and lake agree"


def _unread(config: Config, store: list[SqlStore], language: str) -> str:
    if not store:
        raise SluiceError("not examined: the lake is broken")
    if text := describe_unread(unread_files(config, store[0], config.datasets, clock.now(config)), language):
        raise _Warning(render(text, language))
    return "every file of the training window could be read"


def _layouts(config: Config, store: list[SqlStore]) -> str:
    if not store:
        raise SluiceError("not examined: the lake is broken")
    for dataset in config.datasets:
        store[0].require_layout(dataset)
    return "fit their declarations"


def _cleaners(config: Config, store: list[SqlStore], language: str) -> str:
    if not store:
        raise SluiceError("not examined: the lake is broken")
    now = clock.now(config)
    doubts = [describe_doubtful(config, name, count) for name in config.datasets for count in doubtful_cleaners(config, store[0], name, now)]
    if doubts:
        raise _Warning("; ".join(render(doubt, language) for doubt in doubts))
    return "people undo few of their repairs"


def _alerts(config: Config, store: list[SqlStore]) -> str:
    if not store:
        raise SluiceError("not examined: the lake is broken")
    failed = Counter(alert.sink for alert in store[0].outbox.all(state="failed"))
    gone = {sink: number for sink, number in failed.items() if sink not in config.sinks}
    given_up = f"; {_by_sink(gone)} given up: the address is configured no longer" if gone else ""
    if undelivered := {sink: number for sink, number in failed.items() if sink not in gone}:
        raise _Warning(
            f"{_by_sink(undelivered)} not delivered yet; `sluice alerts list --state failed` says why, `sluice alerts test` tries the addresses{given_up}"
        )
    addresses = (
        f"none is undelivered; addresses: {', '.join(config.sinks)}"
        if config.sinks
        else "nobody is told: there is no address under `alerts` in the configuration"
    )
    return addresses + given_up


def _by_sink(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{counted(number, 'alert')} to {sink}" for sink, number in sorted(numbers.items()))


def _erasures(store: list[SqlStore]) -> str:
    if not store:
        raise SluiceError("not examined: the lake is broken")
    records = store[0].suppressions.all()
    if not records:
        return "nobody is forgotten"
    read_pseudonyms(records)
    if interrupted := [record for record in records if record.finished is None]:
        raise SluiceError(f"{counted(len(interrupted), 'erasure')} of people began and did not end: run `sluice forget --resume`")
    return f"{counted(len(records), 'erasure')} of people ended, and the key is that under which arriving rows are compared"


def _models(config: Config, store: list[SqlStore]) -> str:
    if not store:
        raise SluiceError("not examined: the lake is broken")
    names = [RECOMMENDER] if config.recommender else []
    serving = [name for name in names if store[0].models.load(name) is not None]
    return f"{', '.join(serving)} serves" if serving else "none serves yet"


def _clock(config: Config) -> str:
    if isinstance(config.clock, RunningClock):
        return f"{clock.now(config):%Y-%m-%d %H:%M:%S} UTC, running from `clock` in the configuration"
    if config.clock is not None:
        return f"pinned at {clock.now(config):%Y-%m-%d %H:%M} UTC by `clock` in the configuration"
    return f"{clock.now(config):%Y-%m-%d %H:%M:%S} UTC"


def _schedule(store: list[SqlStore]) -> str:
    if not store:
        raise SluiceError("not examined: the lake is broken")
    if ahead := store[0].scheduled_runs.of_the_future(clock.wall()):
        named = ", ".join(f"{job} ({fire_time} UTC)" for job, fire_time in sorted(ahead.items()))
        raise _Warning(f"firings are recorded that lie in the future, since a clock was ahead: {named}; they do not count, check the clock of each machine")
    return "no firing is recorded ahead of the clock"


def _disk(config: Config) -> str:
    free = shutil.disk_usage(config.root).free
    if free < MIN_FREE_BYTES:
        raise SluiceError(f"only {free / 2**30:.1f} GiB are free at {config.root}; make room before the next run")
    return f"{free / 2**30:.0f} GiB free"


def _storage(config: Config, store: list[SqlStore]) -> str:
    if not store:
        raise SluiceError("not examined: the lake is broken")
    storage = measure_storage(config, store[0])
    parts = ", ".join(f"{part} {size / 2**20:,.1f}" for part, size in storage.sizes.items() if size >= 2**20 / 20)
    return f"{sum(storage.sizes.values()) / 2**20:,.1f} MiB ({parts}); the last 30 days added {storage.grown / 2**20:,.1f} MiB"


def _heartbeat(config: Config, store: list[SqlStore]) -> str:
    if not store:
        raise SluiceError("not examined: the lake is broken")
    last = store[0].activity.last_heartbeat()
    if last is None:
        return "no scheduler has run yet (`sluice serve` starts one)"
    age = clock.now(config) - last
    if config.clock is None and age > MAX_SILENCE:
        raise SluiceError(f"the scheduler was last alive {last:%Y-%m-%d %H:%M} UTC; start it with `sluice serve`")
    return f"the scheduler was alive {last:%Y-%m-%d %H:%M} UTC"
