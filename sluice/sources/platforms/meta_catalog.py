"""Describe catalogs of Meta (Facebook, Instagram): columns of a Google Merchant feed, and some of its own."""

from __future__ import annotations

from sluice.sources.platforms.google_merchant import COLUMNS
from sluice.sources.platforms.platform import Platform

_OWN = "fb_product_category|quantity_to_sell_on_facebook|internal_label|is_woo_all_products_sync|rich_text_description|inventory|status|default_product|variant"

TABLES = (
    Platform(
        title="a Meta catalog",
        headers=(("id", "title", "availability", "price", "image_link", "link", _OWN),),
        columns=COLUMNS,
        key=("id",),
        mode="snapshot",
        remarks=("item_group_id names the product of a variant",),
    ),
)
