"""Erase a person from everything that Sluice stores, and remember by keyed digests that they are not to come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sluice.app.app import App
from sluice.app.values import Erasure, all_leases, erase_places, find_value, models_to_train, names_of_places, refuse_in_log, vault_of, what_is_left
from sluice.config import did_you_mean
from sluice.domain import ROW, ErasureMode, Identifier, Message, SuppressedIdentifier, Suppression
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.pseudonyms import KeyRing, PersonPseudonyms, Pseudonyms, normalize
from sluice.store.failpoints import fail_point
from sluice.store.values import ErasurePlan, Occurrence, PersonQuery
from sluice.wiring.forget_key import read_keys
from sluice.wiring.identifiers import identifier_columns, personal_columns, user_column, with_former_names


@dataclass(frozen=True, slots=True)
class ForgetPreview:
    """Say what an erasure would change.

    Attributes:
        occurrences: Where something of the person is stored.
        models: Which serving models may have learned from their rows, with the command that trains them.
        local: Number of values that are erased in the person's rows alone, since others may have them too.
    """

    occurrences: list[Occurrence]
    models: list[str]
    local: int


def identify(app: App, user: str, columns: Sequence[str], values: Sequence[str]) -> list[Identifier]:
    """Return what selects the rows of a person.

    Args:
        app: The application.
        user: What the user column of the recommender holds in their rows; empty where columns are named.
        columns: Names of columns.
        values: What each of them holds.

    Raises:
        UsageError: There is no such column, one is none of text, or none is named.
    """
    if len(columns) != len(values):
        raise make_error(UsageError, "column_without_value")
    identifiers = [Identifier(column, value.strip()) for column, value in zip(columns, values, strict=True)]
    if user.strip():
        column = user_column(app.config)
        if column is None:
            raise make_error(UsageError, "forget_without_recommender", file=app.path.name)
        identifiers.insert(0, Identifier(column, user.strip()))
    if not identifiers or not all(identifier.value for identifier in identifiers):
        raise make_error(UsageError, "forget_whom")
    for identifier in identifiers:
        _require_text(app, identifier.column)
    return identifiers


def preview(app: App, identifiers: Sequence[Identifier], keys: KeyRing) -> ForgetPreview:
    """Return what an erasure would change; nothing is written.

    Args:
        app: The application.
        identifiers: What selects the rows of the person.
        keys: Compute digests.
    """
    query = _query(app, identifiers, keys, _of_person(identifiers, keys, app.store.suppressions.of(_digests(identifiers, keys))), None)
    occurrences = find_value(app, query)
    return ForgetPreview(occurrences, list(models_to_train(app, occurrences, ())), query.local)


def forget(app: App, identifiers: Sequence[Identifier], *, by: str, reason: str, mode: ErasureMode = "pseudonymise") -> Erasure:
    """Put pseudonyms in the place of a person's cells, wherever Sluice stores them, or delete their rows, and suppress their rows from then on.

    Done again after a crash, it ends what was begun: what it searches is recorded until the end.

    Args:
        app: The application.
        identifiers: What selects the rows of the person.
        by: Who requests it, for the activity log.
        reason: Why.
        mode: Whether pseudonyms stand in the place of cells, or rows are deleted; rows of a person that were deleted once stay so.

    Raises:
        UsageError: The key is not set, or is another than before.
        UsageError: An identifier stands in `by` or `reason`, which the activity log keeps.
        LeaseHeld: A worker is busy with a dataset.
        StoreError: Database or lake do not answer.
    """
    store = app.store
    keys = read_keys(store.suppressions.all())
    refuse_in_log(_query(app, identifiers, keys, _of_person(identifiers, keys, None), None), by=by, reason=reason)
    store.recover()  # which publishes what waits in the stage
    with all_leases(app) as leases:
        earlier = store.suppressions.of(_digests(identifiers, keys))
        person = _of_person(identifiers, keys, earlier)
        query = _query(app, identifiers, keys, person, store.suppressions.plan_of(earlier.id) if earlier else None)
        query.deletes = mode == "delete" or (earlier is not None and earlier.mode == "delete")
        record = store.suppressions.begin(_record(app, identifiers, person.pseudonyms, earlier, query, by=by, reason=reason), query.plan.to_json())
        fail_point("planned")
        occurrences = find_value(app, query)
        ended = erase_places(app, query, "", occurrences, leases, by=by)
        fail_point("erased")
        with store.transaction(*leases.values()):
            _reject_deleted(app, query)
            store.suppressions.end(record.id, app.now())
            store.activity.log(who=by, what="forget a person", subject=names_of_places(occurrences), reason=Message.text(reason), at=app.now())
        fail_point("ended")
        vault_of(app).overwrite_free_pages()
        erasure = what_is_left(app, query, occurrences, ended)
    store.suppressions.save_report(record.id, [{"place": entry.place.name, "where": entry.where, "count": entry.count} for entry in erasure.remaining])
    return erasure


def unfinished(app: App) -> list[Suppression]:
    """Return the erasures that were interrupted."""
    return [record for record in app.store.suppressions.all() if record.finished is None]


def resume(app: App) -> Iterator[Erasure]:
    """End every erasure that was interrupted, and yield what each left."""
    for record in unfinished(app):
        plan, pseudonyms = app.store.suppressions.plan_of(record.id), read_keys(app.store.suppressions.all()).require(record.key_id)
        values = {pseudonyms.digest(value): value for value in (plan or {"values": []})["values"]}
        identifiers = [Identifier(one.column, values[one.digest]) for one in record.identifiers if one.digest in values]
        yield forget(app, identifiers, by=record.by, reason=record.reason, mode=record.mode)


def _require_text(app: App, column: str) -> None:
    places = identifier_columns(app.config, column)
    if not places:
        names = sorted({name for dataset, settings in app.config.datasets.items() for name in settings.schema_of(dataset).names})
        raise make_error(UsageError, "no_dataset_declares_column", column=column, hint=did_you_mean(column, names))
    for dataset, columns in places.items():
        for declared in app.config.datasets[dataset].schema_of(dataset).columns:
            if declared.name in columns and declared.type != "string":
                raise make_error(UsageError, "forget_column_no_text", column=declared.name, dataset=dataset, type=declared.type, file=app.path.name)


def _digests(identifiers: Sequence[Identifier], keys: KeyRing) -> list[str]:
    return [digest for identifier in identifiers for digest in keys.digests(identifier.value)]


def _of_person(identifiers: Sequence[Identifier], keys: KeyRing, record: Suppression | None) -> PersonPseudonyms:
    """Return what gives the person's cells their pseudonyms: under the key of their record, where they were forgotten before."""
    pseudonyms = keys.require(record.key_id) if record else keys.present
    digests = [pseudonyms.digest(identifier.value) for identifier in identifiers]
    earlier = [one.digest for one in record.identifiers] if record else []
    return PersonPseudonyms(pseudonyms, frozenset([*earlier, *digests]), [*earlier, *digests][0])


