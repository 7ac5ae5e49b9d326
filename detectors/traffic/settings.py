"""What is said of traffic in the configuration."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

import polars as pl

from detectors.traffic.events import TrafficEvents
from detectors.traffic.patterns import PATTERNS, DetectionParameters, TrafficPattern
from detectors.traffic.state import TrafficState
from sluice.config import Duration
from sluice.domain import ROW, OnFail, Schema, Severity

ROLES = ("user", "item", "time", "kind", "session", "ip", "agent", "country", "received", "since", "price", "quantity")


@dataclass(frozen=True)
class TrafficSettings:
    """Which columns tell what, and how sure a finding must be.

    Attributes:
        schema: The dataset (filled in by the program).
        user: The column that names the visitor.
        item: The column that names what was looked at.
        time: The column that says when; empty: the dataset's own time column.
        kind: The column that says what was done; as for all that follow, empty where there is none.
        session: The column that names a session.
        ip: The column with the address; nothing of it is kept.
        agent: The column with the user agent.
        country: The column with the country.
        received: The column that says when the server heard of it.
        since: The column that says since when the visitor is known, such as the date of signing up.
        price: The column with the price.
        quantity: The column with how many.
        dataset: The dataset whose prices are those to be paid, such as the catalog.
        by: Its column that names the item; empty: as in the events.
        reference: Its column with the price; empty: as in the events.
        ways: The ways to look for; empty: all whose columns are named.
        chance: How likely one thing (a visitor, an item, an hour, …) may be found by chance in a batch, by each way.
        similarity: How equal the items of two accounts must be to belong to one farm (Jaccard, 0 to 1).
        group: The fewest accounts of a farm.
        items: The fewest different items that an account of a farm acts on.
        needs: The fewest accepted rows to learn from.
        horizon: How far back a whole fit reads.
        severity: Who is told.
        on_fail: What happens to a row of a crawl, farm, replay or burst; what the other ways find is only flagged, for it is weaker proof.
    """

    schema: Schema
    user: str = "user_id"
    item: str = "item_id"
    time: str = ""
    kind: str = ""
    session: str = ""
    ip: str = ""
    agent: str = ""
    country: str = ""
    received: str = ""
    since: str = ""
    price: str = ""
    quantity: str = ""
    dataset: str = ""
    by: str = ""
    reference: str = ""
    ways: tuple[str, ...] = ()
    chance: float = 0.001
    similarity: float = 0.6
    group: int = 5
    items: int = 3
    needs: int = 5000
    horizon: Duration = timedelta(days=28)
    severity: Severity = "warning"
    on_fail: OnFail = "quarantine"

    def __post_init__(self) -> None:
        """Check the settings against the schema."""
        if unknown := [name for name in self.columns.values() if name not in self.schema.names]:
            raise ValueError(f"{', '.join(ROLES)} must name declared columns; {', '.join(unknown)} is not one of {', '.join(self.schema.names)}")
        if "time" not in self.columns:
            raise ValueError("time must name the column that says when an event happened")
        if not 0 < self.similarity <= 1 or not 0 < self.chance < 1:
            raise ValueError("similarity and chance are shares between 0 and 1")
        if unknown := [name for name in self.ways if name not in PATTERNS]:
            raise ValueError(f"ways are {', '.join(PATTERNS)}; {', '.join(unknown)} is none")
        if blind := [f"{name} needs {', '.join(self.lacking(PATTERNS[name]))}" for name in self.ways if self.lacking(PATTERNS[name])]:
            raise ValueError(f"columns must be named for each of the ways: {'; '.join(blind)}")

    @property
    def name(self) -> str:
        """Names the line of its models."""
        return f"{self.schema.dataset}.traffic"

    def odd(self, visits: pl.DataFrame, state: TrafficState, asked: DetectionParameters) -> pl.Series:
        """The ids of the events that any way finds."""
        able = [way for way in self.looked_for if not self.absent(way, visits) and way.name != "mix"]
        return pl.concat([pl.Series(ROW, [], dtype=pl.String), *(way.find(visits, state, asked)[ROW] for way in able)]).unique()

    def visits(self, rows: pl.DataFrame) -> TrafficEvents:
        """The rows as visits."""
        return TrafficEvents.of(rows, self.columns)

    def told(self) -> dict[str, Any]:
        """All but the schema, as JSON knows them."""
        every = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "schema"}
        return {name: value.total_seconds() if isinstance(value, timedelta) else value for name, value in every.items()}

    def lacking(self, way: TrafficPattern) -> list[str]:
        """What is not named that a way needs."""
        catalog = ["dataset"] if way.name == "price" and not self.dataset else []
        return [role for role in way.needs if role not in self.columns] + catalog

    def absent(self, way: TrafficPattern, visits: pl.DataFrame) -> list[str]:
        """The columns that a way needs and a batch does not have."""
        return [self.columns[role] for role in way.needs if role not in visits.columns]

    @property
    def looked_for(self) -> list[TrafficPattern]:
        """The ways that are looked for."""
        return [way for name, way in PATTERNS.items() if name in (self.ways or PATTERNS) and not self.lacking(way)]

    @property
    def columns(self) -> dict[str, str]:
        """The column of each role that is named."""
        named = {role: getattr(self, role) for role in ROLES} | {"time": self.time or self.schema.time or ""}
        return {role: name for role, name in named.items() if name}
