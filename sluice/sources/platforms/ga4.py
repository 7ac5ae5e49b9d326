"""Describe the event export of Google Analytics 4 to BigQuery."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

TABLES = (
    Platform(
        title="a GA4 export of BigQuery",
        headers=(("event_date", "event_timestamp", "event_name", "user_pseudo_id"),),
        columns=(
            ColumnFacts(r"event_date", "date", personal=False),
            ColumnFacts(r"event_timestamp|event_previous_timestamp|user_first_touch_timestamp", "timestamp", personal=False),
            ColumnFacts(r"user_id|user_pseudo_id|device_advertising_id|device_vendor_id", "string", personal=True),
            ColumnFacts(r"geo_(city|region|metro)|page_location|page_referrer|user_properties.*", "string", personal=True),
            ColumnFacts(r"ga_session_id|ecommerce_transaction_id|transaction_id|item_id|stream_id|event_bundle_sequence_id", "string", personal=False),
            ColumnFacts(r"(items_)?price|quantity|.*_(revenue|value)(_in_usd)?|item_(revenue|refund)(_in_usd)?|price_in_usd", "number"),
            ColumnFacts(r"items_position|ga_session_number|batch_event_index|engagement_time_msec", "integer"),
        ),
        key=("event_bundle_sequence_id|batch_event_index", "user_pseudo_id", "event_timestamp", "event_name", "batch_(page|ordering)_id", "items_position"),
        blank_key=True,
        no_key=True,
        empty=("(not set)",),
        time=("event_timestamp",),
        mode="append",
        on_change="replace",
        remarks=(
            "days are written again for up to three days",
            "price is for a unit, item_revenue a total",
            "read either the daily or the intraday tables",
        ),
    ),
)
