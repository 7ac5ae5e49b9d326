"""Keep the versions of registered models: a record of each, and its safetensors bytes beside the lake's tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sluice.domain import Artifact, Model, ModelState
from sluice.errors import ModelError, StoreError, UsageError
from sluice.messages import make_error
from sluice.store.blobs import Blobs
from sluice.store.database import Database
from sluice.store.runs import next_number
from sluice.store.tables import ActivityRow, ChampionRow, ModelRow

_DIAGNOSTICS = ("picture", "diagnostics")  # keys of a card that are large


class ModelRegistry:
    """Keep every version; at most one of a name is its champion."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        """Keep the database of records and the store of bytes."""
        self._database = database
        self._blobs = blobs

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
        with self._database.write() as session:
            version = (session.execute(select(func.max(ModelRow.version)).where(ModelRow.name == name)).scalar_one() or 0) + 1
            row = ModelRow(name=name, version=version, state=state, digest=hashlib.sha256(artifact.tensors).hexdigest(), card=card, at=at)
            self._blobs.put(_path(name, version), artifact.tensors)  # before the record: a file that no record names does no harm
            if state == "champion":
                _retire(session, name)
                _crown(session, name, version)
            session.add(row)
            model, expired = _to_model(row), _expire(session, name, keep) if keep else []
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
        with self._database.write() as session:
            row = session.get(ModelRow, (name, version))
            if row is None:
                raise UsageError(f"{name} has no version {version}")
            if row.state == "evaluating":
                if state == "champion":
                    _retire(session, name)
                    _crown(session, name, version)
                row.state, row.card = state, {**row.card, **json.loads(json.dumps(evidence, default=str))}
            return _to_model(row)

    def versions(self, name: str) -> Sequence[Model]:
        """Return all versions, the newest first."""
        with self._database.read() as session:
            return [_to_model(row) for row in session.scalars(select(ModelRow).where(ModelRow.name == name).order_by(ModelRow.version.desc()))]

    def names(self) -> Sequence[str]:
        """Return every name that has a version."""
        with self._database.read() as session:
            return session.scalars(select(ModelRow.name).distinct().order_by(ModelRow.name)).all()

    def load(self, name: str, version: int | None = None) -> Artifact | None:
        """Load a version, or the champion; None where there is none.

        Raises:
            ModelError: Its bytes are gone, or not those that were saved.
        """
        condition = ModelRow.state == "champion" if version is None else ModelRow.version == version
        with self._database.read() as session:
            row = session.scalars(select(ModelRow).where(ModelRow.name == name, condition)).first()
        return None if row is None else self._read(row)

    def champion(self, name: str, seq: int) -> Artifact | None:
        """Load the version that was the champion at a snapshot."""
        with self._database.read() as session:
            query = select(ChampionRow.version).where(ChampionRow.name == name, ChampionRow.seq <= seq).order_by(ChampionRow.seq.desc()).limit(1)
            version = session.scalars(query).first()
        return None if version is None else self.load(name, version)

    def rollback(self, name: str, *, by: str, reason: str, at: datetime) -> Model:
        """Make the last retired champion serve again, from a new snapshot on.

        Raises:
            UsageError: There is none, or its bytes are no longer kept.
        """
        with self._database.write() as session:
            last = (
                select(ModelRow)
                .join(ChampionRow, (ChampionRow.name == ModelRow.name) & (ChampionRow.version == ModelRow.version))
                .where(ModelRow.name == name, ModelRow.state == "retired")
                .order_by(ChampionRow.seq.desc())
                .limit(1)
            )
            row = session.scalars(last).first()
            if row is None:
                raise make_error(UsageError, "rollback_no_earlier", model=name)
            _require_bytes(self._blobs, row)
            for champion in session.scalars(select(ModelRow).where(ModelRow.name == name, ModelRow.state == "champion")):
                champion.state = "rolled_back"
            row.state = "champion"
            _crown(session, name, row.version)
            session.add(ActivityRow(at=at, who=by, what="roll back", subject=f"{name} to version {row.version}", reason=reason))
            return _to_model(row)

    def _read(self, row: ModelRow) -> Artifact:
        try:
            tensors = self._blobs.get(_path(row.name, row.version))
        except StoreError as error:
            raise ModelError(f"the bytes of {row.name} version {row.version} cannot be read: {error}") from error
        if hashlib.sha256(tensors).hexdigest() != row.digest:
            raise make_error(ModelError, "model_bytes_altered", model=row.name, version=row.version)
        return Artifact(tensors, row.card)


def _path(name: str, version: int) -> str:
    return f"models/{name}/{version}.safetensors"


def _require_bytes(blobs: Blobs, row: ModelRow) -> None:
    try:
        blobs.get(_path(row.name, row.version))
    except StoreError as error:
        raise make_error(UsageError, "rollback_bytes_gone", model=row.name, version=row.version) from error


def _require_safetensors(name: str, tensors: bytes) -> None:
    import safetensors

    try:
        safetensors.deserialize(tensors)  # type: ignore[no-untyped-call]  # the library's
    except safetensors.SafetensorError as error:
        raise ModelError(f"the model of {name} is not in the safetensors format") from error


def _retire(session: Session, name: str) -> None:
    for champion in session.scalars(select(ModelRow).where(ModelRow.name == name, ModelRow.state == "champion")):
        champion.state = "retired"


def _crown(session: Session, name: str, version: int) -> None:
    session.add(ChampionRow(name=name, version=version, seq=next_number(session, "snapshot")))


def _expire(session: Session, name: str, keep: int) -> list[int]:
    """Return the champions whose bytes are no longer kept, and drop the diagnostics of their cards.

    The one that expired before is among them: a crash may have left its bytes.
    """
    session.flush()
    champions = select(ChampionRow.version).where(ChampionRow.name == name).order_by(ChampionRow.seq.desc())
    versions = list(dict.fromkeys(session.scalars(champions.limit(4 * keep))))[keep : keep + 2]
    for old in session.scalars(select(ModelRow).where(ModelRow.name == name, ModelRow.version.in_(versions))):
        old.card = {key: value for key, value in old.card.items() if key not in _DIAGNOSTICS}
    return versions


def _to_model(row: ModelRow) -> Model:
    return Model(row.name, row.version, row.state, row.digest, row.card, row.at)  # type: ignore[arg-type]  # only a ModelState is written
