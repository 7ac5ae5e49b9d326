"""Describe product exports of BigCommerce: rows for products, variants and pictures (version 3), or products, SKUs and rules (version 2)."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

_COLUMNS = (
    ColumnFacts(
        r"item( type)?|id|product id|brand id|channels|categories|(product )?name|sku|product (code/)?sku|options|upc/ean|gtin|mpn|bin picking number|"
        r".*image (url|file).*",
        "string",
        personal=False,
    ),
    ColumnFacts(r"brand( name)?|category.*|search keywords|warranty|product condition|page title", "string"),
    ColumnFacts(r"(cost|sale|retail|default)?\s?price|(product )?weight|width|height|depth", "number"),
    ColumnFacts(r"current stock( level)?|low stock( level)?|sort order", "integer"),
    ColumnFacts(r"product visible\?|allow purchases\?|free shipping|is (visible|featured)|show product condition|image is thumbnail", "boolean"),
)

TABLES = (
    Platform(
        title="a BigCommerce product export",
        headers=(("item", "id", "name", "sku", "options"),),
        columns=_COLUMNS,
        key=("item", "id"),
        mode="snapshot",
        remarks=("Item tells products from variants and pictures, which stand below their product",),
    ),
    Platform(
        title="a BigCommerce product export of version 2",
        headers=(("item type", r"product (code/)?sku", "product name|option set"),),
        columns=_COLUMNS,
        key=("item type", "product id"),
        blank_key=True,
        mode="snapshot",
        remarks=("Item Type tells products from SKUs and rules, which are joined by the product's code",),
    ),
)
