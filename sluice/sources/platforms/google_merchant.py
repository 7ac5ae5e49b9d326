"""Describe product feeds of Google Merchant Center."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

COLUMNS = (
    ColumnFacts(r"(g:)?(id|title|description|link|image[ _]link|brand|condition|availability|color|size|gender|age[ _]group|mpn)", "string", personal=False),
    ColumnFacts(r"(g:)?(gtin|item[ _]group[ _]id|google[ _]product[ _]category|product[ _]type|custom[ _]label[ _]\d|additional[ _]image[ _]link)", "string"),
    ColumnFacts(
        r"(g:)?(sale[ _]price[ _]effective[ _]date|material|pattern|size[ _](type|system)|shipping[ _]label|(promotion|ads|display[ _]ads)[ _].*)", "string"
    ),
    ColumnFacts(r"(g:)?availability[ _]date", "timestamp"),
    ColumnFacts(r"(g:)?(price|sale[ _]price|cost[ _]of[ _]goods[ _]sold)", "number"),
)

TABLES = (
    Platform(
        title="a Google Merchant feed",
        headers=(("(g:)?id", "(g:)?title", "(g:)?link", "(g:)?image[ _]link", "(g:)?availability", "(g:)?price"),),
        columns=COLUMNS,
        key=("(g:)?id",),
        mode="snapshot",
        remarks=(
            "item_group_id names the product of a variant",
            "an 8-digit code among 12-digit ones is a UPC-E, not a GTIN-8",
        ),
    ),
)
