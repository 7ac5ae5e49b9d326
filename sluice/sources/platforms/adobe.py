"""Describe data feeds of Adobe Analytics, under the names of column_headers.tsv, which is in their lookup data."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

TABLES = (
    Platform(
        title="an Adobe Analytics data feed",
        headers=(("hitid_high", "hitid_low", "visid_high|post_visid_high"),),
        columns=(
            ColumnFacts(r"hitid_(high|low)|(post_)?visid_(high|low)|visit_num|(post_)?event_list|(post_)?product_list|purchaseid", "string", personal=False),
            ColumnFacts(r"ip|ipv6|user_agent|(geo_)?zip|(post_)?cust_visid|mcvisid|(post_)?page_url|(post_)?referrer|geo_city", "string", personal=True),
            ColumnFacts(r"(cust_)?hit_time_gmt|visit_start_time_gmt|date_time", "timestamp"),
            ColumnFacts(r"t_time_info", "string"),
            ColumnFacts(r"visit_page_num", "integer"),
        ),
        key=("hitid_high", "hitid_low"),
        time=("cust_hit_time_gmt", "hit_time_gmt", "date_time"),
        mode="append",
        remarks=(
            "hits of other days may come late",
            "a price in product_list is the total of its line",
            "months in t_time_info begin with 0",
        ),
    ),
)
