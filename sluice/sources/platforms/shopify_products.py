"""Describe the product export of Shopify: one row for each variant, further rows for further pictures.

Item: Handle. Variant: Handle and the values of its options. Rows that hold a picture alone have no price; their key is the picture.
"""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

TABLES = (
    Platform(
        title="a Shopify product export",
        headers=(("handle|url handle", "title", "option1 name", "variant (sku|price|grams)"), ("url handle", "title", "option1 name", "sku|price")),
        columns=(
            ColumnFacts(r"(handle|url handle|title|vendor|type|tags|body \(html\)|description|.*sku|.*barcode|hs code)", "string", personal=False),
            ColumnFacts(r"option[1-3] (name|value)|option[1-3] linked to", "string", empty=("Default Title",)),
            ColumnFacts(r"variant (price|compare at price)|price|compare-at price|cost per item|(price|compare at price) / .*", "number"),
            ColumnFacts(r"variant grams|weight value \(grams\)", "number", unit="g"),
            ColumnFacts(r"variant inventory qty|inventory quantity", "integer"),
            ColumnFacts(r"image position|product image position", "integer"),
            ColumnFacts(r"published|published on online store|gift card|variant (taxable|requires shipping)|charge tax|requires shipping", "boolean"),
            ColumnFacts(
                r"(google shopping / )?google product category|product category|collection|seo title|google shopping / (mpn|custom label \d)", "string"
            ),
            ColumnFacts(r"google shopping / (adwords (grouping|labels)|gender|age group|condition)|variant fulfillment service", "string"),
            ColumnFacts(r"variant tax code|variant weight unit|status", "string"),
        ),
        key=("handle|url handle", "option[1-3] value", "image src|product image url"),
        blank_key=True,
        mode="snapshot",
        group_by="handle|url handle",
        fill_down=(
            "title",
            r"body \(html\)|description",
            "vendor",
            "product category",
            "type",
            "tags",
            "published|published on online store",
            "option[1-3] name",
            "gift card",
            "status",
        ),
        guard=("apostrophe",),
        remarks=(
            "Handle is the product, Handle with its options the variant",
            "rows with a picture alone are no variants and have no price",
        ),
    ),
)
