"""A reference needs a name that fits, or values that are no small range of whole numbers."""

from __future__ import annotations

import polars as pl
import pytest

from sluice.config.inferred import Reference
from sluice.sources.infer.references import Sample, infer_references

SMALL = [str(number) for number in range(1, 61)]
SPARSE = [str(100_000 + 7919 * number) for number in range(60)]


@pytest.mark.parametrize(
    ("column", "dataset", "key", "values", "expected"),
    [
        ("visits", "products", "id", SMALL, False),
        ("stars", "products", "id", SMALL, False),
        ("product_id", "products", "id", SMALL, True),
        ("itemid", "products", "id", SMALL, True),
        ("asin", "catalog", "sku", SMALL, True),
        ("customer", "customers", "customer_id", SMALL, True),
        ("商品ID", "goods", "商品编号", SMALL, True),
        ("parent", "products", "id", SPARSE, True),
        ("bought", "products", "id", [f"P-{value}" for value in SMALL], True),
        ("total", "products", "id", SPARSE, False),
        ("user_id", "events", "event_id", SMALL, False),
        ("campaign_id", "customers", "customer_id", SMALL, False),
        ("customer_id", "products", "id", SMALL, False),
        ("id", "customers", "id", SMALL, False),
        ("customer_points", "customers", "customer_id", SMALL, False),
        ("product_category_id", "products", "product_id", SMALL, False),
        ("product_id", "catalog", "id", SMALL, True),
        ("visitor_id", "customers", "customer_id", SMALL, True),
    ],
)
def test_names_or_values_make_a_reference(column: str, dataset: str, key: str, values: list[str], expected: bool) -> None:
    own = Sample("orders", ("order_no",), pl.DataFrame({column: values * 2}))
    other = Sample(dataset, (key,), pl.DataFrame({key: values}))
    assert infer_references(own, [own, other]) == ((Reference(column, dataset, key, 1.0),) if expected else ())


def test_a_code_of_the_same_name_is_referred_to_where_the_key_has_several_columns() -> None:
    skus = [f"S-{value}" for value in SMALL]
    lines = Sample("orders", ("Name", "line"), pl.DataFrame({"Lineitem sku": skus * 2, "Lineitem name": skus * 2}))
    variants = pl.DataFrame({"Handle": SMALL, "Option1 Value": SMALL, "Variant SKU": [*skus[:-1], None], "Name": skus})
    products = Sample("products", ("Handle", "Option1 Value"), variants)
    (reference,) = infer_references(lines, [lines, products])
    assert (reference.column, reference.key, round(reference.share, 3)) == ("Lineitem sku", "Variant SKU", 0.983)
    assert infer_references(products, [lines, products]) == ()