def _record(
    app: App, identifiers: Sequence[Identifier], pseudonyms: Pseudonyms, earlier: Suppression | None, query: PersonQuery, *, by: str, reason: str
) -> Suppression:
    """Return the record of an erasure that begins: that of the person, where they were erased before."""
    mode: ErasureMode = "delete" if query.deletes else "pseudonymise"
    suppressed = tuple(SuppressedIdentifier(one.column, pseudonyms.digest(one.value)) for one in identifiers)
    if earlier is None:
        return Suppression(0, app.now(), by, reason, mode, pseudonyms.key_id, suppressed, tuple(query.digests()))
    together = tuple(dict.fromkeys([*earlier.identifiers, *suppressed]))
    cells = tuple(dict.fromkeys([*earlier.cells, *query.digests()]))
    return replace(earlier, by=by, reason=reason, mode=mode, identifiers=together, cells=cells, finished=None, report=None)


def _reject_deleted(app: App, query: PersonQuery) -> None:
    """Account for the rows that were deleted; copies and superseded rows stay what they are, without their cells."""
    for dataset, rows in query.plan.key_rows.items() if query.deletes else ():
        repeats = set(app.store.snapshot().repeats(dataset).select(ROW).collect()[ROW])
        app.store.suppressions.reject(dataset, sorted(rows.ids - repeats), app.now())


def _query(app: App, identifiers: Sequence[Identifier], ring: KeyRing, person: PersonPseudonyms, plan: Mapping[str, object] | None) -> PersonQuery:
    """Return what searches a person: by the rows that Sluice has of them now, and by the plan of an erasure that was interrupted."""
    keys: dict[str, dict[str, frozenset[str]]] = {}
    for identifier in identifiers:
        digests = [(key, key.digest(identifier.value)) for key in ring.keys]
        values = {normalize(identifier.value), *(name for key, digest in digests for name in (key.pseudonym(digest), *key.users(digest)))}
        for dataset, columns in identifier_columns(app.config, identifier.column).items():
            for column in with_former_names(app.config, dataset, columns):
                keys.setdefault(dataset, {})[column] = keys.get(dataset, {}).get(column, frozenset()) | values
    personal = {name: personal_columns(app.config, name) for name in keys}
    rows = {name: vault_of(app).key_rows(name, columns, personal[name]) for name, columns in keys.items()}
    stored = ErasurePlan.of(rows, (identifier.value for identifier in identifiers))
    return PersonQuery(stored.merge(ErasurePlan.from_json(plan)) if plan else stored, person, ring)
