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
from sluice.domain import EMPTY, Message
from sluice.errors import SluiceError, panics_as_errors
from sluice.messages import error_message, make_error
from sluice.ports import needs_of_steps
from sluice.store import SqlStore, database, migrate
from sluice.store.sealed_records import keys_of_records
from sluice.store.sealing import FORMER_VARIABLE, KEY_VARIABLE
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
    """Record what was examined.

    Attributes:
        subject: What was examined, such as `database`.
        state: A `warning` is about files: the installation works.
        message: What was found.
        dataset: The dataset whose files were read; empty for the installation.
    """

    subject: str
    state: Literal["fine", "warning", "broken"]
    message: Message
    dataset: str = ""


class _Warning(Exception):  # no error: the installation works
    """Carry the message of a warning."""

    def __init__(self, message: Message) -> None:
        """Store the message."""
        super().__init__(message)
        self.message = message


def examine(path: Path, *, deep: bool = False) -> list[Finding]:
    """Examine everything that `sluice run` and `sluice serve` need, in the order in which they need it.

    Args:
        path: Path of sluice.yaml.
        deep: Read every file of the lake that a published run needs.
    """
    try:
        config = load(path)
    except SluiceError as error:
        return [Finding("configuration", "broken", error_message(error))]
    store: list[SqlStore] = []
    at_once: dict[str, tuple[str, ...]] = {}
    checks: list[tuple[str, Callable[[], Message]]] = [
        ("configuration", lambda: _steps(config, path, at_once)),
        ("large files", lambda: _large_files(config, at_once)),
        ("files", lambda: _files(config, path)),
        ("database", lambda: _database(config)),
        ("migrations", lambda: _migrations(config)),
        ("lake", lambda: _lake(config, store)),
        ("backups", lambda: _backups(store)),
        ("unread files", lambda: _unread(config, store)),
        ("stored rows", lambda: _layouts(config, store)),
        ("cleaners", lambda: _cleaners(config, store)),
        ("alerts", lambda: _alerts(config, store)),
        ("lineage", lambda: _lineage(config, store)),
        ("language model", lambda: _language_model(config, store)),
        ("erasures", lambda: _erasures(store)),
        ("models", lambda: _models(config, store)),
        ("encryption", lambda: _encryption(store)),
        ("clock", lambda: _clock(config)),
        ("disk", lambda: _disk(config)),
        ("storage", lambda: _storage(config, store)),
        ("schedule", lambda: _schedule(config, store)),
        ("heartbeat", lambda: _heartbeat(config, store)),
    ]
    findings = [_examine(subject, check) for subject, check in checks]
    return [*findings, *(_verify(config, store[0]) if deep and store else ())]


def _verify(config: Config, store: SqlStore) -> Iterator[Finding]:
    """Yield a finding for each damaged file of the lake, or one that says that there is none."""
    for dataset in config.datasets:
        damaged = list(damaged_files(store.lake, dataset, store.runs.published(dataset, store.runs.newest())))
        yield from (Finding("files", "broken", _describe(damage), dataset) for damage in damaged)
        if not damaged:
            yield Finding("files", "fine", Message.of("doctor_files_whole"), dataset)


def _describe(damage: Damage) -> Message:
    if not damage.file:
        return damage.fault
    needed = Message.of("doctor_run_needs_it", run=damage.run) if damage.run else EMPTY
    return Message.of("doctor_file_damaged", place=damage.place, file=damage.file, fault=damage.fault, needed=needed)


