"""Find a value in every registered place, and erase it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sluice.app.app import App
from sluice.app.drafts import delete_abandoned, in_drafts
from sluice.app.unsearched import step_of_unsearched, unsearched_places
from sluice.config import FileSource
from sluice.config.label_settings import is_read, label_path
from sluice.domain import Arrival, Message, counted
from sluice.domain.value_places import LABELS, LAKE_DRAFTS, LAKE_RECORDS, NAMES_OF_PEOPLE, PLACES, SQLITE_PAGES, ValuePlace
from sluice.errors import NotInParts, SluiceError, UsageError
from sluice.messages import make_error
from sluice.ports import Lease, Source
from sluice.sources import DeltaSource
from sluice.sources.delta import read_newest_version
from sluice.sources.landing import Landing
from sluice.store.failpoints import fail_point
from sluice.store.lake_tables import TABLES, Table
from sluice.store.values import KeyQuery, Occurrence, ValueQuery, ValueStore
from sluice.store.values.query import RowQuery
from sluice.wiring.recommender import RECOMMENDER, settings_of
from sluice.wiring.recorded_events import event_columns

_BY_NAME = {place.name: place for place in PLACES}


@dataclass(frozen=True, slots=True)
class Erasure:
    """Hold what an erasure left.

    Attributes:
        remaining: Where the value still is, and has to be erased by hand or by training again.
        steps: What to do about it, one sentence for each place.
        ended: Which snapshots of which tables no longer give the rows that they gave, one sentence for each.
    """

    remaining: list[Occurrence]
    steps: list[str]
    ended: list[str] = field(default_factory=list)


def find_value(app: App, query: ValueQuery) -> list[Occurrence]:
    """Return where a value is stored: in source files, labels, the configuration, the lake, the state folder and the database.

    Raises:
        StoreError: Database or lake do not answer.
    """
    return [*_in_sources(app, query), *in_drafts(app, query), *_in_labels(app, query), *_in_configuration(app, query), *vault_of(app).find(query)]


def erase_value(app: App, query: ValueQuery, substitute: str, *, by: str, reason: str) -> Erasure:
    """Replace a value in what Sluice stores; in numbers and times an empty cell stands in its place.

    Snapshots from before give the same rows without the value. Done again after a crash, it ends what was begun.

    Args:
        app: The application.
        query: The value.
        substitute: Stands in its place, the same everywhere, so that rows that refer to each other still do.
        by: Who erases it, for the activity log.
        reason: Why.

    Raises:
        UsageError: The value stands in `by` or `reason`, which the activity log keeps.
        LeaseHeld: A worker is busy with a dataset.
        StoreError: Database or lake do not answer.
    """
    refuse_in_log(query, by=by, reason=reason)
    app.store.recover()  # which publishes what waits in the stage
    with all_leases(app) as leases:
        occurrences = find_value(app, query)
        ended = erase_places(app, query, substitute, occurrences, leases, by=by)
    app.store.activity.log(who=by, what="erase a value", subject=names_of_places(occurrences), reason=Message.text(reason), at=app.now())
    return what_is_left(app, query, occurrences, ended)


@contextmanager
def all_leases(app: App) -> Iterator[Mapping[str, Lease]]:
    """Hold the leases of all datasets, so that no row arrives between search and erasure; return them by dataset.

    Raises:
        LeaseHeld: A worker is busy with a dataset.
    """
    with ExitStack() as leases:
        yield {name: leases.enter_context(app.store.lease(name)) for name in app.config.datasets}


def erase_places(app: App, query: ValueQuery, substitute: str, occurrences: Sequence[Occurrence], leases: Mapping[str, Lease], *, by: str) -> list[str]:
    """Erase what was found in every place that Sluice changes; return which snapshots end, one sentence for each.

    Tables with the rows of a key come last, so that an erasure that was interrupted finds them again.

    Args:
        app: The application.
        query: The value.
        substitute: Stands in its place.
        occurrences: Where it was found.
        leases: The leases of all datasets.
        by: Who erases it.
    """
    vault = vault_of(app)
    delete_abandoned(app)
    _erase_landing_copies(app, query, substitute)
    fail_point("landing_erased")
    for entry in occurrences:
        if _is_obsolete(app, entry) or (entry.place.root, entry.place.eraser) == ("state", "delete"):  # what waits in the stage is published by then
            vault.delete_file(entry)
    for name in vault.cached_texts() if occurrences else ():
        vault.delete_file(Occurrence(_BY_NAME["embeddings of texts"], name, 0))
    fail_point("models_erased")
    vault.erase_records(query, substitute, by=by, at=app.now())
    fail_point("records_erased")
    for entry in occurrences:
        if entry.place.name == LAKE_RECORDS:
            vault.erase_lake_records(entry, query, substitute)
    vault.put_records_under_key()
    fail_point("lake_records_erased")
    ended = list[str]()
    for table, dataset in _tables_in_order(occurrences, query):
        versions = app.store.published_versions(dataset)[table]
        with nullcontext(leases[dataset]) if dataset in leases else app.store.lease(dataset) as lease:  # it may be configured no longer
            ended += _ended(app, table, dataset, vault.erase_table(table, lease, versions, query, substitute))
        fail_point(f"{table}_erased")
    return ended


def names_of_places(occurrences: Sequence[Occurrence]) -> str:
    """Return the names of the places in which something was found."""
    return ", ".join(sorted({entry.place.name for entry in occurrences})) or "no place"


def what_is_left(app: App, query: ValueQuery, occurrences: Sequence[Occurrence], ended: Sequence[str] = ()) -> Erasure:
    """Search every place once more, and say of what is left how it leaves.

    Args:
        app: The application.
        query: What was erased.
        occurrences: Where it was found before.
        ended: Which snapshots ended.
    """
    left = find_value(app, query)
    unsearched = unsearched_places(app, query, left)
    remaining = [*left, *(unsearched if isinstance(query, KeyQuery) else ())]
    steps = [*(_step(app, entry) for entry in remaining), *models_to_train(app, occurrences, remaining)]
    steps += [_step(app, entry) for entry in unsearched if not isinstance(query, KeyQuery)]
    return Erasure(remaining, list(dict.fromkeys(steps)), [*ended])


def refuse_in_log(query: ValueQuery, **texts: str) -> None:
    """Refuse texts of the activity log that would store the value again.

    Raises:
        UsageError: The value stands in one of them.
    """
    for name, text in texts.items():
        if query.count(text):
            raise make_error(UsageError, "value_in_activity_log", option=name)


def _tables_in_order(occurrences: Sequence[Occurrence], query: ValueQuery) -> list[tuple[Table, str]]:
    """Order tables so that an erasure that was interrupted finds its rows again: by the rows of the named dataset, which are changed last."""
    named = next(iter(query.key_rows)) if isinstance(query, KeyQuery) else ""
    tables = {tuple(entry.where.split("/")[:2]) for entry in occurrences if _is_table(entry.place)}
    return [
        (table, dataset) for table in TABLES for dataset in sorted((name for kind, name in tables if kind == table), key=lambda name: (name == named, name))
    ]


def _ended(app: App, table: Table, dataset: str, versions: Sequence[int]) -> Iterator[str]:
    """Say which snapshots read versions of a table that are gone."""
    runs = app.store.runs.published(dataset, app.store.runs.newest()) if versions else ()
    for run in (run for run in runs if run.versions.get(table) in versions):
        yield f"snapshot {run.seq} of {table}/{dataset}, of run {run.id}, has ended: files of it are lost; the run keeps its record and counts"


def models_to_train(app: App, erased: Sequence[Occurrence], remaining: Sequence[Occurrence]) -> Iterator[str]:
    """Name the serving models that learned from a dataset in which the value was erased, but for those that evidently hold it."""
    datasets = {entry.where.split("/")[1] for entry in erased if _is_table(entry.place)}
    evident = {_model_of(entry)[0] for entry in remaining if entry.place.eraser == "refit"}
    for name in app.store.models.names():
        reads = settings_of(app.config).reads if name == RECOMMENDER and app.config.recommender else (name.partition(".")[0],)
        champion = next((model for model in app.store.models.versions(name) if model.state == "champion"), None)
        if champion is not None and name not in evident and datasets & set(reads):
            yield f"{name} version {champion.version} serves and may have learned from the value: train it again ({_training_of(name)})"


def _training_of(name: str) -> str:
    return "`sluice retrain`" if name == RECOMMENDER else f"`sluice detectors refit {name}`"


def vault_of(app: App) -> ValueStore:
    """Return what searches the places of an application's store."""
    return ValueStore(app.store.database, app.store.lake, Path(app.config.path(".sluice")), event_columns(app.config), app.store.sealing, app.store.digests)


