"""Describe the Retailrocket set: events, and versions of properties of items."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

_COLUMNS = (
    ColumnFacts("timestamp", "timestamp"),
    ColumnFacts("visitorid|itemid|transactionid|event|property|value|categoryid|parentid", "string", personal=False),
)

TABLES = (
    Platform(
        title="Retailrocket's events",
        headers=(("timestamp", "visitorid", "event", "itemid", "transactionid"),),
        columns=_COLUMNS,
        no_key=True,
        time=("timestamp",),
        mode="append",
        remarks=("several rows of one transactionid are several items",),
    ),
    Platform(
        title="Retailrocket's item properties",
        headers=(("timestamp", "itemid", "property", "value"),),
        columns=_COLUMNS,
        key=("itemid", "property", "timestamp"),
        time=("timestamp",),
        mode="append",
        remarks=("each row is the value of a property from a time on",),
    ),
)
