"""Measure a rollback: the time until the previous champion serves again, and whether its answers are equal, bit for bit.

Two versions of directed co-occurrence, learned from the two halves of Amazon Office, are kept in a real store (SQLite, a folder); the second is rolled back.
Timed is the roll-back with the loading of what serves then; the floor is the loading alone.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from benchmarks.figures import Figure, main
from benchmarks.recommending.logs import DATA, Log, office, to_interactions
from recommender.artifact.serialization import TrainedRecommender, deserialize, serialize
from recommender.data.sequences import Sequences, Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.popularity import Popularity
from recommender.promotion.answer_checks import digest_answers
from sluice.domain import Artifact
from sluice.store import SqlStore, connect, open_store, upgrade

NAME, NOW = "recommender", datetime(2026, 3, 15, tzinfo=UTC)


def train(log: Log, days: slice) -> bytes:
    """Train a model on some days."""
    events = to_interactions(pl.concat(log.days(0)[days]))
    vocabulary = Vocabulary(tuple(to_interactions(pl.concat(log.days(0)))["item"].unique().sort()))
    material = TrainingData(build_sequences(events, vocabulary), vocabulary)
    return serialize(TrainedRecommender("cooccurrence", vocabulary, CoOccurrence.fit(material), Popularity.fit(material)))


def digest(store: SqlStore, histories: Sequences) -> str:
    """Hash the answers of the serving model."""
    serving = store.models.load(NAME)
    assert serving is not None
    return digest_answers(deserialize(serving.tensors).ranker, histories)


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Serve the first, then the second, then roll back; once per seed."""
    log = office()
    versions = [train(log, slice(0, 3)), train(log, slice(3, 6))]
    histories = build_sequences(log.holdout(odd=False).histories, deserialize(versions[0]).vocabulary)
    spent, loaded, equal = [], [], []
    for _ in range(1 if options.quick else options.seeds):
        with tempfile.TemporaryDirectory() as folder:
            store = open_empty_store(Path(folder))
            before = ""
            for nth, content in enumerate(versions):
                store.models.save(NAME, Artifact(content, {}), "champion", at=NOW)
                before = before if nth else digest(store, histories)
            challenger_digest = digest(store, histories)
            began = time.perf_counter()
            store.models.rollback(NAME, by="benchmark", reason="to time it", at=NOW)
            back = time.perf_counter()
            store.models.load(NAME)
            spent.append(time.perf_counter() - began)
            loaded.append(time.perf_counter() - back)
            equal.append(digest(store, histories) == before != challenger_digest)
            store.close()
    return [
        Figure.over("roll-back until the champion before serves", spent, "s", "loading alone", sum(loaded) / len(loaded)),
        Figure("the same answers as before, bit for bit", sum(equal) / len(equal), "share", "must: 1", n=len(equal)),
    ]


def open_empty_store(folder: Path) -> SqlStore:
    """Open an empty store."""
    url = f"sqlite:///{folder / 'sluice.db'}"
    upgrade(connect(url))
    return open_store(url, str(folder / "lake"), schemas={}, policies={}, clock=lambda: NOW)


if __name__ == "__main__":
    if not DATA.exists():
        raise SystemExit(f"needs {DATA}")
    main(__doc__ or "", measure)
