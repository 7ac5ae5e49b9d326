"""Which files belong to a dataset, and which to none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sluice.config import Limits
from sluice.domain import Column, Schema
from sluice.sources import FileSource
from sluice.sources.files import matching_files
from sluice.sources.infer import infer
from sluice.sources.siblings import is_dated_sibling
from sluice.sources.unmatched import unmatched_files

SCHEMA = Schema("products", columns=(Column("sku"),))


def land(folder: Path, *names: str) -> None:
    for second, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("sku,title\n1,a\n2,b\n")
        os.utime(folder / name, (1_900_000_000 + second,) * 2)


@pytest.mark.parametrize(
    ("name", "sibling"),
    [
        ("products_2026-11-28.csv", True),
        ("products-20261128.csv", True),
        ("products20261128T10.csv.gz", True),
        ("products 2026-11-28.csv", True),
        ("products_28-11-2026.csv", True),
        ("products_28.11.2026.csv", True),
        ("products-1795824000.csv", True),
        ("products (1).csv", True),
        ("products(2).csv", True),
        ("products_2.csv", False),
        ("products_variants.csv", False),
        ("products_variants_2026-11-28.csv", False),
        ("products_2026-11-28.json", False),
        ("my_products_2026-11-28.csv", False),
    ],
)
def test_a_sibling_differs_in_a_date_alone(name: str, sibling: bool) -> None:
    assert is_dated_sibling(name, "products.csv") is sibling


def test_dated_siblings_of_a_file_arrive_after_it(tmp_path: Path) -> None:
    land(tmp_path, "landing/products.csv", "landing/products_2026-11-28.csv", "landing/products_variants.csv", "landing/products_2026-11-29.csv")
    source = FileSource(SCHEMA, "landing/products.csv", tmp_path, Limits())
    assert [Path(arrival.uri).name for arrival in source.arrivals()] == ["products.csv", "products_2026-11-28.csv", "products_2026-11-29.csv"]
    other = FileSource(SCHEMA, "landing/products.csv", tmp_path, Limits(), others=("landing/products_*-29.csv",))
    assert [Path(arrival.uri).name for arrival in other.arrivals()] == ["products.csv", "products_2026-11-28.csv"]


def test_a_file_and_its_dated_siblings_are_one_dataset(tmp_path: Path) -> None:
    land(tmp_path, "landing/products.csv", "landing/products_2026-11-28.csv", "landing/products_2026-11-29.csv", "landing/orders_2026-11-28.csv")
    datasets = {dataset.dataset: (dataset.pattern, dataset.files) for dataset in infer(tmp_path / "landing")}
    assert datasets == {"products": ("landing/products.csv", 3), "orders": ("landing/orders_[0-9]*.csv", 1)}


def test_datasets_have_the_names_of_their_files_in_any_script_and_take_no_files_of_others(tmp_path: Path) -> None:
    names = ("订单", "订单_2026-11-28", "stock [1]", "Заказы", "สินค้า", "Bestände", "２０２６年", "2026-11-27")
    land(tmp_path, *(f"landing/{name}.csv" for name in names))
    datasets = {dataset.dataset: (dataset.pattern, dataset.files) for dataset in infer(tmp_path / "landing")}
    assert datasets == {
        "订单": ("landing/订单.csv", 2),
        "заказы": ("landing/Заказы.csv", 1),
        "สินค้า": ("landing/สินค้า.csv", 1),
        "bestände": ("landing/Bestände.csv", 1),
        "年": ("landing/２０２６年.csv", 1),
        "stock": ("landing/stock [[]1].csv", 1),
        "landing": ("landing/[0-9]*.csv", 1),
    }
    assert [path.name for path in matching_files(tmp_path, "landing/stock [[]1].csv")] == ["stock [1].csv"]
    assert [path.name for path in matching_files(tmp_path, "landing/[0-9]*.csv")] == ["2026-11-27.csv"]


def test_files_that_no_dataset_takes(tmp_path: Path) -> None:
    land(
        tmp_path, "landing/products.csv", "landing/products_2026-11-28.csv", "landing/notes.pdf", "landing/old/orders.csv", "landing/.hidden.csv", "b.csv.part"
    )
    names = [str(path.relative_to(tmp_path)) for path in unmatched_files(tmp_path, ["landing/products.csv"])]
    assert names == ["landing/notes.pdf", "landing/old/orders.csv"]
    assert unmatched_files(tmp_path, ["landing/products.csv", "landing/**/*"]) == []


def test_of_the_files_beside_the_configuration_only_tables_count(tmp_path: Path) -> None:
    land(tmp_path, "sluice.yaml", "README.md", "orders.csv", "products.csv")
    assert [path.name for path in unmatched_files(tmp_path, ["products*.csv"], [tmp_path / "sluice.yaml"])] == ["orders.csv"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("wc-product-export-20-10-2025-1761000000123.csv", "wc-product-export-5-11-2025-1762333200456.csv"),
        ("orders_1761033600.csv", "orders_1761120000.csv"),
        ("report_50012019456.csv", "report_50012123987.csv"),
        ("orders_export_1.csv", "orders_export_1 (1).csv"),
        ("All Listings 11-28-2026.csv", "All Listings 11-29-2026.csv"),
    ],
)
def test_the_next_export_belongs_to_the_dataset_of_the_first(tmp_path: Path, first: str, second: str) -> None:
    land(tmp_path, f"landing/{first}")
    (dataset,) = infer(tmp_path / "landing")
    land(tmp_path, f"landing/{first}", f"landing/{second}")
    source = FileSource(SCHEMA, dataset.pattern, tmp_path, Limits())
    assert [Path(arrival.uri).name for arrival in source.arrivals()] == [first, second]
    (both,) = infer(tmp_path / "landing")
    assert (both.dataset, both.files) == (dataset.dataset, 2)


def test_a_dataset_takes_no_files_whose_names_have_another_word(tmp_path: Path) -> None:
    days = ("2026-11-28", "2026-11-29")
    land(tmp_path, *(f"landing/{name}_{day}.csv" for day in days for name in ("orders", "orders_lines")))
    datasets = {dataset.dataset: FileSource(SCHEMA, dataset.pattern, tmp_path, Limits()) for dataset in infer(tmp_path / "landing")}
    names = {name: [Path(arrival.uri).name for arrival in source.arrivals()] for name, source in datasets.items()}
    assert names == {name: [f"{name}_{day}.csv" for day in days] for name in ("orders", "orders_lines")}


@pytest.mark.parametrize(
    ("name", "first", "sibling"),
    [
        ("items_2.csv", "items_1.csv", True),
        ("items_12.csv.gz", "items_1.csv", True),
        ("part-00002.parquet", "part-00000.parquet", True),
        ("Bestellungen Teil 2.csv", "Bestellungen Teil 1.csv", True),
        ("items_1.csv", "items_2.csv", False),
        ("items_02.csv", "items_1.csv", False),
        ("part-2.parquet", "part-00000.parquet", False),
        ("level2.csv", "level1.csv", False),
        ("items_2.json", "items_1.csv", False),
        ("lines_2.csv", "items_1.csv", False),
    ],
)
def test_later_parts_of_an_export_are_siblings_of_its_first_part(name: str, first: str, *, sibling: bool) -> None:
    assert is_dated_sibling(name, first) is sibling


def test_a_second_part_that_lands_later_belongs_to_the_dataset_of_the_first(tmp_path: Path) -> None:
    (tmp_path / "items_1.csv").write_text("sku,title\na1,Cup\nb2,Jar\n")
    (dataset,) = infer(tmp_path)
    (tmp_path / "items_2.csv").write_text("sku,title\nc3,Pot\nd4,Pan\n")
    assert [path.name for path in matching_files(tmp_path.parent, dataset.pattern)] == ["items_1.csv", "items_2.csv"]
    assert (dataset.dataset, dataset.mode) == ("items", "upsert"), "a second part replaces no first one"


@pytest.mark.parametrize(
    ("file", "name"), [("big5.csv", "big5"), ("ga4.csv", "ga4"), ("orders20261128.csv", "orders"), ("items_7.csv", "items"), ("q3_sales.csv", "q3_sales")]
)
def test_digits_of_a_word_stay_in_the_name_of_a_dataset(tmp_path: Path, file: str, name: str) -> None:
    (tmp_path / file).write_text("sku,title\na1,Cup\nb2,Jar\n")
    assert [dataset.dataset for dataset in infer(tmp_path)] == [name]
