"""Describe the catalog export of Magento 2 and Adobe Commerce: a row for each product and, with the differing cells alone, for each store view."""

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
        note="a row with a store_view_code holds the cells that differ in that view alone; parents may have neither price nor quantity",
    ),
)
