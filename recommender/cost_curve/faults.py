"""Inject the faults that affect a recommender into a shop's events, under the shop's own column names."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sluice.config import Recommender as Settings
from sluice.domain import Schema
from sluice.faults import KINDS, TRAFFIC, Injection

CRAWLERS, ACCOUNTS, UNKNOWN_ITEMS = 2, 25, 50
DIGITS, LETTERS = "0123456789", "abcdefghijklmnopqrstuvwxyz"
FAULT_KINDS = (
    "redelivery",
    "double_submit",
    "replay",
    "crawler",
    "click_farm",
    "burst",
    "fixed_interval",
    "clock_skew",
    "send_time_stamps",
    "orphan_reference",
    "wrong_user",
    "missing_value",
)
"""Faults in who met which item when; wrong prices or titles cost a recommender of events nothing."""
ADD_EVENTS = ("double_submit", "replay", "crawler", "click_farm", "burst", "fixed_interval")
NEED_TIMES = (*ADD_EVENTS, "clock_skew", "send_time_stamps")


@dataclass(frozen=True, slots=True, eq=False)
class EventFault:
    """Bind one kind of fault to the columns of a dataset.

    Attributes:
        config: Names the columns that the recommender reads.
        schema: The dataset's.
        kind: A name in `sluice.faults`.
    """

    config: Settings
    schema: Schema
    kind: str

    def inject(self, rows: pl.DataFrame, rate: float, seed: int) -> pl.DataFrame:
        """Inject the fault into the rows of a batch.

        Args:
            rows: With `_row_id`.
            rate: Share of the eligible rows, 0 to 1; 0 injects nothing.
            seed: Decides all draws.
        """
        if not rate or rows.is_empty():
            return rows
        inject: Callable[..., Injection | bytes] = {**KINDS, **TRAFFIC}[self.kind].inject
        injection = inject(rows, rate=rate, seed=seed, **self._arguments(rows, np.random.default_rng(seed)))
        if not isinstance(injection, Injection):
            raise TypeError(f"{self.kind} is no fault of rows")
        return injection.rows

    def _arguments(self, rows: pl.DataFrame, rng: np.random.Generator) -> Mapping[str, object]:
        user, item, time = self.config.user, self.config.item, self.config.time
        columns = {"key": self._key, "times": self._times}
        with_item = {**columns, "item": item}
        new_names = functools.partial(self._new_names, rows, rng=rng)
        arguments: Mapping[str, Callable[[], Mapping[str, object]]] = {
            "redelivery": dict,
            "double_submit": lambda: columns,
            "replay": lambda: columns,
            "crawler": lambda: {**with_item, "visitors": new_names(user, CRAWLERS)},
            "click_farm": lambda: {**with_item, "visitors": new_names(user, ACCOUNTS)},
            "burst": lambda: {**columns, "by": user},
            "fixed_interval": lambda: {**columns, "visitors": new_names(user, CRAWLERS)},
            "clock_skew": lambda: {"time": time, "by": user},
            "send_time_stamps": lambda: {"time": time, "by": user},
            "orphan_reference": lambda: {"unknown": new_names(item, UNKNOWN_ITEMS)},
            "wrong_user": lambda: {"column": user},
            "missing_value": lambda: {"column": item},
        }
        return arguments[self.kind]()

    @property
    def _key(self) -> str:
        """Return the key column of an event; kinds that need one are not available without it."""
        return self.schema.key[0] if self.schema.key else ""

    @property
    def _times(self) -> Sequence[str]:
        """Return the time columns, the event's own first."""
        names = [column.name for column in self.schema.columns if column.type == "timestamp" and column.name != self.config.time]
        return (self.config.time, *names)

    def _new_names(self, rows: pl.DataFrame, column: str, count: int, *, rng: np.random.Generator) -> pl.DataFrame:
        """Generate names of the column's form that it does not hold: its values with other digits, or letters where they have none."""
        values = rows[column].drop_nulls().unique().sort().cast(pl.String)
        taken = set(values)
        templates = values.gather(rng.integers(max(values.len(), 1), size=count if values.len() else 0))
        names = [next(_unused_names(template, taken, rng)) for template in templates]
        return pl.DataFrame({column: pl.Series(names, dtype=pl.String).cast(rows.schema[column])})


def available_faults(config: Settings, schema: Schema) -> list[EventFault]:
    """List the faults that fit a dataset: added events need a key of one text column, moved ones timestamps."""
    has_key = len(schema.key) == 1 and schema.dtypes[schema.key[0]] == pl.String()
    has_times = isinstance(schema.dtypes[config.time], pl.Datetime)
    kinds = [kind for kind in FAULT_KINDS if (has_key or kind not in ADD_EVENTS) and (has_times or kind not in NEED_TIMES)]
    return [EventFault(config, schema, kind) for kind in kinds]


def _unused_names(template: str, taken: set[str], rng: np.random.Generator) -> Iterator[str]:
    """Yield the template with other digits; longer names where all of its length are taken."""
    while True:
        for _ in range(20):
            name = "".join(_replace_letter(letter, template, rng) for letter in template)
            if name not in taken and name.strip("0"):
                taken.add(name)
                yield name
        template += "7"


def _replace_letter(letter: str, template: str, rng: np.random.Generator) -> str:
    if letter in DIGITS:
        return DIGITS[int(rng.integers(1, 10))]
    if letter.lower() in LETTERS and not any(character in DIGITS for character in template):
        return LETTERS[int(rng.integers(26))]
    return letter
