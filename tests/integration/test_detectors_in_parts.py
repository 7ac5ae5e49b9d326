"""Detectors judge a file that is evaluated in parts, in one process or on a cluster, as they judge one that is evaluated at once."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sluice.app import build
from sluice.domain import Artifact
from sluice.errors import StoreError
from sluice.store.pinned import PinnedStore
from sluice.testing import MemorySnapshot
from sluice.worker import parts
from sluice.worker.session import steps_of
from tests.integration.test_larger_than_memory import APPEND, FIT, OF_PART, SPARK, Published, compare, publish

DETECT = f"""{APPEND}
    detect:
      - hbos: {{columns: [price, user_id], min_rows: 600, max_fpr: 0.2, guarantee: GUARANTEE}}
      - drift: {{min_batches: 3}}"""


def second_day(folder: Path, guarantee: str, settings: str = "", model: Artifact | None = None) -> tuple[Published, Artifact]:
    """Publish a day, let a model serve that learned from it when a user was seldom there, or was given, and publish the next day."""
    mode = DETECT.replace("GUARANTEE", guarantee)
    first = publish(folder, settings, [1], mode)
    path = str(folder / "sluice.yaml")
    with build(path) as app:
        now = app.store.snapshot()
        seldom = (pl.col("user_id") != "u6") | (pl.int_range(pl.len()) % 50 == 0)
        learned_from = MemorySnapshot({"events": now.published("events").filter(seldom).collect()}, now.runs("events"))
        model = model or steps_of(path, "events").trainers["events.hbos"].train(learned_from, seed=0)
        app.store.models.save("events.hbos", model, "champion", at=app.now())
        app.store.models.save("items.hbos", model, "champion", at=app.now())
    records, runs, tables = publish(folder, settings, [2], mode)
    return ([*first[0], *records], [*first[1], *runs], tables), model


@pytest.mark.parametrize("guarantee", ["marginal", "fdr"])
def test_the_models_of_a_dataset_judge_its_parts(tmp_path: Path, sail: str, monkeypatch: pytest.MonkeyPatch, guarantee: str) -> None:
    expected, model = second_day(tmp_path / "whole", guarantee)
    (verdict,) = (verdict for verdict in expected[0][1].verdicts["published"] if verdict["rule"] == "hbos")
    assert verdict["rows"] > 0
    assert verdict["failed"] > 0
    compare(second_day(tmp_path / "spark", guarantee, SPARK.format(sail, OF_PART), model)[0], expected)
    monkeypatch.setattr(parts, "rows_that_fit", lambda _memory, _width: FIT)
    compare(second_day(tmp_path / "parts", guarantee, model=model)[0], expected)


def test_executors_have_the_models_of_the_dataset_alone(tmp_path: Path) -> None:
    second_day(tmp_path / "shop", "marginal")
    (tmp_path / "pinned").mkdir()
    with build(tmp_path / "shop" / "sluice.yaml") as app:
        pinned = PinnedStore.of(app.store, app.store.snapshot(), "events", tmp_path / "pinned")
        view = pinned.snapshot(pinned.open_lake())
        assert view.model("events.hbos") == app.store.snapshot().model("events.hbos")
        assert view.model("events.hbos") is not None
        assert view.model("events.knn") is None
        with pytest.raises(StoreError, match=r"items\.hbos is not at hand"):
            view.model("items.hbos")