def _examine(subject: str, check: Callable[[], Message]) -> Finding:
    try:
        with panics_as_errors():
            return Finding(subject, "fine", check())
    except _Warning as warning:
        return Finding(subject, "warning", warning.message)
    except SluiceError as error:
        return Finding(subject, "broken", error_message(error))
    except Exception as error:  # noqa: BLE001  # the other checks go on, whatever a library raises
        return Finding(subject, "broken", Message.text(f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"))


def _steps(config: Config, path: Path, at_once: dict[str, tuple[str, ...]]) -> Message:
    """Build all steps, and note by dataset those that must see all rows of a batch."""
    from sluice.wiring.steps import build_steps

    for dataset in config.datasets:
        at_once[dataset] = needs_of_steps(build_steps(config, path, dataset).steps).undivided()
    return Message.of("doctor_steps_fit", datasets=len(config.datasets))


def _large_files(config: Config, at_once: Mapping[str, tuple[str, ...]]) -> Message:
    if at_once.keys() < config.datasets.keys():
        raise make_error(SluiceError, "doctor_needs_configuration")
    named = [Message.of("doctor_steps_of", dataset=dataset, steps=tuple(steps)) for dataset, steps in at_once.items() if steps]
    if not named:
        return Message.of("doctor_files_in_parts")
    return Message.of("doctor_files_at_once", gib=config.limits.memory / 2**30, datasets=tuple(named))


def _files(config: Config, path: Path) -> Message:
    if unmatched := describe_unmatched(unmatched_of(config, path)):
        raise _Warning(unmatched)
    return Message.of("doctor_files_matched")


def _database(config: Config) -> Message:
    create_if_new(config.database_url)  # as every command does: before the first run there is none
    engine = database.connect(config.database_url)
    with database.database_errors(engine), engine.connect():
        return Message.of("doctor_database_answers", engine=engine.dialect.name)


def _migrations(config: Config) -> Message:
    migrate.require_current(database.connect(config.database_url))
    return Message.of("doctor_migrated")


def _lake(config: Config, store: list[SqlStore]) -> Message:
    store.append(open_store_of(config))
    snapshot = store[0].snapshot()
    published = sum(snapshot.published(name).collect_schema().len() > 0 for name in config.datasets)
    return Message.of("doctor_snapshot", snapshot=snapshot.id, datasets=published)


def _backups(store: list[SqlStore]) -> Message:
    if not store:
        raise make_error(SluiceError, "doctor_needs_lake")
    snapshots = store[0].compare_with_lake()
    if snapshots.lake > snapshots.database:
        raise _Warning(Message.of("doctor_database_behind", runs=snapshots.lake - snapshots.database))
    return Message.of("doctor_backups_agree")


def _unread(config: Config, store: list[SqlStore]) -> Message:
    if not store:
        raise make_error(SluiceError, "doctor_needs_lake")
    if text := describe_unread(unread_files(config, store[0], config.datasets, clock.now(config))):
        raise _Warning(text)
    return Message.of("doctor_files_read")


def _layouts(config: Config, store: list[SqlStore]) -> Message:
    if not store:
        raise make_error(SluiceError, "doctor_needs_lake")
    for dataset in config.datasets:
        store[0].require_layout(dataset)
    return Message.of("doctor_rows_fit")


def _cleaners(config: Config, store: list[SqlStore]) -> Message:
    if not store:
        raise make_error(SluiceError, "doctor_needs_lake")
    now = clock.now(config)
    doubts = [describe_doubtful(config, name, count) for name in config.datasets for count in doubtful_cleaners(config, store[0], name, now)]
    if doubts:
        raise _Warning(Message.join(doubts))
    return Message.of("doctor_repairs_stay")


def _alerts(config: Config, store: list[SqlStore]) -> Message:
    if not store:
        raise make_error(SluiceError, "doctor_needs_lake")
    failed = Counter(alert.sink for alert in store[0].outbox.all(state="failed"))
    gone = {sink: number for sink, number in failed.items() if sink not in config.sinks}
    given_up = [Message.of("doctor_alerts_given_up", alerts=_by_sink(gone))] if gone else []
    if undelivered := {sink: number for sink, number in failed.items() if sink not in gone}:
        raise _Warning(Message.join([Message.of("doctor_alerts_undelivered", alerts=_by_sink(undelivered)), *given_up]))
    addresses = Message.of("doctor_alerts_delivered", sinks=tuple(config.sinks)) if config.sinks else Message.of("doctor_no_address")
    return Message.join([addresses, *given_up])


def _by_sink(numbers: Mapping[str, int]) -> tuple[Message, ...]:
    return tuple(Message.of("doctor_alerts_to", alerts=number, sink=sink) for sink, number in sorted(numbers.items()))


def _lineage(config: Config, store: list[SqlStore]) -> Message:
    if not store:
        raise make_error(SluiceError, "doctor_needs_lake")
    if config.lineage is None:
        return Message.of("doctor_no_lineage")
    if waiting := store[0].lineage.count():
        raise _Warning(Message.of("doctor_lineage_waits", runs=waiting, address=config.lineage.url))
    return Message.of("doctor_lineage_sent", address=config.lineage.url)


def _language_model(config: Config, store: list[SqlStore]) -> Message:
    from sluice.app.language_model.examined import examine_model

    if not store:
        raise make_error(SluiceError, "doctor_needs_lake")
    doubtful, message = examine_model(config, store[0].model_answers, clock.now(config))
    if doubtful:
        raise _Warning(message)
    return message


def _erasures(store: list[SqlStore]) -> Message:
    if not store:
        raise make_error(SluiceError, "doctor_needs_lake")
    records = store[0].suppressions.all()
    if not records:
        return Message.of("doctor_nobody_forgotten")
    read_pseudonyms(records)
    if interrupted := [record for record in records if record.finished is None]:
        raise make_error(SluiceError, "doctor_erasures_interrupted", erasures=len(interrupted))
    return Message.of("doctor_erasures_ended", erasures=len(records))


def _models(config: Config, store: list[SqlStore]) -> Message:
    if not store:
        raise make_error(SluiceError, "doctor_needs_lake")
    names = [RECOMMENDER] if config.recommender else []
    serving = [name for name in names if store[0].models.load(name) is not None]
    return Message.of("doctor_models_serve", models=tuple(serving)) if serving else Message.of("doctor_no_model_serves")


def _encryption(store: list[SqlStore]) -> Message:
    if not store:
        raise make_error(SluiceError, "doctor_needs_lake")
    present = store[0].sealing.present
    keys = store[0].models.keys()
    held = {key.id for key in (present, *store[0].sealing.former) if key is not None}
    if missing := sorted(name for name, key in keys.items() if key and key not in held):
        raise make_error(SluiceError, "doctor_key_missing", models=tuple(missing), variable=KEY_VARIABLE, former=FORMER_VARIABLE)
    cells = keys_of_records(store[0].database)
    if lost := {key: count for key, count in cells.items() if key and key not in held}:
        keys_text = ", ".join(sorted(lost))
        raise make_error(SluiceError, "doctor_records_key_missing", cells=sum(lost.values()), keys=keys_text, variable=KEY_VARIABLE, former=FORMER_VARIABLE)
    if present is None:
        return Message.of("doctor_not_encrypted", variable=KEY_VARIABLE)
    if others := sorted(name for name, key in keys.items() if key != present.id):
        raise _Warning(Message.of("doctor_not_sealed", models=tuple(others), key=present.id))
    if stale := sum(count for key, count in cells.items() if key != present.id):
        raise _Warning(Message.of("doctor_records_not_sealed", cells=stale, key=present.id))
    return Message.of("doctor_encrypted", key=present.id, variable=KEY_VARIABLE)


def _clock(config: Config) -> Message:
    if isinstance(config.clock, RunningClock):
        return Message.of("doctor_clock_runs", now=f"{clock.now(config):%Y-%m-%d %H:%M:%S}")
    if config.clock is not None:
        return Message.of("doctor_clock_pinned", now=clock.now(config).isoformat())
    return Message.of("doctor_clock", now=f"{clock.now(config):%Y-%m-%d %H:%M:%S}")


def _schedule(config: Config, store: list[SqlStore]) -> Message:
    if not store:
        raise make_error(SluiceError, "doctor_needs_lake")
    if ahead := store[0].scheduled_runs.of_the_future(clock.wall()):
        raise _Warning(Message.of("doctor_firings_ahead", firings=tuple(f"{job} ({fire_time} UTC)" for job, fire_time in sorted(ahead.items()))))
    return Message.of("doctor_firings_fine" if config.schedule.ingest else "doctor_no_ingest")


def _disk(config: Config) -> Message:
    free = shutil.disk_usage(config.root).free
    if free < MIN_FREE_BYTES:
        raise make_error(SluiceError, "doctor_disk_full", gib=free / 2**30, folder=str(config.root))
    return Message.of("doctor_disk", gib=free / 2**30)


def _storage(config: Config, store: list[SqlStore]) -> Message:
    if not store:
        raise make_error(SluiceError, "doctor_needs_lake")
    storage = measure_storage(config, store[0])
    parts = tuple(Message.of("doctor_storage_part", part=part, mib=size / 2**20) for part, size in storage.sizes.items() if size >= 2**20 / 20)
    return Message.of("doctor_storage", mib=sum(storage.sizes.values()) / 2**20, parts=parts, grown=storage.grown / 2**20)


def _heartbeat(config: Config, store: list[SqlStore]) -> Message:
    if not store:
        raise make_error(SluiceError, "doctor_needs_lake")
    last = store[0].activity.last_heartbeat()
    if last is None:
        return Message.of("doctor_no_scheduler")
    age = clock.now(config) - last
    if config.clock is None and age > MAX_SILENCE:
        raise make_error(SluiceError, "doctor_scheduler_dead", last=last.isoformat())
    return Message.of("doctor_scheduler_alive", last=last.isoformat())
