"""Find a value in every registered place, and erase it there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sluice.app.app import App
from sluice.config import SqlSource
from sluice.domain import Message, counted
from sluice.domain.value_places import PLACES, ValuePlace
from sluice.errors import SluiceError
from sluice.sources.landing import Landing
from sluice.store.values import Occurrence, ValueQuery, ValueStore

_BY_NAME = {place.name: place for place in PLACES}


@dataclass(frozen=True, slots=True)
class Erasure:
    """Hold what an erasure left.

    Attributes:
        remaining: Where the value still is, and has to be erased by hand or by training again.
        steps: What to do about it, one sentence for each place.
    """

    remaining: list[Occurrence]
    steps: list[str]


def find_value(app: App, query: ValueQuery) -> list[Occurrence]:
    """Return where a value is stored: in source files, the configuration, the lake, the state folder and the database.

    Raises:
        StoreError: Database or lake do not answer.
    """
    return [*_in_sources(app, query), *_in_configuration(app, query), *_vault(app).find(query)]


def erase_value(app: App, query: ValueQuery, substitute: str, *, by: str, reason: str) -> Erasure:
    """Replace a value in what Sluice stores; in numbers and times an empty cell stands in its place.

    Snapshots from before read the rows of changed tables as the erasure left them. Done again after a crash, it ends what was begun.

    Args:
        app: The application.
        query: The value.
        substitute: Stands in its place, the same everywhere, so that rows that refer to each other still do.
        by: Who erases it, for the activity log.
        reason: Why.

    Raises:
        LeaseHeld: A worker is busy with a dataset.
        StoreError: Database or lake do not answer.
    """
    vault = _vault(app)
    occurrences = find_value(app, query)
    for dataset in sorted({entry.where.split("/")[1] for entry in occurrences if _is_table(entry.place)}):
        with app.store.lease(dataset):  # which publishes what waits in the stage
            for table in sorted({entry.where for entry in occurrences if _is_table(entry.place) and entry.where.split("/")[1] == dataset}):
                vault.erase_tables(next(entry for entry in occurrences if entry.where == table), query, substitute)
    app.store.recover()
    _erase_landing_copies(app, query, substitute)
    for entry in occurrences:
        if _is_obsolete(app, entry):
            vault.delete_file(entry)
    for name in vault.cached_texts() if occurrences else ():
        vault.delete_file(Occurrence(_BY_NAME["embeddings of texts"], name, 0))
    vault.erase_records(query, substitute)
    places = ", ".join(sorted({entry.place.name for entry in occurrences})) or "no place"
    app.store.activity.log(who=by, what="erase a value", subject=places, reason=Message.text(reason), at=app.now())
    remaining = find_value(app, query)
    return Erasure(remaining, list(dict.fromkeys(_step(app, entry) for entry in remaining)))


def _vault(app: App) -> ValueStore:
    return ValueStore(app.store.database, app.store.lake, Path(app.config.path(".sluice")))


def _is_table(place: ValuePlace) -> bool:
    return place.root == "lake" and place.eraser != "refit"


def _in_sources(app: App, query: ValueQuery) -> Iterator[Occurrence]:
    for name, dataset in app.config.datasets.items():
        if isinstance(dataset.source, SqlSource):
            continue  # its landing copies are searched; the table itself is the shop's
        for arrival in app.source(name).arrivals():
            path = Path(arrival.uri)
            try:
                count = int(query.rows(app.source(name).read(arrival).rows).sum())
            except SluiceError:  # it cannot be read as a table
                count = query.count(path.read_bytes().decode("utf-8", "replace"))
            if count:
                yield Occurrence(_BY_NAME["source files"], path.name, count)


def _in_configuration(app: App, query: ValueQuery) -> Iterator[Occurrence]:
    if count := query.count(app.path.read_text(encoding="utf-8-sig")):
        yield Occurrence(_BY_NAME["configuration"], app.path.name, count)


def _erase_landing_copies(app: App, query: ValueQuery, substitute: str) -> None:
    for name, dataset in app.config.datasets.items():
        if isinstance(dataset.source, SqlSource):
            with app.store.lease(name):
                landing = Landing(Path(app.config.path(".sluice/landing")) / name, name)
                landing.rewrite(lambda rows: query.replace_in_rows(rows, substitute), dataset.schema_of(name), app.config.limits)


def _is_obsolete(app: App, entry: Occurrence) -> bool:
    """Return True where a value was found in a model that does not serve."""
    if entry.place.eraser != "refit":
        return False
    name, version = _model_of(entry)
    return all(model.state != "champion" for model in app.store.models.versions(name) if str(model.version) == version)


def _model_of(entry: Occurrence) -> tuple[str, str]:
    name, _, file = entry.where.removeprefix("models/").rpartition("/")
    return name, file.partition(".")[0]


def _step(app: App, entry: Occurrence) -> str:
    """Say how a value leaves a place that no eraser of Sluice changes."""
    if entry.place.eraser == "refit":
        name, version = _model_of(entry)
        how = "`sluice retrain`" if "." not in name else f"`sluice run` when the detector has new rows to learn from, or `sluice models rollback {name}`"
        return f"{name} version {version} serves and remembers it: train it again ({how}), then erase the value again"
    if entry.place.name == "source files":
        return f"{counted(entry.count, 'row')} of {entry.where}: the file is the shop's; erase the value there, or move the file out of the landing folder"
    if entry.place.name == "configuration":
        return f"{app.path.name} names it in a rule: edit the file"
    return f"{entry.where} still holds it: close other programs, and run the command again"
