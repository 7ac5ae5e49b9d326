"""The tables of the known kinds of dirt: what each does, and how a gate ought to answer it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sluice.faults import automation as machines
from sluice.faults import behaviour as conduct
from sluice.faults import bots, cells, clocks, files, ids, numbers, prices, volumes
from sluice.faults import duplicates as repeats
from sluice.faults import encodings as text
from sluice.faults.injection import Injection

Answer: TypeAlias = Literal["repair", "quarantine", "flag", "block", "set aside"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of dirt.

    Attributes:
        name: As in the truth's `kind`.
        does: What it does, in words.
        answer: What ought to become of it.
        plant: The function; its keyword arguments are names of columns, `rate` and `seed`. `truncated` takes and gives a file's bytes.
        deterministic: A rule can tell it for certain; otherwise it takes a detector, and some remain.
    """

    name: str
    does: str
    answer: Answer
    inject: Callable[..., Injection | bytes]
    deterministic: bool = True


_ALL = (
    Fault("retry", "an event is delivered again under the same key", "quarantine", repeats.retries),
    Fault("double_fire", "an event is sent twice within two seconds under two keys", "quarantine", repeats.double_fires),
    Fault("crawl", "a bot walks the catalog", "quarantine", bots.crawl, deterministic=False),
    Fault("farm", "fake accounts push some items", "quarantine", bots.farm, deterministic=False),
    Fault("clock_skew", "a session's clock is hours off", "repair", clocks.skew),
    Fault("future", "an event is dated days ahead", "repair", clocks.future),
    Fault("orphan", "an event names an item that the catalog does not hold", "quarantine", ids.orphans),
    Fault("wrong_user", "an event stands on somebody else's account", "flag", ids.wrong_user, deterministic=False),
    Fault("price_scale", "a price is a hundred times too large", "repair", numbers.price_scale),
    Fault("wrong_currency", "a price bears another currency", "repair", numbers.wrong_currency),
    Fault("negative_quantity", "a quantity is below zero", "quarantine", numbers.negative_quantity),
    Fault("decimal_comma", "a number is written 1.234,50", "repair", numbers.decimal_comma),
    Fault("unit_change", "a column comes in another unit", "repair", numbers.unit_change),
    Fault("missing", "a cell is empty", "repair", cells.missing),
    Fault("typo", "a text is misspelt", "repair", cells.typos, deterministic=False),
    Fault("moved", "the cells of two columns changed places", "repair", cells.moved, deterministic=False),
    Fault("mojibake", "a text was read in the wrong encoding", "repair", text.mojibake),
    Fault("entities", "a text is escaped for HTML", "repair", text.entities),
    Fault("twin", "a product is listed under two ids", "quarantine", repeats.twins, deterministic=False),
    Fault("column_gone", "a file lacks a column", "block", files.column_gone),
    Fault("truncated", "a file breaks off", "set aside", files.truncated),
)

_TRAFFIC = (
    Fault("replay", "a block of events is sent again later under new keys", "quarantine", machines.replay, deterministic=False),
    Fault("burst", "one user, address or item is hammered within a minute", "quarantine", machines.burst, deterministic=False),
    Fault("timer", "a bot acts at a fixed beat, no faster than people", "flag", machines.timer, deterministic=False),
    Fault("impossible", "somebody buys what they never looked at", "flag", conduct.impossible, deterministic=False),
    Fault("funnel", "all who look at a thing buy it, or none of very many", "flag", conduct.funnel, deterministic=False),
    Fault("stamped", "a session's events bear the second in which they were sent", "flag", clocks.stamped, deterministic=False),
    Fault("foreign_price", "a price is that of another day or item", "flag", prices.foreign_price, deterministic=False),
    Fault("odd_session", "a session goes on as no person's does", "flag", conduct.odd_session, deterministic=False),
    Fault("hour_doubled", "an hour has twice its events", "flag", volumes.hour_doubled, deterministic=False),
    Fault("hour_lost", "an hour has no events", "flag", volumes.hour_lost, deterministic=False),
)

KINDS: Mapping[str, Fault] = {each.name: each for each in _ALL}
"""The kinds that the demo shop plants."""

TRAFFIC: Mapping[str, Fault] = {each.name: each for each in _TRAFFIC}
"""More kinds of odd traffic, on which detectors are measured."""
