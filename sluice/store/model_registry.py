"""Keep the versions of registered models: a record of each, and its safetensors bytes beside the lake's tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from sluice.domain import Artifact, Message, Model, ModelState
from sluice.errors import ModelError, StoreError, UsageError
from sluice.messages import error_message, make_error
from sluice.store.activity_log import log_act
from sluice.store.blobs import Blobs
from sluice.store.database import Database
from sluice.store.records import get_record, update_record
from sluice.store.runs import next_number
from sluice.store.sealing import Sealing, key_of
from sluice.store.tables import CHAMPIONS, MODELS

_DIAGNOSTICS = ("picture", "diagnostics")  # keys of a card that are large


class ModelRegistry:
    """Keep every version; at most one of a name is its champion."""

    def __init__(self, database: Database, blobs: Blobs, sealing: Sealing | None = None) -> None:
        """Keep the database of records and the store of bytes, and what encrypts these; unless given, they are stored as they are."""
        self._database = database
        self._blobs = blobs
        self._sealing = sealing or Sealing()

    def save(self, name: str, artifact: Artifact, state: ModelState, *, at: datetime, keep: int | None = None) -> Model:
        """Save a new version; as `champion` it retires the one before, and begins a new snapshot.

        Args:
            name: Name of the registered model.
            artifact: The version.
            state: Its state.
            at: When it was trained.
            keep: Number of the newest champions that keep their bytes, the new one included; None: all. Their records stay.

        Raises:
            ModelError: The bytes are not safetensors.
        """
        _require_safetensors(name, artifact.tensors)
        card = json.loads(json.dumps(artifact.card, default=str))
        with self._database.write() as connection:
            version = (connection.execute(select(func.max(MODELS.c.version)).where(MODELS.c.name == name)).scalar_one() or 0) + 1
            model = Model(name, version, state, hashlib.sha256(artifact.tensors).hexdigest(), card, at)
            self._blobs.put(
                _path(name, version), self._sealing.seal(_path(name, version), artifact.tensors)
            )  # before the record: a file that no record names does no harm
            if state == "champion":
                _replace_champion(connection, name, "retired")
                _crown(connection, name, version)
            connection.execute(insert(MODELS).values(name=name, version=version, state=state, digest=model.digest, card=card, at=at))
            expired = _expire(connection, name, keep) if keep else []
        for old in expired:  # after the record: bytes that a record still names are never gone
            self._blobs.delete(_path(name, old))
        return model

    def finish_evaluation(self, name: str, version: int, state: ModelState, evidence: Mapping[str, object]) -> Model:
        """End the evaluation of a version and add the evidence to its card; as `champion` it retires the one before, and begins a new snapshot.

        Args:
            name: Name of the registered model.
            version: A version in state `evaluating`; any other stays as it is.
            state: Its new state.
            evidence: Keys that are added to the card.

        Raises:
            UsageError: There is no such version.
        """
        with self._database.write() as connection:
            row = get_record(connection, MODELS, name, version)
            if row is None:
                raise make_error(UsageError, "no_such_model_version", model=name, version=version)
            if row.state == "evaluating":
                row = _decide(connection, row, state, evidence)
            return _to_model(row)

    def finish_canary(self, name: str, version: int, state: ModelState, evidence: Mapping[str, object]) -> Model:
        """End the time in which some users got a version, from a new snapshot on; arguments as for `finish_evaluation`.

        A version that is no longer in state `blessed` stays as it is.

        Raises:
            UsageError: There is no such version.
        """
        with self._database.write() as connection:
            row = get_record(connection, MODELS, name, version)
            if row is None:
                raise make_error(UsageError, "no_such_model_version", model=name, version=version)
            return _to_model(_decide(connection, row, state, evidence) if row.state == "blessed" else row)

    def versions(self, name: str) -> Sequence[Model]:
        """Return all versions, the newest first."""
        return self.page(name)

    def page(self, name: str, size: int | None = None, *, before: int | None = None) -> Sequence[Model]:
        """Return the newest versions, at most so many, and only those before a version where it is given."""
        query = select(MODELS).where(MODELS.c.name == name).order_by(MODELS.c.version.desc()).limit(size)
        if before is not None:
            query = query.where(MODELS.c.version < before)
        with self._database.read() as connection:
            return [_to_model(row) for row in connection.execute(query)]

    def names(self) -> Sequence[str]:
        """Return every name that has a version."""
        with self._database.read() as connection:
            return connection.scalars(select(MODELS.c.name).distinct().order_by(MODELS.c.name)).all()

    def load(self, name: str, version: int | None = None) -> Artifact | None:
        """Load a version, or the champion; None where there is none.

        Raises:
            ModelError: Its bytes are gone, or not those that were saved.
        """
        condition = MODELS.c.state == "champion" if version is None else MODELS.c.version == version
        with self._database.read() as connection:
            row = connection.execute(select(MODELS).where(MODELS.c.name == name, condition)).first()
        return None if row is None else self._read(row)

    def champion(self, name: str, seq: int) -> Artifact | None:
        """Load the version that was the champion at a snapshot."""
        with self._database.read() as connection:
            query = select(CHAMPIONS.c.version).where(CHAMPIONS.c.name == name, CHAMPIONS.c.seq <= seq).order_by(CHAMPIONS.c.seq.desc()).limit(1)
            version = connection.scalars(query).first()
        return None if version is None else self.load(name, version)

    def rollback(self, name: str, *, by: str, reason: str, at: datetime) -> Model:
        """Make the last retired champion serve again, from a new snapshot on.

        Raises:
            UsageError: There is none, or its bytes are no longer kept.
        """
        with self._database.write() as connection:
            last = (
                select(MODELS)
                .join(CHAMPIONS, (CHAMPIONS.c.name == MODELS.c.name) & (CHAMPIONS.c.version == MODELS.c.version))
                .where(MODELS.c.name == name, MODELS.c.state == "retired")
                .order_by(CHAMPIONS.c.seq.desc())
                .limit(1)
            )
            row = connection.execute(last).first()
            if row is None:
                raise make_error(UsageError, "rollback_no_earlier", model=name)
            _require_bytes(self._blobs, row)
            _replace_champion(connection, name, "rolled_back")
            row = update_record(connection, MODELS, name, row.version, state="champion")
            _crown(connection, name, row.version)
            subject = Message.of("about_version", model=name, version=row.version)
            log_act(connection, at=at, who=by, what="roll back", subject=subject, reason=reason)
            return _to_model(row)

    def rolled_back(self, name: str) -> int | None:
        """Return the version that the newest rollback took from service; None where the champion came otherwise."""
        with self._database.read() as connection:
            query = select(CHAMPIONS.c.version).where(CHAMPIONS.c.name == name).order_by(CHAMPIONS.c.seq.desc()).limit(2)
            versions = connection.scalars(query).all()
            row = get_record(connection, MODELS, name, versions[1]) if len(versions) > 1 else None
        return row.version if row is not None and row.state == "rolled_back" else None

    def undo_rollback(self, name: str, *, by: str, reason: str, at: datetime) -> Model:
        """Make the version serve again that the newest rollback took from service, from a new snapshot on.

        Raises:
            UsageError: The champion came by no rollback, or the bytes of the version are no longer kept.
        """
        version = self.rolled_back(name)
        if version is None:
            raise make_error(UsageError, "rollback_not_newest", model=name)
        with self._database.write() as connection:
            row = get_record(connection, MODELS, name, version, for_update=True)
            assert row is not None  # noqa: S101  # versions are never deleted
            _require_bytes(self._blobs, row)
            _replace_champion(connection, name, "retired")
            row = update_record(connection, MODELS, name, version, state="champion")
            _crown(connection, name, version)
            subject = Message.of("about_version", model=name, version=version)
            log_act(connection, at=at, who=by, what="undo_rollback", subject=subject, reason=reason)
            return _to_model(row)

    def champions(self, name: str) -> Sequence[int]:
        """Return the versions that served, the newest first; one that served twice stands there twice."""
        with self._database.read() as connection:
            return connection.scalars(select(CHAMPIONS.c.version).where(CHAMPIONS.c.name == name).order_by(CHAMPIONS.c.seq.desc())).all()

    def drop_bytes(self, models: Sequence[Model], *, dry_run: bool = False) -> int:
        """Delete the bytes of versions, and the diagnostics of their cards; return how many had bytes. Their records stay."""
        stored = [model for model in models if self._blobs.size(_path(model.name, model.version)) is not None]
        for model in stored if not dry_run else ():
            card = {key: value for key, value in model.card.items() if key not in _DIAGNOSTICS}
            with self._database.write() as connection:
                update_record(connection, MODELS, model.name, model.version, card=card)
            self._blobs.delete(_path(model.name, model.version))
        return len(stored)

    def keys(self) -> dict[str, str]:
        """Return by name of each model that serves the id of the key that its bytes are encrypted under; empty where they are not."""
        serving = [model for name in self.names() for model in self.versions(name) if model.state == "champion"]
        paths = {model.name: _path(model.name, model.version) for model in serving}
        return {name: key_of(self._blobs.get(path)) for name, path in paths.items() if self._blobs.size(path) is not None}

    def seal(self) -> int:
        """Write the bytes of all versions anew that are not encrypted under the present key; return their number.

        Raises:
            ModelError: A key is missing, or bytes were altered.
        """
        paths = [_path(model.name, model.version) for name in self.names() for model in self.versions(name)]
        written = 0
        for path in paths:
            if self._sealing.present is None or self._blobs.size(path) is None:
                continue
            stored = self._blobs.get(path)
            if key_of(stored) != self._sealing.present.id:
                self._blobs.put(path, self._sealing.seal(path, self._sealing.open(path, stored)))
                written += 1
        return written

    def _read(self, row: Row[Any]) -> Artifact:
        try:
            tensors = self._sealing.open(_path(row.name, row.version), self._blobs.get(_path(row.name, row.version)))
        except StoreError as error:
            raise make_error(ModelError, "model_bytes_unreadable", model=row.name, version=row.version, problem=error_message(error)) from error
        if hashlib.sha256(tensors).hexdigest() != row.digest:
            raise make_error(ModelError, "model_bytes_altered", model=row.name, version=row.version)
        return Artifact(tensors, row.card)


def _path(name: str, version: int) -> str:
    return f"models/{name}/{version}.safetensors"


def _require_bytes(blobs: Blobs, row: Row[Any]) -> None:
    try:
        blobs.get(_path(row.name, row.version))
    except StoreError as error:
        raise make_error(UsageError, "rollback_bytes_gone", model=row.name, version=row.version) from error


def _require_safetensors(name: str, tensors: bytes) -> None:
    import safetensors

    try:
        safetensors.deserialize(tensors)  # type: ignore[no-untyped-call]  # the library's
    except safetensors.SafetensorError as error:
        raise make_error(ModelError, "model_not_safetensors", model=name) from error


def _replace_champion(connection: Connection, name: str, state: ModelState) -> None:
    connection.execute(update(MODELS).where(MODELS.c.name == name, MODELS.c.state == "champion").values(state=state))


def _crown(connection: Connection, name: str, version: int) -> None:
    connection.execute(insert(CHAMPIONS).values(name=name, version=version, seq=next_number(connection, "snapshot")))


def _decide(connection: Connection, row: Row[Any], state: ModelState, evidence: Mapping[str, object]) -> Row[Any]:
    """Give a version its state and add evidence to its card; one that begins or ends to be shown to users is known from a new snapshot on."""
    if state in ("champion", "blessed"):
        for other in connection.execute(select(MODELS).where(MODELS.c.name == row.name, MODELS.c.state == "blessed", MODELS.c.version != row.version)).all():
            card = {**other.card, "canary": Message.of("canary_replaced").to_json()}
            update_record(connection, MODELS, row.name, other.version, state="rejected", card=card)
    if state == "champion":
        _replace_champion(connection, row.name, "retired")
        _crown(connection, row.name, row.version)
    elif "blessed" in (state, row.state):
        next_number(connection, "snapshot")
    card = {**row.card, **json.loads(json.dumps(evidence, default=str))}
    return update_record(connection, MODELS, row.name, row.version, state=state, card=card)


def _expire(connection: Connection, name: str, keep: int) -> list[int]:
    """Return the champions whose bytes are no longer kept, and drop the diagnostics of their cards.

    The one that expired before is among them: a crash may have left its bytes.
    """
    champions = select(CHAMPIONS.c.version).where(CHAMPIONS.c.name == name).order_by(CHAMPIONS.c.seq.desc())
    versions = list(dict.fromkeys(connection.scalars(champions.limit(4 * keep))))[keep : keep + 2]
    for old in connection.execute(select(MODELS).where(MODELS.c.name == name, MODELS.c.version.in_(versions))).all():
        update_record(connection, MODELS, name, old.version, card={key: value for key, value in old.card.items() if key not in _DIAGNOSTICS})
    return versions


def _to_model(row: Row[Any]) -> Model:
    return Model(row.name, row.version, row.state, row.digest, row.card, row.at)
