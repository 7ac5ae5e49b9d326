"""Describe the order export of Shopify: one row for each line, the order's columns in its first row alone."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

TABLES = (
    Platform(
        title="a Shopify order export",
        headers=(("name", "email", "financial status", "lineitem quantity", "lineitem name"),),
        columns=(
            ColumnFacts(r"(email|phone|phone_2|phone \(\d\)|.*phone.*)", "string", personal=True),
            ColumnFacts(r"(billing|shipping) (name|street|address\s?[12]|company|city|zip|phone)", "string", personal=True),
            ColumnFacts(r"notes?|note attributes|employee|payment references?|receipt number|device id", "string", personal=True),
            ColumnFacts(r"(paid|fulfilled|created|cancelled|canceled|next payment due) at", "timestamp"),
            ColumnFacts(
                r"subtotal|shipping|taxes|total|discount amount|lineitem (price|compare at price|discount)|refunded amount|outstanding balance", "number"
            ),
            ColumnFacts(r"tax [1-5] value|duties", "number"),
            ColumnFacts(r"lineitem quantity", "integer"),
            ColumnFacts(r"lineitem (requires shipping|taxable)|accepts marketing", "boolean"),
            ColumnFacts(
                r"name|id|lineitem (name|sku|fulfillment status)|.* (country|province|province name)|currency|discount code|source", "string", personal=False
            ),
            ColumnFacts(
                r"(financial|fulfillment) status|shipping method|payment (method|id|terms name)|vendor|tags|risk level|location|tax [1-5] name", "string"
            ),
        ),
        time=("created at", "paid at"),
        key=("name", "line"),
        mode="append",
        on_change="replace",  # an order is exported again once it is paid, sent or refunded
        number_rows="line",
        group_by="name",
        fill_down=(
            "email",
            "financial status",
            "paid at",
            "fulfillment status",
            "fulfilled at",
            "accepts marketing",
            "currency",
            "discount code",
            "shipping method",
            "created at",
            "billing .*",
            "shipping (name|street|address.*|company|city|zip|province.*|country|phone)",
            "notes",
            "note attributes",
            "cancelled at|canceled at",
            "payment (method|reference|references|id)",
            "vendor",
            "id",
            "tags",
            "risk level",
            "source",
            "phone",
            "receipt number",
            "employee",
            "location",
            "device id",
        ),
        guard=("apostrophe",),
        remarks=(
            "Lineitem price is a unit price",
            "Subtotal, Shipping, Taxes and Total stand in the first row of an order alone, so that sums are right",
        ),
    ),
)
