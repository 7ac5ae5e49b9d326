"""The demo shop: the same bytes for the same seed, people who behave like people, and a truth that fits the files."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from sluice.config import read
from sluice.demo import SMALL, Size, configuration, start_clock, write
from sluice.errors import UsageError
from sluice.faults import KINDS

TINY = Size(days=4, items=150, users=120, per_day=600)
Rows = Callable[[Path], pl.DataFrame]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def events(folder: Path, rows: Rows) -> pl.DataFrame:
    return pl.concat([rows(path).with_columns(file=pl.lit(path.name)) for path in sorted((folder / "landing/events").iterdir())], how="diagonal_relaxed")


def catalogs(folder: Path, rows: Rows) -> list[pl.DataFrame]:
    return [rows(path) for path in sorted((folder / "landing/catalog").iterdir())]


# -- writing ------------------------------------------------------------------------------------------------------------


def test_the_same_seed_writes_the_same_bytes_and_another_one_others(dirty_shop: Path, tmp_path: Path) -> None:
    write(tmp_path / "same", 7, TINY)
    write(tmp_path / "other", 8, TINY)
    first, same, different = (contents(folder) for folder in (dirty_shop, tmp_path / "same", tmp_path / "other"))
    assert first == same
    assert first["landing/events/events-2026-03-01.jsonl.gz"] != different["landing/events/events-2026-03-01.jsonl.gz"]


def test_a_second_call_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path, 7, TINY)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    write(tmp_path, 7, TINY)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_an_interrupted_shop_is_finished_and_an_edited_configuration_kept(tmp_path: Path) -> None:
    write(tmp_path, 7, TINY)
    whole = contents(tmp_path)
    (tmp_path / "truth/shop.json").unlink()
    (tmp_path / "truth/events.parquet").unlink()
    (tmp_path / "landing/events/events-2026-03-03.jsonl.gz").write_bytes(b"")
    (tmp_path / "sluice.yaml").write_text("mine")
    write(tmp_path, 7, TINY)
    assert contents(tmp_path) == {**whole, "sluice.yaml": b"mine"}


def test_another_shop_is_not_overwritten(dirty_shop: Path) -> None:
    before = contents(dirty_shop)
    with pytest.raises(UsageError, match="seed 7 instead of 8"):
        write(dirty_shop, 8, TINY)
    assert contents(dirty_shop) == before


@pytest.mark.parametrize("size", [{"days": 2}, {"items": 79}, {"users": 0}])
def test_a_shop_too_small_for_its_story_is_refused(size: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least"):
        write(tmp_path, 1, replace(TINY, **size))


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    reports: list[tuple[int, int | None]] = []
    write(tmp_path, 7, TINY, progress=lambda _, done, total: reports.append((done, total)))
    assert reports[-1] == (4, 4)
    assert reports == sorted(reports)


def test_the_configuration_is_read_and_its_clock_stands_after_the_last_day() -> None:
    config = read(configuration(days=4).encode(), "sluice.yaml", {})
    assert set(config.datasets) == {"catalog", "events"}
    assert isinstance(config.clock, datetime)
    assert config.clock.isoformat() == "2026-03-05T06:00:00+00:00"
    assert config.recommender is not None


def test_the_clock_is_started_once_and_one_that_a_person_has_set_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, 7, TINY)
    start_clock(tmp_path, datetime(2027, 1, 1, tzinfo=UTC))
    started = (tmp_path / "sluice.yaml").read_text()
    assert "clock: {start: 2026-03-05T06:00:00Z, since: 2027-01-01T00:00:00Z}" in started
    start_clock(tmp_path, datetime(2027, 6, 1, tzinfo=UTC))
    assert (tmp_path / "sluice.yaml").read_text() == started


def test_the_demo_schedules_no_audit_and_no_retrain() -> None:
    schedule = read(configuration().encode(), "sluice.yaml", {}).schedule
    assert schedule.ingest is not None
    assert (schedule.audit, schedule.retrain) == (None, None)


def test_the_small_shop_has_three_days_and_every_fault(tmp_path: Path) -> None:
    write(tmp_path, 1, SMALL)
    assert len(list((tmp_path / "landing/catalog").iterdir())) == 3
    injected = {kind for name in ("events", "catalog") for kind in pl.read_parquet(tmp_path / f"truth/{name}.parquet")["kind"]}
    assert injected | {fault["kind"] for fault in json.loads((tmp_path / "truth/files.json").read_text())} == set(KINDS)


# -- the clean shop -----------------------------------------------------------------------------------------------------


def test_the_sizes_are_as_asked(clean_shop: Path, rows: Rows) -> None:
    days = events(clean_shop, rows).group_by("file").len()["len"]
    assert len(days) == 4
    assert 450 <= days.min() <= days.max() <= 800  # type: ignore[operator]  # there are days
    assert [catalog.height for catalog in catalogs(clean_shop, rows)][-1] == 150


def test_the_declared_columns_are_the_files_columns(clean_shop: Path, rows: Rows) -> None:
    config = read(configuration().encode(), "sluice.yaml", {})
    assert list(config.datasets["catalog"].columns) == catalogs(clean_shop, rows)[0].columns
    assert list(config.datasets["events"].columns) == events(clean_shop, rows).drop("file").columns


def test_every_purchase_follows_a_cart_and_a_view(clean_shop: Path, rows: Rows) -> None:
    key = ["session_id", "user_id", "item_id"]
    first = events(clean_shop, rows).group_by([*key, "event_type"]).agg(pl.col("ts").min())
    steps = [first.filter(pl.col("event_type") == kind).drop("event_type").rename({"ts": kind}) for kind in ("view", "cart", "purchase")]
    funnel = steps[2].join(steps[1], on=key, how="left").join(steps[0], on=key, how="left")
    assert funnel.height > 0
    assert funnel.select((pl.col("view") < pl.col("cart")) & (pl.col("cart") < pl.col("purchase"))).to_series().fill_null(value=False).all()


def test_stars_follow_a_purchase_and_the_words_fit_them(clean_shop: Path, rows: Rows) -> None:
    frame = events(clean_shop, rows)
    rated = frame.filter(pl.col("event_type").is_in(["rating", "review"]))
    bought = (
        frame.filter(pl.col("event_type") == "purchase").select("user_id", "item_id", pl.col("ts").alias("bought")).unique(["user_id", "item_id"], keep="first")
    )
    pairs = rated.join(bought, on=["user_id", "item_id"], how="left")
    assert pairs.height > 0
    assert (pairs["bought"] < pairs["ts"]).all()
    assert rated["rating"].is_in(list("12345")).all()
    assert (rated["review_text"].is_not_null() == (rated["event_type"] == "review")).all()
    assert not rated.filter(pl.col("review_text").str.contains("love this|Perfect"))["rating"].is_in(list("123")).any()


def test_events_carry_the_prices_of_their_day(clean_shop: Path, rows: Rows) -> None:
    frame = events(clean_shop, rows).with_columns(day=pl.col("ts").str.slice(0, 10))
    prices = pl.concat([catalog.with_columns(day=pl.lit(f"2026-03-0{day}")) for day, catalog in enumerate(catalogs(clean_shop, rows), 1)])
    both = frame.join(prices, on=["day", "item_id"], how="left", suffix="_now")
    assert (both["currency"] == both["currency_now"]).fill_null(value=False).all()
    assert (both["price"].cast(pl.Float64) == both["price_now"].cast(pl.Float64)).fill_null(value=False).all()
    assert prices.group_by("item_id").agg(pl.col("price").n_unique())["price"].max() > 1  # type: ignore[operator]  # there are items


def test_a_clean_shop_is_clean(clean_shop: Path, rows: Rows) -> None:
    frame = events(clean_shop, rows)
    assert frame["event_id"].is_unique().all()
    assert (frame["ts"].str.slice(0, 10) == frame["file"].str.extract(r"events-(.{10})")).all()
    assert (frame["ts"] <= frame["received_at"]).all()
    moments = frame.with_columns(pl.col("ts").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ")).sort("ts")
    assert moments.select(pl.col("ts").diff().over("user_id", "item_id", "event_type").min().dt.total_seconds()).item() >= 5
    assert pl.read_parquet(clean_shop / "truth/events.parquet").is_empty()
    assert json.loads((clean_shop / "truth/files.json").read_text()) == []


def test_a_line_determines_its_category_and_an_item_keeps_its_brand(clean_shop: Path, rows: Rows) -> None:
    every = pl.concat(catalogs(clean_shop, rows))
    assert every.group_by("product_line").agg(pl.col("category").n_unique())["category"].max() == 1
    assert every.group_by("item_id").agg(pl.col("brand").n_unique())["brand"].max() == 1
    assert every["category"].n_unique() == 40


def test_people_have_tastes(clean_shop: Path, rows: Rows) -> None:
    """A user's events concentrate on fewer departments than all users' do."""
    department = catalogs(clean_shop, rows)[-1].select("item_id", pl.col("category").str.extract(r"(.*) > "))
    frame = events(clean_shop, rows).join(department, on="item_id")
    top = frame.group_by("user_id", "category").len().group_by("user_id").agg(pl.col("len").max() / pl.col("len").sum(), total=pl.col("len").sum())
    overall = frame["category"].value_counts()["count"]
    assert top.filter(pl.col("total") >= 10)["len"].mean() > 1.5 * overall.max() / overall.sum()  # type: ignore[operator]  # there are events


# -- the truth ----------------------------------------------------------------------------------------------------------


def test_every_kind_is_injected(dirty_shop: Path) -> None:
    frame = {kind for name in ("events", "catalog") for kind in pl.read_parquet(dirty_shop / f"truth/{name}.parquet")["kind"]}
    whole = {fault["kind"] for fault in json.loads((dirty_shop / "truth/files.json").read_text())}
    assert frame | whole == set(KINDS)


@pytest.mark.parametrize(("dataset", "key"), [("events", "event_id"), ("catalog", "item_id")])
def test_the_truth_is_the_difference_to_the_clean_shop(dataset: str, key: str, clean_shop: Path, dirty_shop: Path, rows: Rows) -> None:
    truth = pl.read_parquet(dirty_shop / f"truth/{dataset}.parquet")
    whole = {fault["file"] for fault in json.loads((dirty_shop / "truth/files.json").read_text())}
    checked = 0
    for path in sorted((dirty_shop / "landing" / dataset).iterdir()):
        own = truth.filter(pl.col("file") == path.name)
        if path.name in whole:
            assert own.is_empty()
            continue
        day = path.name.removeprefix(f"{dataset}-")[:10]
        (original,) = (clean_shop / "landing" / dataset).glob(f"{dataset}-{day}.*")
        dirty, clean = rows(path).with_row_index("position"), rows(original)
        added = own.filter(pl.col("column").is_null())["position"]
        remaining = dirty.filter(~pl.col("position").is_in(added.cast(pl.UInt32).implode()))
        assert remaining.height == clean.height
        changes = {
            (position, column, old, new)
            for column in clean.columns
            for position, old, new in remaining.join(clean, on=key, how="left", suffix="_clean", coalesce=False)
            .filter(pl.col(column).ne_missing(pl.col(f"{column}_clean")))
            .select("position", f"{column}_clean", column)
            .iter_rows()
        }
        frame = own.filter(pl.col("column").is_not_null())
        assert {(position, column) for position, column, _, _ in changes} == set(frame.select("position", "column").iter_rows())
        texts = {"brand", "category", "product_line", "title", "description", "currency", "review_text", "user_id", "item_id"}
        assert {change for change in changes if change[1] in texts} == set(
            frame.filter(pl.col("column").is_in(texts)).select("position", "column", "old", "new").iter_rows()
        )
        checked += len(changes) + len(added)
    assert checked > 20


def test_the_resent_file_begins_with_the_broken_one(dirty_shop: Path) -> None:
    (broken,) = (dirty_shop / "landing/events").glob("*resend*")
    intact = broken.read_bytes()
    cut = broken.with_name(broken.name.replace("-resend", "")).read_bytes()
    assert intact.startswith(cut)
    assert len(cut) < len(intact)


def test_orphans_of_tomorrow_arrive_with_its_catalog(tmp_path: Path, rows: Rows) -> None:
    write(tmp_path, 3, Size(days=5, items=400, users=60, per_day=500))
    truth = pl.read_parquet(tmp_path / "truth/events.parquet").filter((pl.col("kind") == "orphan_reference") & (pl.col("column") == "item_id"))
    catalog_items = {day: set(catalog["item_id"]) for day, catalog in enumerate(catalogs(tmp_path, rows), 1)}
    days = truth.with_columns(day=pl.col("file").str.extract(r"-\d\d-(\d\d)").cast(pl.Int64)).select("day", "new").rows()
    assert all(item not in catalog_items[day] for day, item in days)
    assert any(item in catalog_items.get(day + 1, set()) for day, item in days)
    assert any(item not in catalog_items[5] for _, item in days)