def _is_table(place: ValuePlace) -> bool:
    return place.root == "lake" and place.eraser != "refit" and place.name not in (LAKE_RECORDS, LAKE_DRAFTS)


def _in_sources(app: App, query: ValueQuery) -> Iterator[Occurrence]:
    for name, dataset in app.config.datasets.items():
        if not isinstance(dataset.source, FileSource):
            continue  # its landing copies are searched; the table itself is the shop's, or among the records
        source = app.source(name)
        if isinstance(source, DeltaSource):
            yield from _in_delta(source, query)
            continue
        for arrival in source.arrivals():
            path = Path(arrival.uri)
            try:
                count = _count_rows(source, arrival, query.in_dataset(name))
            except SluiceError:  # it cannot be read as a table
                count = query.count(path.read_bytes().decode("utf-8", "replace"))
            if count:
                yield Occurrence(_BY_NAME["source files"], path.name, count)


def _count_rows(source: Source, arrival: Arrival, query: RowQuery) -> int:
    """Count the rows of an arrival that hold a value, some at a time where its source reads it so: it may be larger than memory."""
    from sluice.worker.parts import PartSource  # with it come the steps of the worker, which no other search needs

    if isinstance(source, PartSource):
        with suppress(NotInParts):
            return sum(int(query.rows(part.rows).sum()) for part in source.parts(arrival, 0).begin())
    return int(query.rows(source.read(arrival).rows).sum())


