"""Describe the product exports of Magento.

Magento 2 and Adobe Commerce write a row for each product and, with the differing cells alone, for each store view. Magento 1 does so too, and
writes further values of a product (categories, websites, pictures, options) in rows without a sku below it.
"""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

TABLES = (
    Platform(
        title="a Magento catalog export",
        headers=(("sku", "attribute_set_code", "product_type", "product_websites"),),
        columns=(
            ColumnFacts(
                r"sku|store_view_code|name|url_key|.*_sku|.*_skus|.*_label|base_image|small_image|thumbnail_image|visibility", "string", personal=False
            ),
            ColumnFacts(r"attribute_set_code|product_websites|categories|additional_attributes|meta_.*|tax_class_name|country_of_manufacture", "string"),
            ColumnFacts(r"price|special_price|map_price|msrp_price|cost|weight", "number"),
            ColumnFacts(r"qty|out_of_stock_qty|min_cart_qty|max_cart_qty|notify_on_stock_below|qty_increments", "number"),
            ColumnFacts(r"(created|updated)_at|special_price_(from|to)_date|new_(from|to)_date", "timestamp"),
            ColumnFacts(r"product_online|is_in_stock|use_config_.*|allow_backorders|manage_stock|is_decimal_divided|website_id", "integer"),
        ),
        key=("sku", "store_view_code"),
        blank_key=True,
        empty=("__EMPTY__VALUE__",),
        mode="snapshot",
        guard=("blank",),
        remarks=(
            "a row with a store_view_code holds the cells that differ in that view alone",
            "parents may have neither price nor quantity",
        ),
    ),
    Platform(
        title="a Magento 1 product export",
        headers=(("sku", "_store", "_attribute_set", "_type"),),
        columns=(
            ColumnFacts(
                r"sku|_store|_type|_attribute_set|name|title|url_key|url_path|.*_sku|.*_label|(small_)?image|thumbnail|manufacturer", "string", personal=False
            ),
            ColumnFacts(r"price|special_price|minimal_price|msrp|cost|weight|_.*_price", "number"),
            ColumnFacts(r"qty|(min|max)_(sale_)?qty|notify_stock_qty|qty_increments|_.*_qty", "number"),
            ColumnFacts(r"(created|updated)_at|(special|news)_(from|to)_date|custom_design_(from|to)", "timestamp"),
            ColumnFacts(r"status|visibility|tax_class_id|is_in_stock|use_config_.*|backorders|manage_stock|is_.*", "integer"),
        ),
        key=("sku", "_store", "_row"),
        blank_key=True,
        mode="snapshot",
        group_by="sku",
        fill_down=("_attribute_set", "_type"),
        number_rows="_row",
        remarks=(
            "a row without a sku belongs to the product above it and holds further values of it",
            "_row is its position",
        ),
    ),
)
