"""What shoppers are shown is logged as the settings ask, joined to their clicks, read as a dataset, and leaves with its person."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from safetensors.numpy import save

from sluice.app import App, build, vacuum
from sluice.app.clicks import click_facts, clicks_of
from sluice.app.forget import forget, identify
from sluice.app.values import erase_value, find_value
from sluice.cli.main import outcome
from sluice.domain import Artifact
from sluice.domain.exposures import ShownList
from sluice.errors import UsageError
from sluice.store.values import ValueQuery
from sluice.wiring.canary import judge_canary
from sluice.wiring.exposures import ExposuresOfShop
from sluice.wiring.forget_key import FORMER_VARIABLE, KEY_VARIABLE, keys_at_hand

CONFIG = """
database: {url}
clock: 2026-03-05
zone: Asia/Shanghai
datasets:
  events:
    source: {{files: "landing/events*.csv"}}
    key: [id]
    time: ts
    columns: {{id: {{required: true}}, customer: {{{personal}}}, item: {{}}, kind: {{}}, ts: {{type: timestamp}}}}
  items:
    source: {{files: "landing/items*.csv"}}
    mode: snapshot
    key: [item]
    columns: {{item: {{required: true}}}}
  exposures:
    source: {{log: exposures}}
    key: [number]
    time: time
    columns:
      number: {{type: integer, required: true}}
      list: {{}}
      time: {{type: timestamp, required: true}}
      user: {{personal: true}}
      item: {{}}
      position: {{type: integer}}
      place: {{}}
      model: {{type: integer}}
    suite: [expect_column_values_to_be_between: {{column: position, min_value: 1}}]
recommender:
  events: events
  items: items
  user: customer
  item: item
  time: ts
  kind: kind
  weights: {{view: 1, buy: 3}}
  exposures: {{{how}}}
"""
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENTS = "id,customer,item,kind,ts\n1,7,mug,view,2026-03-01T13:00:00Z\n2,8,cup,buy,2026-03-01T14:00:00Z\n3,9,cup,view,2026-03-04T10:00:00Z\n"


def make_shop(folder: Path, url: str, *, personal: bool = True, how: str = "") -> Path:
    (folder / "landing").mkdir()
    (folder / "landing/events-2026-03-01.csv").write_text(EVENTS.replace("Z", "+00:00"))
    (folder / "landing/items-2026-03-01.csv").write_text("item\nmug\ncup\n")
    path = folder / "sluice.yaml"
    path.write_text(CONFIG.format(url=url, personal="personal: true" if personal else "", how=how))
    with build(path) as app:
        list(app.run(app.pending_arrivals()))
    return path


@pytest.fixture
def shop(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop whose users are personal, with published clicks of the users 7 and 8."""
    monkeypatch.setenv(KEY_VARIABLE, "a key of the tests, for one shop")
    return make_shop(tmp_path, url)


def show(app: App, user: str | None, *items: str, model: int = 3, place: str = "home") -> None:
    ExposuresOfShop(app.config, app.store).add([ShownList(f"{user}-{model}", NOON, user, place, model, items)])


def test_clicks_are_joined_to_personal_users_by_their_pseudonyms(shop: Path) -> None:
    with build(shop) as app:
        show(app, "7", "mug", "cup")
        show(app, "8", "mug", "cup", model=4)
        show(app, "7", "mug", place="command line")
        show(app, None, "mug")
        assert not set(app.store.exposures.since(NOON)["user"]) & {"7", "8"}
        rates = clicks_of(app, "recommender")
        assert rates is not None
        assert {version: (rate.exposures, rate.clicks, rate.users) for version, rate in rates.items()} == {3: (2, 1, 1), 4: (2, 1, 1)}
        assert click_facts(rates[3]) == {"exposures": 2, "clicks": 1, "click_rate": 0.5, "click_low": 0.09453, "click_high": 0.90547}
        assert clicks_of(app, "events.hbos") is None


def test_the_log_is_a_dataset_with_its_rules_and_gate(shop: Path) -> None:
    with build(shop) as app:
        show(app, "7", "mug", "cup")
        (run,) = list(app.run(app.pending_arrivals(["exposures"])))
        assert (run.rows, run.good) == (2, 2)
        assert app.gate("exposures").open
        rows = app.store.snapshot().published("exposures").collect()
        assert rows["time"].to_list() == [NOON, NOON], "in UTC, whatever the zone of the shop"
        assert rows["item"].to_list() == ["mug", "cup"]
        assert app.pending_arrivals(["exposures"]) == []


def test_a_person_who_is_forgotten_leaves_the_log_and_its_dataset_and_is_logged_no_more(shop: Path) -> None:
    with build(shop) as app:
        show(app, "7", "mug")
        show(app, "8", "cup")
        list(app.run(app.pending_arrivals(["exposures"])))
        name = app.store.exposures.since(NOON)["user"][0]
        (shop.parent / "landing/events-2026-03-01.csv").unlink()
        erasure = forget(app, identify(app, "7", [], []), by="Ada", reason="a request")
        assert not [entry for entry in erasure.remaining if entry.place.root in ("database", "lake", "state")]
        assert not find_value(app, ValueQuery(name))
        show(app, "7", "mug")
        assert app.store.exposures.since(NOON).select("item", "user").rows()[-1] == ("mug", None)
        assert app.store.exposures.since(NOON)["item"].to_list() == ["cup", "mug"]


