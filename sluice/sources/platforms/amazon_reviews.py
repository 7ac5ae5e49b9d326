"""Describe Amazon Reviews 2023: reviews, and metadata of items."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

_IDS = ColumnFacts(r"asin|parent_asin|user_id|main_category|store", "string", personal=False)

TABLES = (
    Platform(
        title="reviews of Amazon Reviews 2023",
        headers=(("rating", "parent_asin", "user_id", "timestamp"),),
        columns=(
            _IDS,
            ColumnFacts(r"rating", "number"),
            ColumnFacts(r"title|text", "string"),
            ColumnFacts(r"timestamp", "timestamp"),
            ColumnFacts(r"helpful_vote", "integer"),
            ColumnFacts(r"verified_purchase", "boolean"),
        ),
        no_key=True,
        time=("timestamp",),
        mode="append",
        remarks=(
            "parent_asin names the item",
            "some items have no metadata",
        ),
    ),
    Platform(
        title="items of Amazon Reviews 2023",
        headers=(("parent_asin", "main_category", "average_rating", "rating_number"),),
        columns=(
            _IDS,
            ColumnFacts(r"average_rating|price", "number", empty=("None", "—")),
            ColumnFacts(r"rating_number", "integer"),
            ColumnFacts(r"title", "string"),
        ),
        key=("parent_asin",),
        mode="snapshot",
    ),
)
