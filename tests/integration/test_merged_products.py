"""Products listed twice are found, labelled, merged in every table that refers to them, and taken apart again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from sluice.app import App, build, process_requests
from sluice.app.merges import preview_merge
from sluice.cli.main import outcome
from sluice.config.product_settings import pairs_path
from sluice.config.text import read_text
from sluice.domain import CorrectedCell, ProductMatches, Request, RequestKind
from sluice.errors import UsageError
from sluice.messages import render
from sluice.store.label_file import read_label_file

pytest.importorskip("sklearn")

CONFIG = """
clock: 2026-03-04T06:00:00Z
datasets:
  items:
    source: {files: "items/*.csv"}
    mode: snapshot
    key: [item_id]
    columns: {item_id: {type: string}, title: {type: string}, brand: {type: string}, price: {type: number}, owner: {type: string, personal: true}}
  orders:
    source: {files: "orders/*.csv"}
    key: [order_id]
    columns: {order_id: {type: string}, sku: {type: string}}
    suite:
      - expect_column_values_to_exist_in_dataset: {column: sku, dataset: items, reference_column: item_id}
  events:
    source: {files: "events/*.csv"}
    key: [event_id]
    time: ts
    columns: {event_id: {type: string}, user: {type: string}, item_id: {type: string}, ts: {type: timestamp}}
