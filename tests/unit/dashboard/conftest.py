"""A small shop in a real store: three days of two datasets, held rows, repairs, an unreadable file, models, a request."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML as YamlReader  # noqa: N811  # its own name is that of the configuration here
from safetensors.numpy import save
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

import dashboard
from dashboard.access.installed import Guarding, install
from sluice.config import Config, load
from sluice.domain import RAW_TYPE, REPAIRS, ROW, Arrival, Artifact, Batch, Column, Message, Outcome, Request, Split, Verdict
from sluice.rules import count, score, split
from sluice.rules.value_scores import tally_values, with_held
from sluice.store import SqlStore, connect, open_store, upgrade
from sluice.worker.profiling.rows import RowsSummary
from tests.patience import PATIENCE

APP = str(Path(dashboard.__file__).with_name("app.py"))
NOW = datetime(2026, 3, 15, 6, tzinfo=UTC)
YAML = """
shop: Corner <shop> ![x](http://evil.example/x.png)
clock: 2026-03-15T06:00:00Z
datasets:
  events:
    source: {files: "landing/events/*.csv"}
    key: [event_id]
    time: ts
    every: 1d
    columns:
      event_id: {type: string, required: true}
      item_id: {type: string}
      price: {type: number}
      ip: {type: string, personal: true}
      ts: {type: timestamp}
  catalog:
    source: {files: "landing/catalog/*.csv"}
    mode: snapshot
    key: [item_id]
    columns:
      item_id: {type: string}
      title: {type: string}
recommender: {events: events, items: catalog, user: ip, item: item_id, time: ts}
"""
HOSTILE = "![pixel](http://evil.example/pixel.png) <img src=http://evil.example/y.png> =1+1"
NOT_NULL, PRICE = "expect_column_values_to_not_be_null:item_id", "expect_column_values_to_be_between:price"


@pytest.fixture(autouse=True)
def _guarded() -> None:
    """The pages stand behind a guard, as `dashboard.server` puts them."""
    install(Guarding(sign_in=False))


@pytest.fixture(autouse=True, scope="session")
def _scan_once() -> Iterator[None]:
    """Look for components of pages in all installed packages once: Streamlit's test client does so each time, which takes longer than most pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests))
        yield


@dataclass(frozen=True)
class Corner:
    """The shop: its configuration's path, and its store to look behind the pages."""

    path: Path
    config: Config
    store: SqlStore

    def publish(self, outcome: Outcome, uri: str) -> None:
        """Publish under a claim."""
        dataset = outcome.split.good.dataset
        with self.store.lease(dataset) as lease:
            self.store.publish(lease, self.store.stage(outcome, uri=uri))

    def publish_catalog(self, day: int) -> None:
        """Publish a clean catalog."""
        self.publish(catalog(day), f"landing/catalog/catalog-2026-03-{day}.csv")

    def page(self, name: str, monkeypatch: pytest.MonkeyPatch, **query: str) -> AppTest:
        """A page as a visitor with that address finds it."""
        monkeypatch.setenv("SLUICE_CONFIG", str(self.path))
        app = AppTest.from_file(APP, default_timeout=PATIENCE)
        for key, value in query.items():
            app.query_params[key] = value
        return (app if name == "today" else app.switch_page(f"views/{name}.py")).run()


def open_corner(folder: Path) -> Corner:
    """An empty shop."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sluice.yaml"
    path.write_text(YAML)
    config = load(path)
    upgrade(connect(config.database_url))
    schemas = {name: dataset.schema_of(name) for name, dataset in config.datasets.items()}
    policies = {name: dataset.gate.policy() for name, dataset in config.datasets.items()}
    return Corner(path, config, open_store(config.database_url, config.path(config.lake), schemas=schemas, policies=policies, clock=lambda: NOW))


def fill(corner: Corner, rows: int = 300) -> Corner:
    """Three days of data."""
    for day in (12, 13, 14):
        corner.publish(events(day, rows), f"landing/events/events-2026-03-{day}.csv")
        corner.publish_catalog(day)
    with corner.store.lease("events") as lease:
        corner.store.record_failure(
            lease, Arrival("events", "beef00000000", "landing/events/events-2026-03-15.csv", "0" * 64, 10, NOW), Message.text("the gzip stream ends too early")
        )
    card = {
        "kind": "two_tower",
        "rows": 900,
        "seed": 0,
        "serving": {"recall@20": 0.1234, "ndcg@20": 0.0567},
        "metrics": {"two_tower": {"recall@20": 0.1234, "ndcg@20": 0.0567}, "popular": {"recall@20": 0.05, "ndcg@20": 0.02}},
        "runs": [{"id": "e12000000000", "score": 99.5}, {"id": "e13000000000", "score": 98.0}],
    }
    for state in ("champion", "rejected", "champion"):
        corner.store.models.save("recommender", Artifact(save({}), card), state, at=NOW)
    corner.store.requests.submit(Request("r1", "reject", "events", "Ann", "spam", NOW, rule="expect_column_values_to_not_be_null:item_id"))
    return corner


def events(day: int, rows: int, price: float = 9.5) -> Outcome:
    """A day of events: every tenth lacks its item, every twentieth has a price of -1, every fiftieth price was mended."""
    at = datetime(2026, 3, day, tzinfo=UTC) + timedelta(days=1)
    run = f"e{day}000000000"
    ids = [f"{run}.{position}" for position in range(rows)]
    frame = pl.DataFrame(
        {
            "event_id": [f"=1+{day}-{position}" for position in range(rows)],
            "item_id": [None if position % 10 == 0 else HOSTILE if position % 20 == 1 else f"i{position}" for position in range(rows)],
            "price": [-1.0 if position % 20 == 1 else price for position in range(rows)],
            "ip": ["203.0.113.7"] * rows,
            "ts": [at - timedelta(minutes=position + 1) for position in range(rows)],
            ROW: ids,
        },
        schema_overrides={"item_id": pl.String, "ts": pl.Datetime("us", "UTC")},
    ).with_columns(pl.lit([{"column": "ip", "text": "198.51.100.9"}], dtype=RAW_TYPE).alias("_raw"), pl.lit("keep").alias("_action"))
    batch = Batch("events", run, frame, at)
    verdicts = [
        verdict(NOT_NULL, frame["item_id"].is_null(), "item_id", "completeness", "an item is named"),
        verdict(PRICE, frame["price"] < 0, "price", "validity", "a price is not below 0"),
    ]
    parted = split(batch, verdicts)
    return outcome(batch, verdicts, parted, repairs_of(ids[1::50]))


def catalog(day: int) -> Outcome:
    """A clean catalog."""
    at = datetime(2026, 3, day, tzinfo=UTC) + timedelta(days=1)
    run = f"c{day}000000000"
    frame = pl.DataFrame({"item_id": ["i1", "i2"], "title": ["Mug", "Cup"], ROW: [f"{run}.0", f"{run}.1"]})
    batch = Batch("catalog", run, frame.with_columns(pl.lit(None, dtype=RAW_TYPE).alias("_raw"), pl.lit("keep").alias("_action")), at)
    verdicts = [verdict("expect_column_values_to_not_be_null:title", frame["title"].is_null(), "title", "completeness", "a title is there")]
    return outcome(batch, verdicts, split(batch, verdicts), REPAIRS.to_frame())


def verdict(rule: str, failing: pl.Series, column: str, dimension: str, message: str) -> Verdict:
    """What one rule says of rows."""
    failed = int(failing.sum())
    status = "failed" if failed else "passed"
    observed = f"{failed} rows fail"
    return Verdict(rule, "expectation", dimension, "critical", "quarantine", status, failing, len(failing), failed, (column,), message, observed)  # type: ignore[arg-type]  # words of the domain


def outcome(batch: Batch, verdicts: Sequence[Verdict], parted: Split, repairs: pl.DataFrame) -> Outcome:
    """What a run would publish."""
    good = [
        verdict(failed.rule, pl.Series([False] * parted.good.rows.height, dtype=pl.Boolean), failed.columns[0], failed.dimension, failed.message)
        for failed in verdicts
    ]
    phases = {"arrival": verdicts, "cleaned": verdicts, "published": good}
    columns = load_columns(batch.dataset)
    profile = RowsSummary.of(parted.good.rows, columns).merge(RowsSummary.of(parted.bad.rows, columns))
    values = with_held(tally_values(batch.rows, batch.rows, verdicts, ["item_id"]), parted.bad.rows)
    return Outcome("ingest", score(map(count, verdicts)), score(map(count, good)), parted, repairs, phases, "0", profile=profile, values=values)


def load_columns(dataset: str) -> Sequence[Column]:
    """The declared columns of a dataset."""
    declared = YamlReader(typ="safe").load(YAML)["datasets"][dataset]["columns"]
    return [Column(name, settings["type"], personal=settings.get("personal", False)) for name, settings in declared.items()]


def repairs_of(ids: Sequence[str]) -> pl.DataFrame:
    """A mended price and a mended address a row, and a suggestion that was not certain enough."""
    repairs = [
        row
        for name in ids
        for row in (
            (f"{name}/price/0", name, "price", "-1,00 €", "-1.0", "parse", 1.0, True, "a number in the German form"),
            (f"{name}/ip/1", name, "ip", "203.0.113.8", "203.0.113.7", "normalize_text", 1.0, True, "white space"),
            (f"{name}/item_id/2", name, "item_id", None, "i7", "lookup", 0.4, False, "the nearest item"),
        )
    ]
    return pl.DataFrame(repairs, schema=REPAIRS, orient="row")


@pytest.fixture(scope="session")
def corner(tmp_path_factory: pytest.TempPathFactory) -> Corner:
    """The shop with its data; nothing may be changed in it."""
    return fill(open_corner(tmp_path_factory.mktemp("corner")))


@pytest.fixture
def own(corner: Corner, tmp_path: Path) -> Corner:
    """A copy of the shop that a test may change."""
    shutil.copytree(corner.path.parent, tmp_path / "own")
    return open_corner(tmp_path / "own")


@pytest.fixture(scope="session")
def dearer(tmp_path_factory: pytest.TempPathFactory) -> Corner:
    """A shop with two days, of which the second has prices that are ten times as high; nothing may be changed in it."""
    corner = open_corner(tmp_path_factory.mktemp("dearer"))
    for day, price in ((12, 9.5), (13, 95.0)):
        corner.publish(events(day, 300, price), f"landing/events/events-2026-03-{day}.csv")
    return corner


@pytest.fixture
def empty(tmp_path: Path) -> Corner:
    """A shop in which nothing has happened yet."""
    return open_corner(tmp_path / "empty")
