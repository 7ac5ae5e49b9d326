"""The tables of the known kinds of dirt: what each does, and how a gate ought to answer it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sluice.defects import bots, cells, clocks, conduct, files, ids, machines, numbers, prices, repeats, text, volumes
from sluice.defects.planted import Planted

Answer: TypeAlias = Literal["repair", "quarantine", "flag", "block", "set aside"]


@dataclass(frozen=True, slots=True)
class Defect:
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
    plant: Callable[..., Planted | bytes]
    deterministic: bool = True


_ALL = (
    Defect("retry", "an event is delivered again under the same key", "quarantine", repeats.retries),
    Defect("double_fire", "an event is sent twice within two seconds under two keys", "quarantine", repeats.double_fires),
    Defect("crawl", "a bot walks the catalog", "quarantine", bots.crawl, deterministic=False),
    Defect("farm", "fake accounts push some items", "quarantine", bots.farm, deterministic=False),
    Defect("clock_skew", "a session's clock is hours off", "repair", clocks.skew),
    Defect("future", "an event is dated days ahead", "repair", clocks.future),
    Defect("orphan", "an event names an item that the catalog does not hold", "quarantine", ids.orphans),
    Defect("wrong_user", "an event stands on somebody else's account", "flag", ids.wrong_user, deterministic=False),
    Defect("price_scale", "a price is a hundred times too large", "repair", numbers.price_scale),
    Defect("wrong_currency", "a price bears another currency", "repair", numbers.wrong_currency),
    Defect("negative_quantity", "a quantity is below zero", "quarantine", numbers.negative_quantity),
    Defect("decimal_comma", "a number is written 1.234,50", "repair", numbers.decimal_comma),
    Defect("unit_change", "a column comes in another unit", "repair", numbers.unit_change),
    Defect("missing", "a cell is empty", "repair", cells.missing),
    Defect("typo", "a text is misspelt", "repair", cells.typos, deterministic=False),
    Defect("moved", "the cells of two columns changed places", "repair", cells.moved, deterministic=False),
    Defect("mojibake", "a text was read in the wrong encoding", "repair", text.mojibake),
    Defect("entities", "a text is escaped for HTML", "repair", text.entities),
    Defect("twin", "a product is listed under two ids", "quarantine", repeats.twins, deterministic=False),
    Defect("column_gone", "a file lacks a column", "block", files.column_gone),
    Defect("truncated", "a file breaks off", "set aside", files.truncated),
)

_TRAFFIC = (
    Defect("replay", "a block of events is sent again later under new keys", "quarantine", machines.replay, deterministic=False),
    Defect("burst", "one user, address or item is hammered within a minute", "quarantine", machines.burst, deterministic=False),
    Defect("timer", "a bot acts at a fixed beat, no faster than people", "flag", machines.timer, deterministic=False),
    Defect("impossible", "somebody buys what they never looked at", "flag", conduct.impossible, deterministic=False),
    Defect("funnel", "all who look at a thing buy it, or none of very many", "flag", conduct.funnel, deterministic=False),
    Defect("stamped", "a session's events bear the second in which they were sent", "flag", clocks.stamped, deterministic=False),
    Defect("foreign_price", "a price is that of another day or item", "flag", prices.foreign_price, deterministic=False),
    Defect("odd_session", "a session goes on as no person's does", "flag", conduct.odd_session, deterministic=False),
    Defect("hour_doubled", "an hour has twice its events", "flag", volumes.hour_doubled, deterministic=False),
    Defect("hour_lost", "an hour has no events", "flag", volumes.hour_lost, deterministic=False),
)

KINDS: Mapping[str, Defect] = {each.name: each for each in _ALL}
"""The kinds that the demo shop plants."""

TRAFFIC: Mapping[str, Defect] = {each.name: each for each in _TRAFFIC}
"""More kinds of odd traffic, on which detectors are measured."""
