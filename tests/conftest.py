"""What holds for all tests, and the snapshot by hand that those of all detectors share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl
import pytest
from hypothesis import settings

from sluice.domain import Artifact, Run

settings.register_profile("any machine", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("any machine")


@dataclass(frozen=True, eq=False)
class FakeSnapshot:
    """A snapshot that holds what it is given."""

    rows: pl.DataFrame = field(default_factory=pl.DataFrame)
    models: Mapping[str, Artifact] = field(default_factory=dict)
    run_records: Sequence[Run] = ()
    id: str = "7"

    def published(self, dataset: str) -> pl.LazyFrame:
        assert dataset
        return self.rows.lazy()

    def repairs(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        raise AssertionError(dataset)

    def runs(self, dataset: str) -> Sequence[Run]:
        assert dataset
        return self.run_records

    def metrics(self, dataset: str) -> pl.DataFrame:
        raise AssertionError(dataset)

    def model(self, name: str) -> Artifact | None:
        return self.models.get(name)

    def without(self, batch_id: str) -> FakeSnapshot:
        raise AssertionError(batch_id)


@pytest.fixture(scope="session")
def snapshot_of() -> type[FakeSnapshot]:
    """Make a snapshot: `snapshot_of(rows, models, run_records)`."""
    return FakeSnapshot
