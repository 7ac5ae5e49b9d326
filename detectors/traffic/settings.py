"""Configure traffic detection."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

import polars as pl

from detectors.traffic.events import TrafficEvents
from detectors.traffic.patterns import PATTERNS, DetectionParameters, TrafficPattern
from detectors.traffic.state import TrafficState
from sluice.config import Duration
from sluice.domain import ROW, Message, OnFail, Schema, Severity
from sluice.errors import InvalidValue
from sluice.messages import make_error

ROLES = ("user", "item", "time", "kind", "session", "ip", "agent", "country", "received", "since", "price", "quantity")
SETTINGS = {
    role: {"agent": "user_agent", "received": "received_time", "since": "signup_time"}.get(role, role) for role in ROLES
}  # that name the column of a role


@dataclass(frozen=True)
class TrafficSettings:
    """Name the columns and the limits of traffic detection.

    Attributes:
        schema: Schema of the dataset (filled in by the program).
        user: Column of the visitor id.
        item: Column of the item id.
        time: Column of the event time; empty: the time column of the dataset.
        kind: Column of the kind of event; empty where there is none, as for all columns that follow.
        session: Column of the session id.
        ip: Column of the IP address; nothing of it is stored.
        user_agent: Column of the user agent.
        country: Column of the country.
        received_time: Column of the time at which the server received the event.
        signup_time: Column of the time since which the visitor is known, such as the date of signing up.
        price: Column of the price.
        quantity: Column of the quantity.
        dataset: Dataset of the valid prices, such as the catalog.
        key: Column of the item id there; empty: the same as in the events.
        reference_column: Column of the price there; empty: the same as in the events.
        patterns: Patterns to detect; empty: all whose columns are configured.
        significance_level: Probability that a pattern flags anything (a visitor, an item, an hour) in a batch by chance, 0 to 1.
        min_similarity: Smallest Jaccard similarity of the items of two accounts of one click farm, 0 to 1; two thirds of it among items that known
            visitors hardly act on.
        min_group_size: Smallest number of accounts of a click farm.
        min_items: Smallest number of different items that an account of a click farm acts on.
        min_rows: Smallest number of accepted rows to learn from.
        lookback: How far back a full fit reads.
        severity: Severity of the verdicts.
        on_fail: What happens to rows of crawlers, click farms, replays and bursts; the other patterns are weaker evidence and only flag.
    """

    schema: Schema
    user: str = "user_id"
    item: str = "item_id"
    time: str = ""
    kind: str = ""
    session: str = ""
    ip: str = ""
    user_agent: str = ""
    country: str = ""
    received_time: str = ""
    signup_time: str = ""
    price: str = ""
    quantity: str = ""
    dataset: str = ""
    key: str = ""
    reference_column: str = ""
    patterns: tuple[str, ...] = ()
    significance_level: float = 0.001
    min_similarity: float = 0.6
    min_group_size: int = 5
    min_items: int = 3
    min_rows: int = 5000
    lookback: Duration = timedelta(days=28)
    severity: Severity = "warning"
    on_fail: OnFail = "quarantine"

    def __post_init__(self) -> None:
        """Check the settings against the schema."""
        if unknown := [name for name in self.columns.values() if name not in self.schema.names]:
            raise make_error(InvalidValue, "traffic_undeclared", settings=tuple(SETTINGS.values()), names=tuple(unknown), columns=tuple(self.schema.names))
        if "time" not in self.columns:
            raise make_error(InvalidValue, "event_time_unnamed")
        if not 0 < self.min_similarity <= 1 or not 0 < self.significance_level < 1:
            raise make_error(InvalidValue, "traffic_shares_unfit")
        if unknown := [name for name in self.patterns if name not in PATTERNS]:
            raise make_error(InvalidValue, "traffic_pattern_unknown", patterns=tuple(PATTERNS), names=tuple(unknown))
        if blind := [
            Message.of("pattern_needs", pattern=name, columns=tuple(self.lacking(PATTERNS[name]))) for name in self.patterns if self.lacking(PATTERNS[name])
        ]:
            raise make_error(InvalidValue, "traffic_columns_unnamed", patterns=tuple(blind))

    @property
    def name(self) -> str:
        """Names the line of its models."""
        return f"{self.schema.dataset}.traffic"

    def odd(self, visits: pl.DataFrame, state: TrafficState, parameters: DetectionParameters) -> pl.Series:
        """Return the ids of the events that any pattern finds."""
        able = [pattern for pattern in self.looked_for if not self.absent(pattern, visits) and pattern.name != "hourly_volume"]
        return pl.concat([pl.Series(ROW, [], dtype=pl.String), *(pattern.find(visits, state, parameters)[ROW] for pattern in able)]).unique()

    def visits(self, rows: pl.DataFrame) -> TrafficEvents:
        """Read rows as visits."""
        return TrafficEvents.of(rows, self.columns)

    def settings_as_json(self) -> dict[str, Any]:
        """Return all settings but the schema, as JSON values."""
        every = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "schema"}
        return {name: value.total_seconds() if isinstance(value, timedelta) else value for name, value in every.items()}

    def lacking(self, pattern: TrafficPattern) -> list[str]:
        """Return the roles that a pattern needs and no setting names."""
        catalog = ["dataset"] if pattern.name == "price_mismatch" and not self.dataset else []
        return [role for role in pattern.needs if role not in self.columns] + catalog

    def absent(self, pattern: TrafficPattern, visits: pl.DataFrame) -> list[str]:
        """Return the columns that a pattern needs and a batch does not have."""
        return [self.columns[role] for role in pattern.needs if role not in visits.columns]

    @property
    def looked_for(self) -> list[TrafficPattern]:
        """Return the patterns to look for."""
        return [pattern for name, pattern in PATTERNS.items() if name in (self.patterns or PATTERNS) and not self.lacking(pattern)]

    @property
    def columns(self) -> dict[str, str]:
        """Return the column of each configured role."""
        named = {role: getattr(self, setting) for role, setting in SETTINGS.items()} | {"time": self.time or self.schema.time or ""}
        return {role: name for role, name in named.items() if name}