recommender: {events: events, items: items, user: user, item: item_id, time: ts}
"""
THINGS = ("kettle", "toaster", "lamp", "pannier", "planter", "chair", "drill", "speaker", "fan", "clock")
MAKERS = ("acme", "tarn", "lumen")


def catalog() -> str:
    """Return 30 products, of which 12 are listed a second time, in other words."""
    rows = ["item_id,title,brand,price,owner"]
    for number, (maker, thing) in enumerate((maker, thing) for maker in MAKERS for thing in THINGS):
        rows.append(f"a{number:02},{maker} {thing} {maker[:2]}{1000 + number}{thing[:2]} steel,{maker},{10 + number},Ann")
        if number < 12:
            rows.append(f"b{number:02},{thing} by {maker} model {maker[:2].upper()}{1000 + number}{thing[:2].upper()},{maker},{10 + number},Bo")
    return "\n".join(rows) + "\n"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    files = {
        "items/items-2026-03-01.csv": catalog(),
        "orders/orders-2026-03-02.csv": "order_id,sku\no1,a00\no2,b00\no3,b00\no4,a01\n",
        "events/events-2026-03-02.csv": "event_id,user,item_id,ts\ne1,u1,b00,2026-03-02T10:00:00Z\ne2,u2,a00,2026-03-02T11:00:00Z\n",
        "sluice.yaml": CONFIG,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        yield app


def ask(app: App, kind: RequestKind, name: str, *rows: str, rule: str | None = None, cells: tuple[CorrectedCell, ...] = ()) -> Request:
    app.store.requests.submit(Request(name, kind, "items", "Sam", "", app.now(), rows, rule), cells)
    process_requests(app)
    answered = app.store.requests.get(name)
    assert answered is not None
    return answered


def column(app: App, dataset: str, name: str) -> list[str]:
    rows = app.store.snapshot().published(dataset).select(pl.first(), name).collect()
    return [value for _, value in sorted(rows.iter_rows())]


def ids(app: App) -> list[list[str]]:
    matches = app.store.product_matches.of("items")
    assert matches is not None
    return [[one.id for one in group.products] for group in matches.groups]


def test_products_are_found_without_labels_and_those_most_referred_to_are_suggested_to_stay(app: App) -> None:
    search = ask(app, "find_products", "q1")
    assert search.state == "done", render(search.answer)
    matches = app.store.product_matches.of("items")
    assert matches is not None
    assert (matches.learned, matches.labels, matches.products) == (False, 0, 42)
    assert sorted(matches.references) == [("events", "item_id"), ("orders", "sku")]
    groups = ids(app)
    assert len(groups) == 12
    assert all(len(group) == 2 and group[0][1:] == group[1][1:] for group in groups)
    assert ["b00", "a00"] in groups  # three rows refer to b00, two to a00
    assert all("owner" not in one.cells for group in matches.groups for one in group.products)
    assert all(group.probability is None for group in matches.groups)


def test_what_is_personal_by_now_leaves_the_stored_matches_with_the_next_run(app: App) -> None:
    ask(app, "find_products", "q1")
    matches = app.store.product_matches.of("items")
    assert matches is not None
    stored = [replace(group, products=[replace(one, cells={**one.cells, "owner": "Ann Weaver"}) for one in group.products]) for group in matches.groups]
    app.store.product_matches.save(replace(matches, groups=stored))  # as an earlier version did
    list(app.run(()))
    assert app.store.product_matches.of("items") == matches
    app.path.write_text(app.path.read_text().replace("item_id: {type: string}, title", "item_id: {type: string, personal: true}, title"))
    with build(app.path) as other:
        list(other.run(()))
        assert other.store.product_matches.of("items") == ProductMatches("items")


def test_labels_decide_what_the_next_search_finds(app: App) -> None:
    ask(app, "find_products", "q1")
    for number, group in enumerate(ids(app)):
        assert ask(app, "label_pair", f"no{number}", *group, rule="no").state == "done"
    ask(app, "label_pair", "yes", "a13", "a14", rule="yes")
    ask(app, "find_products", "q2")
    assert ids(app) == [["a13", "a14"]]
    matches = app.store.product_matches.of("items")
    assert matches is not None
    pairs = {frozenset((pair.left, pair.right)) for pair in matches.pairs}
    assert frozenset(("a13", "a14")) not in pairs
    assert pairs


def test_enough_labels_teach_and_give_probabilities(app: App) -> None:
    for turn in range(2):
        ask(app, "find_products", f"q{turn}")
        matches = app.store.product_matches.of("items")
        assert matches is not None
        for number, pair in enumerate(matches.pairs):
            ask(app, "label_pair", f"l{turn}.{number}", pair.left, pair.right, rule="yes" if pair.left[1:] == pair.right[1:] else "no")
    ask(app, "find_products", "last")
    matches = app.store.product_matches.of("items")
    assert matches is not None
    assert (matches.learned, matches.labels) == (True, 40)
    assert all(len(group) == 2 and group[0][1:] == group[1][1:] for group in ids(app))
    assert len(ids(app)) >= 10
    assert all(0.0 <= (group.probability or 0.0) <= 1 for group in matches.groups)


def test_a_label_is_taken_back_and_others_stay(app: App) -> None:
    ask(app, "label_pair", "q1", "b00", "a00", rule="yes")
    ask(app, "label_pair", "q2", "a00", "b00", rule="no")
    undone = ask(app, "undo_label_pair", "q3", "q1")
    assert (undone.state, render(undone.answer)) == ("done", "taken out of labels/items_pairs.csv again")
    assert read_label_file(pairs_path(app.config, "items"), ("left", "right", "same")).rows() == [("a00", "b00", "no", "q2")]
    assert ask(app, "undo_label_pair", "q4", "q2x").state == "refused"


def test_imported_labels_replace_those_of_their_pairs(app: App) -> None:
    ask(app, "label_pair", "q1", "a00", "b00", rule="no")
    imported = ask(app, "import_pairs", "q2", "b00", "a00", cells=(CorrectedCell("b00", "pairs", "left,right,same\nb00,a00,yes\n"),))
    assert render(imported.answer) == "the label of 1 pair is in labels/items_pairs.csv"
    assert read_label_file(pairs_path(app.config, "items"), ("left", "right", "same")).rows() == [("b00", "a00", "yes", "q2")]


def test_a_merge_changes_every_table_that_refers_to_the_product_and_later_batches(app: App) -> None:
    preview = preview_merge(app, "items", "a00", ["b00"])
    assert (dict(preview.rows), preview.failing) == ({("orders", "sku"): 2, ("events", "item_id"): 1}, 0)
    assert read_text(app.path) == CONFIG
    merged = ask(app, "merge_products", "q1", "a00", "b00")
    assert render(merged.answer) == "3 published rows refer to a00 now; sluice.yaml maps the other ids in later batches"
    assert column(app, "orders", "sku") == ["a00", "a00", "a00", "a01"]
    assert column(app, "events", "item_id") == ["a00", "a00"]
    assert app.store.quarantine.repairs("orders").select("cleaner", "old", "new").unique().rows() == [("steward", "b00", "a00")]
    (app.path.parent / "orders/orders-2026-03-03.csv").write_text("order_id,sku\no5,b00\n")
    with build(app.path) as later:
        list(later.run(later.pending_arrivals()))
        assert column(later, "orders", "sku")[-1] == "a00"
        ask(later, "find_products", "q2")
        assert not any({"a00", "b00"} & set(group) for group in ids(later))


def test_a_merge_is_undone_as_one_and_leaves_what_was_merged_since(app: App) -> None:
    ask(app, "merge_products", "q1", "a00", "b00")
    with build(app.path) as again:
        ask(again, "merge_products", "q2", "a01", "b01")
        undone = ask(again, "undo_merge_products", "q3", "q1")
        assert render(undone.answer) == "3 rows have their former ids again; sluice.yaml maps the ids no longer"
        assert column(again, "orders", "sku") == ["a00", "b00", "b00", "a01"]
        assert read_text(app.path).count('{"b01": "a01"}') == 2
        assert ask(again, "undo_merge_products", "q4", "q2").state == "done"
        assert ask(again, "undo_merge_products", "q5", "q1").state == "done"  # nothing is left to restore
    assert read_text(app.path) == CONFIG  # without the cleaners that mapped nothing any more


def test_an_undone_merge_maps_its_ids_no_longer_though_the_product_that_stayed_was_merged_since(app: App) -> None:
    ask(app, "merge_products", "q1", "a00", "b00")
    with build(app.path) as again:
        ask(again, "merge_products", "q2", "a01", "a00")
        assert ask(again, "undo_merge_products", "q3", "q1").state == "done"
        assert "b00" not in read_text(app.path)
        assert ask(again, "undo_merge_products", "q4", "q2").state == "done"
        assert column(again, "orders", "sku") == ["a00", "b00", "b00", "a01"]
    assert not {"a00", "b00"} & {*read_text(app.path).replace('"', " ").split()}


def test_the_repairs_of_a_merge_which_have_no_reason_of_a_cleaner_are_listed(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    ask(app, "merge_products", "q1", "a00", "b00")
    assert outcome(["repairs", "list", "orders", "--config", str(app.path)]) == 0
    assert capsys.readouterr().out.count("steward") == 2


def test_one_merge_alone_leaves_the_configuration_as_it_was_once_undone(app: App) -> None:
    ask(app, "merge_products", "q1", "a00", "b00")
    ask(app, "undo_merge_products", "q2", "q1")
    assert read_text(app.path) == CONFIG


def test_a_merge_that_is_carried_out_twice_changes_once(app: App) -> None:
    from sluice.app.merges import merge_products

    request = Request("q1", "merge_products", "items", "Sam", "", app.now(), ("a00", "b00"))
    app.store.requests.submit(request)
    assert render(merge_products(app, request)) == render(merge_products(app, request))  # a worker that died before it answered


@pytest.mark.parametrize("rows", [(), ("a00",), ("a00", "a00")])
def test_a_merge_names_two_products(app: App, rows: tuple[str, ...]) -> None:
    from sluice.errors import UsageError

    with pytest.raises(UsageError, match="two or more"):
        app.store.requests.submit(Request("q1", "merge_products", "items", "Sam", "", app.now(), rows))


@pytest.mark.parametrize(("keep", "other", "lacking"), [("nosuch", "a00", "nosuch"), ("a00", "nosuch", "nosuch"), ("a00", "b00", "")])
def test_products_that_the_catalog_lacks_are_not_merged(app: App, keep: str, other: str, lacking: str) -> None:
    answered = ask(app, "merge_products", "m1", keep, other)
    assert answered.state == ("refused" if lacking else "done")
    if lacking:
        assert render(answered.answer) == "items has no product nosuch; `sluice match items` lists those that may be one"
        assert set(app.store.snapshot().published("orders").collect()["sku"]) == {"a00", "b00", "a01"}
        assert "nosuch" not in read_text(app.path)
        with pytest.raises(UsageError, match="items has no product nosuch"):
            preview_merge(app, "items", keep, [other])
