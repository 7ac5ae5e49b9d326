"""A batch that its published score closed has another score once the rows that fail leave it: they are corrected, or held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sluice.app import App, process_requests
from sluice.domain import Request, Run

Opened = Callable[[Path], App]

SHOP = """\
shop: Cups
clock: 2026-03-03T09:00:00Z
datasets:
  orders:
    source: {files: landing/orders*.csv}
    key: [id]
    columns: {id: {type: string}, item: {type: string}, price: {type: number}, quantity: {type: integer}}
    suite:
    - expect_column_values_to_be_between: {column: price, min_value: 0, on_fail: flag}
    - expect_column_values_to_be_between: {column: quantity, min_value: 0}
    gate: {minimum: 95}
"""
ITEMS = """\
  items:
    source: {files: landing/items*.csv}
    mode: snapshot
    key: [id]
    columns: {id: {type: string}}
"""
IN_ITEMS = "    - expect_column_values_to_exist_in_dataset: {column: item, dataset: items, reference_column: id}\n"


def make_shop(folder: Path, config: str) -> Path:
    (folder / "landing").mkdir()
    (folder / "sluice.yaml").write_text(config, encoding="utf-8")
    return folder / "sluice.yaml"


def land(shop: Path, name: str, head: str, rows: Sequence[tuple[object, ...]]) -> None:
    lines = [head, *(",".join(map(str, row)) for row in rows)]
    (shop.parent / "landing" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def land_orders(shop: Path, name: str, rows: Sequence[tuple[object, ...]]) -> None:
    land(shop, name, "id,item,price,quantity", rows)


def run(app: App) -> list[Run]:
    return list(app.run(app.pending_arrivals()))


def test_a_correction_gives_the_batch_the_score_of_the_rows_that_are_left(tmp_path: Path, opened: Opened) -> None:
    shop = make_shop(tmp_path, SHOP)
    land_orders(shop, "orders-2026-03-01", [*((f"o{n}", "i1", -1 if n < 4 else 1, 1) for n in range(10)), ("o10", "i1", 1, -1)])
    app = opened(shop)
    (first,) = run(app)
    assert (first.decision, first.published.dimensions["validity"]) == ("closed", 90.0), "one of four rules fails on four of ten rows"
    land_orders(shop, "orders-2026-03-02", [*((f"o{n}", "i1", 1, 1) for n in range(4)), *((f"p{n}", "i1", 1, 1) for n in range(6))])
    (correction,) = run(app)
    (revision,) = correction.revisions
    assert (revision.run, revision.superseded, revision.published.value, revision.decision) == (first.id, 4, 100.0, "open")
    assert app.store.runs.get(first.id) == first, "the first record stays as it was"
    assert app.gate("orders").open
    app.store.requests.submit(Request("q", "release", "orders", "Ada", "a return", app.now(), rule="expect_column_values_to_be_between:quantity"))
    process_requests(app)
    (revision,) = app.store.runs.of("orders")[-1].revisions
    assert (revision.good, revision.bad, revision.published.value, revision.decision) == (7, 0, 100.0, "open")


def test_a_recheck_gives_the_batch_the_score_of_the_rows_that_pass(tmp_path: Path, opened: Opened) -> None:
    shop = make_shop(tmp_path, SHOP.replace("    gate:", f"{IN_ITEMS}    gate:") + ITEMS)
    land_orders(shop, "orders-2026-03-01", [(f"o{n}", "nothing" if n < 2 else "i1", -1 if n < 3 else 1, 1) for n in range(10)])
    app = opened(shop)
    (first,) = run(app)
    assert (first.published.value, first.decision) == (None, "unknown")
    land(shop, "items-2026-03-02", "id", [("i1",)])
    _, again = run(app)
    (revision,) = again.revisions
    assert (revision.good, revision.bad) == (8, 2)
    assert revision.published.dimensions["validity"] == 96.875, "one of four rules fails on one of eight rows"
