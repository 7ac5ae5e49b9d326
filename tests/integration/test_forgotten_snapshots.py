"""A snapshot, decision or model that was pinned before a person was forgotten gives the same rows without them, and keeps its record and counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import save

from sluice.app import App, build
from sluice.app.forget import forget, identify
from sluice.app.rebuilds import rebuild
from sluice.domain import Artifact
from sluice.store.values import rewritten_files
from sluice.store.verification import damaged_files
from sluice.wiring.forget_key import KEY_VARIABLE
from tests.byte_scanner import scan

CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  customers:
    source: {files: "landing/customers*.csv"}
    mode: upsert
    key: [user_id]
    columns: {user_id: {required: true}, email: {personal: true}, city: {}}
"""
DEVICES = """
  devices:
    source: {files: "landing/devices*.csv"}
    mode: upsert
    key: [device]
    columns: {device: {}, user_id: {}, name: {personal: true}}
    clean: [normalize_text]
"""
PERSON = "u17,ann.planted@mail.example"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """A shop that has run on three days, on which the person's row and that of another customer change."""
    monkeypatch.setenv(KEY_VARIABLE, "a key of the tests, for one shop")
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    for day, city in enumerate(("Berlin", "Paris", "Rome"), start=1):
        rows = [f"{PERSON},{city}", f"u18,bo@mail.example,{city}", f"u{day + 30},c{day}@mail.example,Bern"]
        (tmp_path / f"landing/customers-2026-03-0{day}.csv").write_text("\n".join(["user_id,email,city", *rows]) + "\n")
    with build(tmp_path / "sluice.yaml") as app:
        for arrival in app.pending_arrivals():
            list(app.run([arrival]))
            app.store.decisions.record(app.gate("customers"), by="Ada")
        app.store.models.save("recommender", Artifact(save({"w": np.zeros(1, np.float32)}, {}), {"snapshot": "1"}), "champion", at=app.now())
        yield app


def rows_of(app: App) -> list[pl.DataFrame]:
    return [app.store.snapshot(str(number)).published("customers").collect().sort("user_id") for number in range(1, 4)]


def without_person(frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
    return [frame.filter(pl.col("user_id").is_in(["u18", "u31", "u32", "u33"])) for frame in frames]


@pytest.mark.parametrize("mode", ["pseudonymise", "delete"])
def test_snapshots_from_before_give_the_same_rows_without_the_person(app: App, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewritten_files, "PART", 1)  # rows at a time, as in a table larger than memory
    before, runs = rows_of(app), app.store.runs.published("customers", 3)
    decisions, models = app.store.decisions.all("customers"), app.store.models.versions("recommender")
    assert [frame.filter(user_id="u17")["city"].to_list() for frame in before] == [["Berlin"], ["Paris"], ["Rome"]]
    erasure = forget(app, identify(app, "", ["user_id"], ["u17"]), by="Ada", reason="request 7", mode=mode)  # type: ignore[arg-type]  # a mode
    assert erasure.ended == []
    after = rows_of(app)
    assert all(frame.equals(other) for frame, other in zip(without_person(before), without_person(after), strict=True))
    people = [frame.filter(pl.col("user_id").str.starts_with("forgotten-"))["city"].to_list() for frame in after]
    assert people == ([["Berlin"], ["Paris"], ["Rome"]] if mode == "pseudonymise" else [[], [], []])
    assert app.store.runs.published("customers", 3) == runs
    assert (app.store.decisions.all("customers"), app.store.models.versions("recommender")) == (decisions, models)
    for decision, frame in zip(reversed(decisions), after, strict=True):
        assert app.published_rows("customers", decision).collect().sort("user_id").equals(frame)
    assert list(damaged_files(app.store.lake, "customers", runs)) == []
    app.store.vacuum("customers", datetime(2026, 1, 1, tzinfo=UTC))
    assert all(frame.equals(other) for frame, other in zip(after, rows_of(app), strict=True))


def test_versions_from_before_a_column_was_renamed_lose_the_person_too(app: App) -> None:
    path = app.path
    app.close()
    path.write_text(
        CONFIG.replace("email: {personal: true}", "mail: {personal: true, was: email}").replace("user_id", "user").replace("user: {", "user: {was: user_id, ")
    )
    with build(path) as renamed:
        list(rebuild(renamed, "customers"))
        forget(renamed, identify(renamed, "", ["user"], ["u17"]), by="Ada", reason="request 7")
        people = [renamed.store.snapshot(str(number)).published("customers").collect() for number in range(1, 5)]
        assert all(set(frame["mail"]) & {"bo@mail.example"} and not set(frame["mail"]) & {"ann.planted@mail.example"} for frame in people)
        assert not scan(renamed.config.root / ".sluice", PERSON.split(","))


def test_a_row_that_was_another_persons_before_stays_theirs(app: App) -> None:
    path, landing = app.path, app.config.root / "landing"
    app.close()
    path.write_text(CONFIG + DEVICES)
    for day, cells in enumerate(("d1,u17, Ann  Planted", "d1,u18, Bo  Other"), start=1):
        (landing / f"devices-2026-03-0{day}.csv").write_text(f"device,user_id,name\n{cells}\n")
    with build(path) as shared:
        list(shared.run(shared.pending_arrivals(["devices"])))
        forget(shared, identify(shared, "", ["user_id"], ["u18"]), by="Ada", reason="request 7")
        (bo,) = shared.store.snapshot().published("devices").collect()["name"]
        assert sorted(shared.store.snapshot().repairs("devices").collect()["new"]) == ["Ann Planted", bo]
        assert not scan(shared.config.root / ".sluice", ["bo@mail.example", "Bo Other"])
