"""Describe the tables of the Olist set."""

from __future__ import annotations

from sluice.domain import Mode
from sluice.sources.platforms.platform import ColumnFacts, Platform

_COLUMNS = (
    ColumnFacts(r".*_zip_code_prefix", "string", personal=True),
    ColumnFacts(r"(customer|seller|geolocation)_city|geolocation_(lat|lng)", personal=True),
    ColumnFacts(r"review_comment_(title|message)", "string"),
    ColumnFacts(r"order_item_id|payment_(sequential|installments)|review_score|product_(name_lenght|description_lenght|photos_qty)", "integer"),
    ColumnFacts(r".*_id|.*_state|.*_status|payment_type|product_category_name.*", "string", personal=False),
    ColumnFacts(r"price|freight_value|payment_value", "number"),
    ColumnFacts(r"product_weight_g", "number", unit="g"),
    ColumnFacts(r"product_(length|height|width)_cm", "number", unit="cm"),
    ColumnFacts(r".*_(timestamp|date|at)", "timestamp"),
)


def _table(title: str, names: tuple[str, ...], key: tuple[str, ...], time: tuple[str, ...] = (), mode: Mode = "append") -> Platform:
    return Platform(title=f"Olist's {title}", headers=(names,), columns=_COLUMNS, key=key, time=time, mode=mode)


TABLES = (
    _table("orders", ("order_id", "customer_id", "order_purchase_timestamp"), ("order_id",), ("order_purchase_timestamp",)),
    _table("order items", ("order_id", "order_item_id", "shipping_limit_date"), ("order_id", "order_item_id")),  # the limit is no event
    _table("payments", ("order_id", "payment_sequential", "payment_value"), ("order_id", "payment_sequential")),
    _table("reviews", ("review_id", "order_id", "review_score"), ("review_id", "order_id"), ("review_creation_date",)),
    _table("products", ("product_id", "product_category_name", "product_weight_g"), ("product_id",), mode="snapshot"),
    _table("customers", ("customer_id", "customer_unique_id"), ("customer_id",), mode="snapshot"),
    _table("sellers", ("seller_id", "seller_zip_code_prefix"), ("seller_id",), mode="snapshot"),
)
