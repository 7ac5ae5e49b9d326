"""Snapshots, incidents, models, scheduled runs and heartbeats."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import save

from sluice.domain import ROW, Artifact, IncidentAct, Message, Verdict
from sluice.errors import LeaseHeld, ModelError, UsageError
from sluice.rules import Attempts

NAME = "events.autoencoder"


def artifact(number: float) -> Artifact:
    return Artifact(save({"weights": np.array([number])}), {"rows": int(number), "kind": "autoencoder"})


def spoken(rule: str, status: str, severity: str = "critical") -> Verdict:
    return Verdict(rule, "expectation", "validity", severity, "flag", status, message=f"{rule} holds")  # type: ignore[arg-type]  # words of the test


def test_nothing_is_published_yet(shop: Any) -> None:
    snapshot = shop.store.snapshot()
    assert snapshot.id == "0"
    assert snapshot.published("events").collect().shape == snapshot.quarantine("events").collect().shape == (0, 0)
    assert snapshot.runs("events") == []
    assert snapshot.metrics("events").is_empty()
    assert snapshot.model(NAME) is None


def test_a_snapshot_gives_the_same_rows_for_ever(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1"])
    pinned = shop.store.snapshot()
    shop.publish("b2", ["b2.0"], ["b2.1"])
    shop.publish("release-1", ["b1.1"], kind="release")
    shop.publish("undo-1", [], ["b1.0"], kind="undo")
    for snapshot in (pinned, shop.store.snapshot("1")):
        assert snapshot.published("events").collect()[ROW].to_list() == ["b1.0"]
        assert snapshot.quarantine("events").collect()[ROW].to_list() == ["b1.1"]
        assert [run.id for run in snapshot.runs("events")] == ["b1"]
        assert set(snapshot.metrics("events")["run_id"]) == {"b1"}


def test_a_snapshot_that_was_never_published_is_not_there(shop: Any) -> None:
    for name in ("1", "-1", "newest"):
        with pytest.raises(UsageError, match="no snapshot"):
            shop.store.snapshot(name)


def test_a_batch_can_be_left_out_of_the_past(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1"])
    shop.publish("b10", ["b10.0"])
    shop.publish("release-1", ["b1.1"], kind="release")
    snapshot = shop.store.snapshot().without("b1")
    assert snapshot.published("events").collect()[ROW].to_list() == ["b10.0"]
    assert [run.id for run in snapshot.runs("events")] == ["b10", "release-1"]
    assert "b1" not in set(snapshot.metrics("events")["run_id"])
    assert shop.store.snapshot("1").without("b1").published("events").collect().is_empty()


def test_without_the_newest_catalog_the_one_before_is_current(shop: Any) -> None:
    shop.publish("c1", ["c1.a"], dataset="catalog")
    shop.publish("c2", ["c2.a"], dataset="catalog")
    assert shop.store.snapshot().without("c2").published("catalog").collect()[ROW].to_list() == ["c1.a"]


def test_metrics_tell_the_counts_of_each_rule(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1"])
    row = shop.store.snapshot().metrics("events").filter(pl.col("phase") == "arrival").row(0, named=True)
    assert (row["rule"], row["status"], row["rows"], row["failed"]) == ("not_null:price", "failed", 2, 1)
    assert row["at"] == shop.store.runs.get("b1").at


def test_an_incident_lasts_from_the_first_failure_until_the_rule_passes(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], verdicts=[spoken("a", "failed"), spoken("b", "failed", "info"), spoken("c", "skipped")])
    shop.publish("b2", ["b2.0"], verdicts=[spoken("a", "not_evaluated")])
    (incident,) = shop.store.incidents.all("events")
    assert (incident.rule, incident.times, incident.state) == ("a", 2, "open")
    assert shop.store.incidents.act(incident.id, IncidentAct("acknowledge", "Ada")).state == "acknowledged"
    shop.publish("b3", ["b3.0"], verdicts=[spoken("a", "passed")])
    assert shop.store.incidents.all() == []
    shop.publish("b4", ["b4.0"], verdicts=[spoken("a", "failed")])
    assert [incident.times for incident in shop.store.incidents.all(resolved=True)] == [1, 2]


def test_a_file_that_cannot_be_read_is_an_incident_until_one_can(shop: Any, arrival: Any) -> None:
    with shop.store.lease("events") as lease:
        shop.store.record_failure(lease, arrival, Message.text("truncated"))
    assert [str(incident.message) for incident in shop.store.incidents.all()] == ["truncated"]
    shop.publish("b1", ["b1.0"])
    assert shop.store.incidents.all() == []


def test_a_new_champion_retires_the_one_before(shop: Any) -> None:
    now = shop.now
    for number, state in enumerate(("champion", "rejected", "champion"), 1):
        shop.store.models.save(NAME, artifact(number), state, at=now)
    assert [(model.version, model.state) for model in shop.store.models.versions(NAME)] == [(3, "champion"), (2, "rejected"), (1, "retired")]
    assert shop.store.models.load(NAME).card["rows"] == 3
    assert shop.store.models.load(NAME, 2) == artifact(2)
    assert shop.store.models.load("another") is None
    assert shop.store.models.names() == [NAME]


def test_a_roll_back_makes_the_last_retired_champion_serve(shop: Any) -> None:
    now = shop.now
    for number in (1, 2, 3):
        shop.store.models.save(NAME, artifact(number), "champion", at=now)
    assert shop.store.models.rollback(NAME, by="Ada", reason="worse", at=now).version == 2
    assert [model.state for model in shop.store.models.versions(NAME)] == ["rolled_back", "champion", "retired"]
    assert shop.store.models.rollback(NAME, by="Ada", reason="worse still", at=now).version == 1
    with pytest.raises(UsageError, match="no earlier champion"):
        shop.store.models.rollback(NAME, by="Ada", reason="again", at=now)
    assert shop.store.models.load(NAME) == artifact(1)


def test_only_the_newest_champions_keep_their_bytes_and_all_their_records(shop: Any, tmp_path: Path) -> None:
    for number in range(1, 6):
        shop.store.models.save(NAME, Artifact(artifact(number).tensors, {"rows": number, "picture": {}}), "champion", at=shop.now, keep=3)
    assert sorted(path.name for path in (tmp_path / "lake" / "models" / NAME).iterdir()) == [f"{number}.safetensors" for number in (3, 4, 5)]
    assert [(model.card["rows"], "picture" in model.card) for model in shop.store.models.versions(NAME)] == [
        (5, True),
        (4, True),
        (3, True),
        (2, False),
        (1, False),
    ]


def test_there_is_no_way_back_to_a_version_whose_bytes_are_gone(shop: Any) -> None:
    for number in range(1, 5):
        shop.store.models.save(NAME, artifact(number), "champion", at=shop.now, keep=2)
    shop.store.models.rollback(NAME, by="Ada", reason="worse", at=shop.now)
    with pytest.raises(UsageError, match="only the bytes of newer ones are kept"):
        shop.store.models.rollback(NAME, by="Ada", reason="worse still", at=shop.now)
    assert shop.store.models.load(NAME) == artifact(3)
    assert shop.store.models.save(NAME, artifact(5), "champion", at=shop.now, keep=2).version == 5
    assert shop.store.models.rollback(NAME, by="Ada", reason="worse", at=shop.now).version == 3


def test_a_snapshot_remembers_its_champion(shop: Any) -> None:
    now = shop.now
    shop.publish("b1", ["b1.0"])
    before = shop.store.snapshot()
    shop.store.models.save(NAME, artifact(1), "champion", at=now)
    first = shop.store.snapshot()
    shop.store.models.save(NAME, artifact(2), "champion", at=now)
    second = shop.store.snapshot()
    shop.store.models.rollback(NAME, by="Ada", reason="worse", at=now)
    assert [snapshot.model(NAME) for snapshot in (before, first, second, shop.store.snapshot())] == [None, artifact(1), artifact(2), artifact(1)]
    assert first.published("events").collect()[ROW].to_list() == ["b1.0"]


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: content[:-1] + b"\x01", None])
def test_altered_or_missing_bytes_are_no_model(shop: Any, tmp_path: Path, damage: Any) -> None:
    shop.store.models.save(NAME, artifact(1), "champion", at=shop.now)
    path = tmp_path / "lake" / "models" / NAME / "1.safetensors"
    path.write_bytes(damage(path.read_bytes())) if damage else path.unlink()
    with pytest.raises(ModelError, match="version 1"):
        shop.store.models.load(NAME)


def test_only_safetensors_are_kept(shop: Any) -> None:
    with pytest.raises(ModelError, match="safetensors"):
        shop.store.models.save(NAME, Artifact(b"\x80\x04pickle", {}), "champion", at=shop.now)
    assert shop.store.models.versions(NAME) == []


def test_the_newest_firing_that_is_done_is_known_to_all(shop: Any) -> None:
    runs = shop.store.scheduled_runs
    assert runs.last_finished("ingest", "2026-03-15 07:00") is None
    for slot in ("2026-03-15 06:00", "2026-03-15 07:00", "2026-03-15 07:00"):
        runs.finish("ingest", slot, runs.begin("ingest", slot, shop.now), shop.now)
    runs.begin("ingest", "2026-03-15 07:30", shop.now)
    runs.finish("audit", "2026-03-15 09:00", runs.begin("audit", "2026-03-15 09:00", shop.now), shop.now)
    assert shop.reopen().scheduled_runs.last_finished("ingest", "2026-03-15 08:00") == "2026-03-15 07:00"


def test_attempts_at_a_firing_are_numbered(shop: Any) -> None:
    runs, slot, later = shop.store.scheduled_runs, "2026-03-15 06:00", shop.now + timedelta(minutes=5)
    assert runs.attempts("ingest", slot) is None
    runs.begin("ingest", slot, shop.now)
    assert runs.attempts("ingest", slot) == Attempts(1, shop.now)
    runs.fail("ingest", slot, 1, later)
    assert runs.attempts("ingest", slot) == Attempts(1, later)
    runs.begin("ingest", slot, later)
    assert runs.attempts("ingest", slot) == Attempts(2, later)


def test_of_several_attempts_at_a_firing_the_newest_alone_ends_it_and_none_begins_after(shop: Any) -> None:
    runs, slot, later = shop.store.scheduled_runs, "2026-03-15 06:00", shop.now + timedelta(minutes=5)
    stopped, other = (runs.begin("ingest", slot, moment) for moment in (shop.now, later))
    for end in (runs.finish, runs.fail, runs.cancel):
        end("ingest", slot, stopped, later)
        assert runs.newest("ingest", later).state == "begun", "a worker that was stopped for longer than its lease ends nothing"
    runs.finish("ingest", slot, other, later)
    for end in (runs.fail, runs.cancel):
        end("ingest", slot, stopped, later)
        end("ingest", slot, other, later)
    assert runs.begin("ingest", slot, later) == 0
    assert (runs.newest("ingest", later).state, runs.newest("ingest", later).attempts) == ("done", 2)


def test_firings_of_a_clock_that_was_ahead_do_not_count_and_are_dropped(shop: Any) -> None:
    runs, ahead = shop.store.scheduled_runs, shop.now + timedelta(days=365)
    slot = "2027-03-15 06:00"
    runs.finish("ingest", slot, runs.begin("ingest", slot, ahead), ahead)
    assert runs.last_finished("ingest", "2026-03-15 06:00") is None
    assert runs.of_the_future(shop.now) == {"ingest": slot}
    runs.finish("ingest", "2026-03-15 06:00", runs.begin("ingest", "2026-03-15 06:00", shop.now), shop.now)
    assert runs.of_the_future(shop.now) == {}


def test_the_activity_log_is_read_from_its_end(shop: Any) -> None:
    for number in range(3):
        shop.store.activity.log(who="Ada", what="look", subject=str(number), at=shop.now + timedelta(hours=number))
    assert [str(entry.subject) for entry in shop.store.activity.entries(limit=2)] == ["2", "1"]
    assert [str(entry.subject) for entry in shop.store.activity.entries(limit=2, offset=2)] == ["0"]


def test_a_heartbeat_tells_that_a_worker_lives(shop: Any) -> None:
    assert shop.store.activity.last_heartbeat() is None
    shop.store.activity.heartbeat("worker-1")
    first = shop.store.activity.last_heartbeat()
    shop.store.activity.heartbeat("worker-1")
    assert shop.store.activity.last_heartbeat() >= first
    assert first.utcoffset() == timedelta(0)


def test_a_vacuum_keeps_whatever_a_published_run_names(shop: Any, tmp_path: Path) -> None:
    shop.publish("c1", ["c1.a"], dataset="catalog")
    shop.publish("c2", ["c2.a"], dataset="catalog")
    orphan = tmp_path / "lake" / "clean" / "catalog" / "part-0-of-nobody.parquet"
    orphan.write_bytes(b"left by a dead process")
    assert shop.store.vacuum("catalog", shop.now)["clean"].files == 1
    assert not orphan.exists()
    assert (shop.clean("catalog", "1"), shop.clean("catalog")) == (["c1.a"], ["c2.a"])
    with shop.store.lease("stock"), pytest.raises(LeaseHeld):
        shop.reopen().vacuum("stock", shop.now)