def test_a_value_is_found_and_erased_under_its_pseudonyms_and_what_other_keys_name_is_said(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write_text(shop.read_text().replace("exposures: {}", "exposures: {users: pseudonym}"))
    with build(shop) as app:
        show(app, "u-planted-17", "mug")
        show(app, "8", "cup")
        list(app.run(app.pending_arrivals(["exposures"])))
        query = ValueQuery("u-planted-17", keys=keys_at_hand([]))
        assert {"exposures.user", "clean/exposures"} <= {entry.where for entry in find_value(app, query)}
        assert not erase_value(app, query, "erased", by="Ada", reason="a request").remaining
        assert app.store.exposures.since(NOON)["item"].to_list() == ["cup"]

        first = os.environ[KEY_VARIABLE]
        monkeypatch.setenv(KEY_VARIABLE, "another key of the tests, for one shop")
        erasure = forget(app, identify(app, "8", [], []), by="Ada", reason="a request")
        assert "exposures" in {entry.place.name for entry in erasure.remaining}
        assert any("under a key that is not at hand: set it in SLUICE_FORGET_OLD_KEYS" in step for step in erasure.steps)
        monkeypatch.setenv(FORMER_VARIABLE, first)
        erasure = forget(app, identify(app, "8", [], []), by="Ada", reason="a request")
        assert {entry.place.name for entry in erasure.remaining} == {"source files"}
        assert app.store.exposures.since(NOON).is_empty()


def test_without_a_key_personal_users_are_not_logged_and_plain_ones_are(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    path = make_shop(tmp_path, url)
    with build(path) as app, pytest.raises(UsageError, match=KEY_VARIABLE):
        app.recommender()
    for how, stored in (("users: plain", "7"), ("users: none", None)):
        path.write_text(CONFIG.format(url=url, personal="personal: true", how=how))
        with build(path) as app:
            show(app, "7", "mug")
            assert app.store.exposures.since(NOON)["user"].to_list()[-1] == stored
    path.write_text(CONFIG.format(url=url, personal="", how="users: plain"))
    with build(path) as app:
        occurrences = find_value(app, ValueQuery("mug"))
        assert ("exposures", "exposures.item", 2) in [(entry.place.name, entry.where, entry.count) for entry in occurrences]


def test_vacuum_deletes_what_is_older_than_the_retention(shop: Path) -> None:
    with build(shop) as app:
        app.store.exposures.add([ShownList("old", NOON - timedelta(days=200), "7", "home", 3, ("mug", "cup"))])
        for dry_run in (True, False):
            assert [one.count for one in vacuum(app, dry_run=dry_run) if one.kind == "exposures"] == [2]
        assert app.store.exposures.since(NOON - timedelta(days=900)).is_empty()


def test_a_candidate_without_evidence_is_rejected_by_a_run_once_its_time_is_over(shop: Path) -> None:
    text = shop.read_text().replace("exposures: {}", "exposures: {}\n  canary: {min_users: 2, max_loss: 1, longest: 1d}")
    shop.write_text(text)
    with build(shop) as app:
        models = app.store.models
        models.save("recommender", Artifact(save({}), {}), "champion", at=NOON - timedelta(days=9))
        models.save("recommender", Artifact(save({}), {}), "evaluating", at=NOON - timedelta(hours=1))
        models.finish_evaluation("recommender", 2, "blessed", {})
        show(app, "9", "mug", model=1)
        assert judge_canary(app.config, app.store, NOON) is None, "too few users, and not yet for too long"
        list(app.run([]))
        assert [model.state for model in models.versions("recommender")] == ["rejected", "champion"], "after too long the champion stays"
        entry = app.store.activity.entries()[0]
        assert (entry.who, entry.reason.code) == ("canary", "canary_too_few_users")


def test_the_evidence_is_stated(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop.write_text(shop.read_text().replace("exposures: {}", "exposures: {}\n  canary: {min_users: 2, longest: 1d}"))
    with build(shop) as app:
        models = app.store.models
        models.save("recommender", Artifact(save({}), {}), "champion", at=NOON - timedelta(days=9))
        models.save("recommender", Artifact(save({}), {}), "evaluating", at=NOON - timedelta(hours=1))
        models.finish_evaluation("recommender", 2, "blessed", {})
        for number in range(100, 400):
            show(app, str(number), "mug", model=1)
        show(app, "8", *["cup", "mug"], model=1)
        for user in ("7", "10"):
            show(app, user, "mug", model=2)
        assert outcome(["models", "list", "--config", str(shop)]) == 0
        assert "version 2: click-through rate 50.00%, champion 0.33%" in "".join(capsys.readouterr())


def test_versions_are_listed_in_a_shell_without_the_key(shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with build(shop) as app:
        app.store.models.save("recommender", Artifact(save({}), {"kind": "blend"}), "champion", at=NOON)
    monkeypatch.delenv(KEY_VARIABLE)
    assert outcome(["models", "list", "--config", str(shop)]) == 0
    printed = "".join(capsys.readouterr())
    assert "champion" in printed
    assert f"{KEY_VARIABLE} is not set" in printed
