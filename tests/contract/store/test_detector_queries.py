"""What detectors flagged of published rows, and what they said of batches: all of it can be listed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from sluice.domain import FLAGS, REPAIRS, ROW, RUN, Verdict
from sluice.errors import UsageError
from sluice.store import detector_queries
from sluice.store.detector_queries import FlagCounts, FlagFilter


def flags(*rows: tuple[str, str, float | None]) -> pl.DataFrame:
    entries = [(row, rule, ["price"], p, "its price is unusual", "9.5") for row, rule, p in rows]
    return pl.DataFrame(entries, schema=FLAGS, orient="row")


def publish(shop: Any, batch: str, good: list[str], flags_of_rows: pl.DataFrame, **more: Any) -> None:
    dataset = more.get("dataset", "events")
    with shop.store.lease(dataset) as lease:
        shop.store.publish(lease, shop.store.stage(replace(shop.outcome(batch, good, **more), flags=flags_of_rows)))


def listed(shop: Any, **selection: Any) -> list[tuple[str, str]]:
    return detector_queries.all_flags(shop.store, FlagFilter(**{"dataset": "events", **selection})).select(ROW, "_rule").rows()


def test_flags_are_listed_the_newest_batch_first_with_the_cells_of_their_rows(shop: Any) -> None:
    assert listed(shop) == []
    publish(shop, "b1", ["b1.0", "b1.1"], flags(("b1.0", "net", 0.01)))
    publish(shop, "b2", ["b2.0", "b2.1"], flags(("b2.0", "net", 0.02), ("b2.1", "traffic:clock_skew", None), ("b2.1", "net", 0.001)))
    assert listed(shop) == [("b2.1", "net"), ("b2.0", "net"), ("b2.1", "traffic:clock_skew"), ("b1.0", "net")]
    assert listed(shop, detector="traffic") == listed(shop, detector="traffic:clock_skew") == [("b2.1", "traffic:clock_skew")]
    assert listed(shop, batch="b1") == [("b1.0", "net")]
    assert detector_queries.count_flags(shop.store, FlagFilter("events")) == FlagCounts(4, 0)
    row = detector_queries.flag_page(shop.store, FlagFilter("events", "net"), 1).row(0, named=True)
    assert (row["_score"], row["_columns"], row["_expected"], row["id"], row["price"], row[RUN]) == (0.001, ["price"], "9.5", "1", 1.0, "b2")


def test_every_flag_is_on_one_page(shop: Any) -> None:
    ids = [f"b1.{position}" for position in range(detector_queries.PAGE_SIZE + 5)]
    publish(shop, "b1", ids, flags(*((row, "net", 0.01) for row in ids)))
    pages = [detector_queries.flag_page(shop.store, FlagFilter("events"), number) for number in (1, 2, 3)]
    assert [page.height for page in pages] == [detector_queries.PAGE_SIZE, 5, 0]
    assert pl.concat(pages)[ROW].to_list() == ids


def test_a_row_that_was_replaced_is_counted_and_listed_as_it_was(shop: Any) -> None:
    publish(shop, "c1", ["c1.a"], flags(("c1.a", "net", 0.01)), dataset="catalog", price=1.0)
    publish(shop, "c2", ["c2.a"], flags(), dataset="catalog", price=2.0)
    assert listed(shop, dataset="catalog") == []
    assert detector_queries.count_flags(shop.store, FlagFilter("catalog")) == FlagCounts(0, 1)
    assert detector_queries.count_flags(shop.store, FlagFilter("catalog", batch="c1")) == FlagCounts(1, 0)
    assert detector_queries.all_flags(shop.store, FlagFilter("catalog", batch="c1"))["price"].to_list() == [1.0]


def test_a_batch_that_is_none_is_told(shop: Any) -> None:
    publish(shop, "b1", ["b1.0"], flags())
    with pytest.raises(UsageError, match="no published batch b9"):
        listed(shop, batch="b9")
    with pytest.raises(UsageError, match="catalog has no published batch b1"):
        listed(shop, dataset="catalog", batch="b1")


def test_flags_are_published_once_with_their_rows(shop: Any) -> None:
    for _ in range(2):
        publish(shop, "b1", ["b1.0"], flags(("b1.0", "net", 0.01)))
    assert shop.store.snapshot().flags("events").collect().height == 1
    assert shop.store.snapshot("0").flags("events").collect().is_empty()


def test_files_that_an_earlier_version_staged_have_no_flags(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sluice.store.drafts.added_rows", lambda *_, **__: {})  # it staged the rows of all tables
    staged = shop.store.stage(shop.outcome("b1", ["b1.0"]))
    stages = shop.store.staging
    (stages.folder(staged) / "flags.parquet").unlink()
    from sluice.store.drafts import digest_of_folder

    _, rows = stages.read(replace(staged, digest=digest_of_folder(stages.folder(staged))))
    assert rows["flags"].is_empty()
    assert rows["clean"].height == 1
    assert rows["repairs"].schema == {**REPAIRS, "code": pl.String(), "params": pl.String(), RUN: pl.String()}


def drift_verdict(*columns: str, observed: str = "") -> Verdict:
    return Verdict("drift", "detector", "accuracy", "warning", "flag", "failed" if columns else "passed", columns=columns or ("price",), observed=observed)


def test_what_has_moved_is_told_by_column_and_since_when_without_a_break(shop: Any) -> None:
    price, both = "price is 10.0 % higher", "price is 9.0 % higher; the mix of id is another in 5.0% of the rows"
    verdicts = [drift_verdict("price", observed=price), drift_verdict(), drift_verdict("price", observed=price), drift_verdict("price", "id", observed=both)]
    for number, verdict in enumerate(verdicts):
        shop.publish(f"b{number}", [f"b{number}.0"], verdicts=[verdict])
    detected = detector_queries.detector_verdicts(shop.store, "events")
    assert detected["run_id"].to_list() == ["b0", "b1", "b2", "b3"]
    moved = detector_queries.drifted_columns(detected)
    assert [(drift.column, str(drift.observed), drift.batches) for drift in moved] == [
        ("price", "price is 9.0 % higher", 2),
        ("id", "the mix of id is another in 5.0% of the rows", 1),
    ]
    assert detector_queries.drifted_columns(detected.head(2)) == detector_queries.drifted_columns(detected.clear()) == []