def _in_delta(source: DeltaSource, query: ValueQuery) -> Iterator[Occurrence]:
    with suppress(SluiceError):  # it cannot be read, and `sluice run` says why
        batch = read_newest_version(source.schema, source.folder, source.limits, source.options)
        if count := int(query.in_dataset(batch.dataset).rows(batch.rows).sum()):
            yield Occurrence(_BY_NAME["source files"], source.folder.name, count)


def _in_labels(app: App, query: ValueQuery) -> Iterator[Occurrence]:
    """Yield the files of labels that hold a value; one that a dataset reads is among the source files."""
    for name in app.config.datasets:
        path = label_path(app.config, name)
        if path.is_file() and not is_read(app.config, name) and (count := query.count(path.read_bytes().decode("utf-8", "replace"))):
            yield Occurrence(_BY_NAME[LABELS], path.name, count)


def _in_configuration(app: App, query: ValueQuery) -> Iterator[Occurrence]:
    if count := query.count(app.path.read_text(encoding="utf-8-sig")):
        yield Occurrence(_BY_NAME["configuration"], app.path.name, count)


def _erase_landing_copies(app: App, query: ValueQuery, substitute: str) -> None:
    for name, dataset in app.config.datasets.items():
        if dataset.lands_copies:
            landing = Landing(Path(app.config.path(".sluice/landing")) / name, name)
            change = partial(query.in_dataset(name).replace_in_rows, substitute=substitute)
            landing.rewrite(change, dataset.schema_of(name), app.config.limits, app.store.digests)


def _is_obsolete(app: App, entry: Occurrence) -> bool:
    """Return True where a value was found in a model that does not serve."""
    if entry.place.eraser != "refit":
        return False
    name, version = _model_of(entry)
    return all(model.state not in ("champion", "blessed") for model in app.store.models.versions(name) if str(model.version) == version)


def _model_of(entry: Occurrence) -> tuple[str, str]:
    name, _, file = entry.where.removeprefix("models/").rpartition("/")
    return name, file.partition(".")[0]


def _step(app: App, entry: Occurrence) -> str:
    """Say how a value leaves a place that no eraser of Sluice changes."""
    if entry.place.eraser == "refit":
        name, version = _model_of(entry)
        how = "`sluice retrain`" if "." not in name else f"`sluice run` when the detector has new rows to learn from, or `sluice models rollback {name}`"
        return f"{name} version {version} serves and remembers it: train it again ({how}), then erase the value again"
    return _step_by_hand(app, entry) or f"{entry.where} still holds it: close other programs, and run the command again"


def _step_by_hand(app: App, entry: Occurrence) -> str:
    """Say what a person does in a place that belongs to the shop or is kept; nothing of another place."""
    rows, times = counted(entry.count, "row"), counted(entry.count, "time")
    steps = {
        "source files": f"{rows} of {entry.where}: the file is the shop's; erase the value there, or move the file out of the landing folder",
        LABELS: f"labels in {entry.where} name it: edit the file",
        SQLITE_PAGES: f"free pages of {entry.where} still hold it: close other programs that read the database, and run the command again",
        "configuration": f"{app.path.name} names it in a rule: edit the file",
        NAMES_OF_PEOPLE: f"{entry.where} holds it as the name of who acted ({times}): records keep these names, and no command changes them",
    }
    return steps.get(entry.place.name) or step_of_unsearched(entry)
