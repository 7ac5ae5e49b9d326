"""Describe enriched events of Snowplow, with a header or as JSON lines."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

TABLES = (
    Platform(
        title="Snowplow's enriched events",
        headers=(("app_id", "collector_tstamp", "event_id", "domain_userid"),),
        columns=(
            ColumnFacts(r"(etl|collector|dvce_created|dvce_sent|derived|true|refr_dvce)_tstamp", "timestamp", personal=False),
            ColumnFacts(
                r"user_id|user_ipaddress|domain_userid|network_userid|user_fingerprint|geo_.*|ip_.*|page_url|useragent|refr_.*|page_referrer", personal=True
            ),
            ColumnFacts(
                r"event_id|txn_id|app_id|platform|event|event_name|event_vendor|event_fingerprint|domain_sessionid|tr_orderid|ti_orderid|ti_sku",
                "string",
                personal=False,
            ),
            ColumnFacts(r"(tr|ti)_(total|tax|shipping|price)(_base)?|se_value", "number"),
        ),
        key=("event_id",),
        time=("derived_tstamp", "collector_tstamp"),
        mode="append",
        zone="UTC",
        note="events are delivered at least once; etl_tstamp is the time of the enrichment, dvce_created_tstamp that of the device",
    ),
)
