"""List the known kinds of faults: what each does, and the answer that a gate should give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sluice.faults import automation, behaviour, bots, cells, clocks, duplicates, encodings, files, ids, numbers, prices, volumes
from sluice.faults.injection import Injection

Answer: TypeAlias = Literal["repair", "quarantine", "flag", "block", "fail"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Describe one kind of fault.

    Attributes:
        name: Name of the kind, as in the column `kind` of the truth.
        description: What the fault does, in words.
        answer: Answer that a gate should give.
        inject: Function that injects it; its keyword arguments are column names, `rate` and `seed`. `truncate` takes and returns a file's bytes.
        deterministic: Whether a rule recognises every case; otherwise a detector finds most of them.
    """

    name: str
    description: str
    answer: Answer
    inject: Callable[..., Injection | bytes]
    deterministic: bool = True


_ALL = (
    Fault("redelivery", "an event is delivered again under the same key", "quarantine", duplicates.redeliver),
    Fault("double_submit", "an event is sent twice within two seconds under two keys", "quarantine", duplicates.submit_twice),
    Fault("crawler", "a bot requests one item after the other", "quarantine", bots.add_crawlers, deterministic=False),
    Fault("click_farm", "fake accounts push some items", "quarantine", bots.add_click_farm, deterministic=False),
    Fault("clock_skew", "the clock of a session is hours off", "repair", clocks.skew_clocks),
    Fault("future_timestamp", "an event is dated days ahead", "repair", clocks.date_ahead),
    Fault("orphan_reference", "an event names an item that is not in the catalog", "quarantine", ids.orphan_references),
    Fault("wrong_user", "an event is recorded on another user's account", "flag", ids.swap_users, deterministic=False),
    Fault("price_scale", "a price is a hundred times too large", "repair", numbers.scale_prices),
    Fault("wrong_currency", "a price has another currency", "repair", numbers.change_currency),
    Fault("negative_quantity", "a quantity is below zero", "quarantine", numbers.negate_quantities),
    Fault("decimal_comma", "a number is written 1.234,50", "repair", numbers.write_decimal_commas),
    Fault("unit_change", "a column comes in another unit", "repair", numbers.change_unit),
    Fault("missing_value", "a cell is empty", "repair", cells.drop_values),
    Fault("typo", "a text is misspelt", "repair", cells.misspell, deterministic=False),
    Fault("swapped_columns", "two cells of a row changed places", "repair", cells.swap_columns, deterministic=False),
    Fault("mojibake", "a text was decoded with the wrong encoding", "repair", encodings.garble),
    Fault("html_entities", "a text is escaped for HTML", "repair", encodings.escape_html),
    Fault("duplicate_product", "a product is listed under two ids", "quarantine", duplicates.relist, deterministic=False),
    Fault("missing_column", "a file lacks a column", "block", files.drop_column),
    Fault("truncated_file", "a file ends too early", "fail", files.truncate),
)

_TRAFFIC = (
    Fault("replay", "a block of events is sent again later under new keys", "quarantine", automation.replay, deterministic=False),
    Fault("burst", "one user, address or item has very many events within a minute", "quarantine", automation.add_bursts, deterministic=False),
    Fault("fixed_interval", "a bot acts at a fixed interval, no faster than people", "flag", automation.add_timed_bots, deterministic=False),
    Fault("purchase_without_view", "a user buys an item that they never viewed", "flag", behaviour.buy_unseen, deterministic=False),
    Fault("funnel_anomaly", "all who view an item buy it, or none of very many", "flag", behaviour.distort_funnel, deterministic=False),
    Fault("send_time_stamps", "the events of a session carry the second in which they were sent", "flag", clocks.stamp_when_sent, deterministic=False),
    Fault("stale_price", "a price is that of another day or item", "flag", prices.reuse_prices, deterministic=False),
    Fault("session_anomaly", "a session is unlike that of any person", "flag", behaviour.add_odd_sessions, deterministic=False),
    Fault("doubled_hour", "an hour has twice its events", "flag", volumes.double_hours, deterministic=False),
    Fault("missing_hour", "an hour has no events", "flag", volumes.drop_hours, deterministic=False),
)

KINDS: Mapping[str, Fault] = {fault.name: fault for fault in _ALL}
"""Kinds of faults that the demo shop injects, by name."""

TRAFFIC: Mapping[str, Fault] = {fault.name: fault for fault in _TRAFFIC}
"""Kinds of anomalous traffic on which detectors are measured, by name."""
