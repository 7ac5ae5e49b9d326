"""Models that are encrypted at rest: saved, served, rolled back, written anew under another key, found by a search, and told where the key is gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from sluice.domain import Artifact
from sluice.errors import ModelError
from sluice.store import SqlStore, open_store
from sluice.store.sealing import Sealing, SealKey, key_of
from sluice.store.values import ValueQuery, ValueStore

pytest.importorskip("cryptography", reason="cryptography is not installed")
AT = datetime(2026, 3, 1, tzinfo=UTC)
FIRST, SECOND = SealKey("a" * 40), SealKey("b" * 40)
TENSORS = save({"weights": np.arange(8, dtype=np.float32)}, {"vocabulary": "Ada Lovelace"})


@contextmanager
def store_with(folder: Path, sealing: Sealing) -> Iterator[SqlStore]:
    store = open_store(f"sqlite:///{folder}/sluice.db", str(folder / "lake"), schemas={}, policies={}, clock=lambda: AT, sealing=sealing, create=True)
    try:
        yield store
    finally:
        store.close()


def stored(folder: Path, version: int) -> bytes:
    return (folder / f"lake/models/taste/{version}.safetensors").read_bytes()


def test_a_model_is_encrypted_serves_and_is_written_anew_under_another_key(tmp_path: Path) -> None:
    with store_with(tmp_path, Sealing()) as store:
        store.models.save("taste", Artifact(TENSORS, {}), "champion", at=AT)
        assert store.models.keys() == {"taste": ""}
    with store_with(tmp_path, Sealing(FIRST)) as store:
        store.models.save("taste", Artifact(TENSORS, {}), "champion", at=AT)
        assert (stored(tmp_path, 1), key_of(stored(tmp_path, 2))) == (TENSORS, FIRST.id)
        assert b"Lovelace" not in stored(tmp_path, 2)
        assert [artifact.tensors for version in (1, 2) if (artifact := store.models.load("taste", version))] == [TENSORS, TENSORS]
        assert store.models.seal() == 1
        assert b"Lovelace" not in stored(tmp_path, 1)
        values = ValueStore(store.database, store.lake, tmp_path / "state", sealing=store.sealing)
        assert [(entry.place.name, entry.count) for entry in values.find(ValueQuery("Ada Lovelace"))] == [("models", 1)] * 2
        assert store.models.rollback("taste", by="Ada", reason="worse", at=AT).version == 1
    with store_with(tmp_path, Sealing(SECOND, (FIRST,))) as store:
        assert (store.models.seal(), store.models.seal(), store.models.keys()) == (2, 0, {"taste": SECOND.id})
    with store_with(tmp_path, Sealing(FIRST)) as store, pytest.raises(ModelError, match="trained anew"):
        store.models.load("taste")


def test_a_file_of_another_version_under_its_name_is_refused(tmp_path: Path) -> None:
    with store_with(tmp_path, Sealing(FIRST)) as store:
        for _ in range(2):
            store.models.save("taste", Artifact(TENSORS, {}), "champion", at=AT)
        (tmp_path / "lake/models/taste/2.safetensors").write_bytes(stored(tmp_path, 1))
        with pytest.raises(ModelError, match="is not what was encrypted"):
            store.models.load("taste", 2)
