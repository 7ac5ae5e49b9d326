"""Describe enriched events of Snowplow: with a header, as JSON lines, or as TSV without header, in the order of its table atomic.events."""

from __future__ import annotations

import polars as pl

from sluice.sources.platforms.platform import ColumnFacts, Platform

_NAMES = tuple(
    """
    app_id platform etl_tstamp collector_tstamp dvce_created_tstamp event event_id txn_id name_tracker v_tracker v_collector v_etl
    user_id user_ipaddress user_fingerprint domain_userid domain_sessionidx network_userid
    geo_country geo_region geo_city geo_zipcode geo_latitude geo_longitude geo_region_name ip_isp ip_organization ip_domain ip_netspeed
    page_url page_title page_referrer page_urlscheme page_urlhost page_urlport page_urlpath page_urlquery page_urlfragment
    refr_urlscheme refr_urlhost refr_urlport refr_urlpath refr_urlquery refr_urlfragment refr_medium refr_source refr_term
    mkt_medium mkt_source mkt_term mkt_content mkt_campaign contexts se_category se_action se_label se_property se_value unstruct_event
    tr_orderid tr_affiliation tr_total tr_tax tr_shipping tr_city tr_state tr_country ti_orderid ti_sku ti_name ti_category ti_price ti_quantity
    pp_xoffset_min pp_xoffset_max pp_yoffset_min pp_yoffset_max useragent br_name br_family br_version br_type br_renderengine br_lang
    br_features_pdf br_features_flash br_features_java br_features_director br_features_quicktime br_features_realplayer br_features_windowsmedia
    br_features_gears br_features_silverlight br_cookies br_colordepth br_viewwidth br_viewheight os_name os_family os_manufacturer os_timezone
    dvce_type dvce_ismobile dvce_screenwidth dvce_screenheight doc_charset doc_width doc_height
    tr_currency tr_total_base tr_tax_base tr_shipping_base ti_currency ti_price_base base_currency geo_timezone mkt_clickid mkt_network etl_tags
    dvce_sent_tstamp refr_domain_userid refr_dvce_tstamp derived_contexts domain_sessionid derived_tstamp
    event_vendor event_name event_format event_version event_fingerprint true_tstamp
    """.split()  # noqa: SIM905  # 131 names, a line each would hide what follows
)
_EVENT_ID = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_TIME = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"


def _are_events(frame: pl.DataFrame) -> bool:
    """Return True where rows have the columns of a header's names, or of their positions an event's id and the collector's time."""
    if frame.width != len(_NAMES) or "event_id" in {name.strip().lower() for name in frame.columns}:
        return True  # they have a header, whose names decide
    ids, times = (frame.to_series(_NAMES.index(name)).drop_nulls() for name in ("event_id", "collector_tstamp"))
    return ids.len() > 0 and bool(ids.str.contains(_EVENT_ID).all()) and times.len() > 0 and bool(times.str.contains(_TIME).all())


TABLES = (
    Platform(
        title="Snowplow's enriched events",
        headers=(("app_id", "collector_tstamp", "event_id", "domain_userid"),),
        matches=_are_events,
        names=_NAMES,
        columns=(
            ColumnFacts(r"(etl|collector|dvce_created|dvce_sent|derived|true|refr_(dvce|device))_tstamp", "timestamp", personal=False),
            ColumnFacts(
                r"user_id|user_ipaddress|domain_userid|network_userid|user_fingerprint|geo_.*|ip_.*|page_url|useragent|refr_.*|page_referrer", personal=True
            ),
            ColumnFacts(
                r"event_id|txn_id|app_id|platform|event|event_name|event_vendor|event_fingerprint|domain_sessionid|tr_orderid|ti_orderid|ti_sku",
                "string",
                personal=False,
            ),
            ColumnFacts(r"(tr|ti)_(total|tax|shipping|price)(_base)?|se_value", "number"),
            ColumnFacts(r"br_features_.*|br_cookies|dvce_ismobile", "boolean"),
            ColumnFacts(r"contexts|unstruct_event|derived_contexts", "string"),
        ),
        key=("event_id",),
        time=("derived_tstamp", "collector_tstamp"),
        mode="append",
        explode=False,
        zone="UTC",
        remarks=(
            "events are delivered at least once",
            "etl_tstamp is the time of the enrichment, dvce_created_tstamp that of the device",
        ),
    ),
)
