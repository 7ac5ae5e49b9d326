"""Describe product feeds of Heureka, which Zboží.cz and Glami read too."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

TABLES = (
    Platform(
        title="a Heureka product feed",
        headers=(("item_id", "productname", "url", "price_vat"),),
        columns=(
            ColumnFacts(r"item_id|itemgroup_id|ean|isbn|productno|item_type|delivery_date", "string", personal=False),  # days, or the date of the first sale
            ColumnFacts(r"product(name(_ext)?)?|description|manufacturer|categorytext|(img|video_)?url(_.*)?|imgurl_alternative", "string", personal=False),
            ColumnFacts(r"accessory|gift(_id)?|special_service|extended_warranty(_.*)?|sales_voucher(_.*)?|dues|condition(_.*)?", "string", personal=False),
            ColumnFacts(r"price(_vat)?|heureka_cpc|max_cpc(_search)?|delivery_price(_cod)?", "number"),
        ),
        key=("item_id",),
        mode="snapshot",
        explode=False,  # parameters and deliveries are lists of a product
        remarks=(
            "ITEMGROUP_ID names the product of a variant",
            "PRICE_VAT includes VAT",
            "DELIVERY_DATE is a number of days (0: in stock) or the first day of sale",
        ),
    ),
)
