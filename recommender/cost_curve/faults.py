"""The known kinds of dirt that reach a recommender, planted under a shop's own column names."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sluice.config import Recommender
from sluice.domain import Schema
from sluice.faults import KINDS, TRAFFIC, Injection

CRAWLERS, ACCOUNTS, STRANGERS = 2, 25, 50
DIGITS, LETTERS = "0123456789", "abcdefghijklmnopqrstuvwxyz"
KNOWN = (
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
"""What spoils who met which item when; a wrong price or title is judged by its own rules, and costs a recommender of events nothing."""
ADDING = ("double_submit", "replay", "crawler", "click_farm", "burst", "fixed_interval")
MOVING = (*ADDING, "clock_skew", "send_time_stamps")


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """One kind of dirt with the columns of a dataset.

    Attributes:
        config: Names the columns that the recommender reads.
        schema: The dataset's.
        kind: A name in `sluice.faults`.
    """

    config: Recommender
    schema: Schema
    kind: str

    def inject(self, rows: pl.DataFrame, rate: float, seed: int) -> pl.DataFrame:
        """The rows of a batch with so much of it.

        Args:
            rows: With `_row_id`.
            rate: Share of the eligible rows, 0 to 1; 0 plants nothing.
            seed: Decides all draws.
        """
        if not rate or rows.is_empty():
            return rows
        inject: Callable[..., Injection | bytes] = {**KINDS, **TRAFFIC}[self.kind].inject
        made = inject(rows, rate=rate, seed=seed, **self._settings(rows, np.random.default_rng(seed)))
        if not isinstance(made, Injection):
            raise TypeError(f"{self.kind} is no defect of rows")
        return made.rows

    def _settings(self, rows: pl.DataFrame, rng: np.random.Generator) -> Mapping[str, object]:
        user, item, time = self.config.user, self.config.item, self.config.time
        sent = {"key": self._key, "times": self._times}
        people = {**sent, "item": item}
        like = functools.partial(self._like, rows, rng=rng)
        settings: Mapping[str, Callable[[], Mapping[str, object]]] = {
            "redelivery": dict,
            "double_submit": lambda: sent,
            "replay": lambda: sent,
            "crawler": lambda: {**people, "visitors": like(user, CRAWLERS)},
            "click_farm": lambda: {**people, "visitors": like(user, ACCOUNTS)},
            "burst": lambda: {**sent, "by": user},
            "fixed_interval": lambda: {**sent, "visitors": like(user, CRAWLERS)},
            "clock_skew": lambda: {"time": time, "by": user},
            "send_time_stamps": lambda: {"time": time, "by": user},
            "orphan_reference": lambda: {"unknown": like(item, STRANGERS)},
            "wrong_user": lambda: {"column": user},
            "missing_value": lambda: {"column": item},
        }
        return settings[self.kind]()

    @property
    def _key(self) -> str:
        """The column that names an event; without one, no kind is planted that needs it."""
        return self.schema.key[0] if self.schema.key else ""

    @property
    def _times(self) -> Sequence[str]:
        """The columns with times, the event's own first."""
        others = [column.name for column in self.schema.columns if column.type == "timestamp" and column.name != self.config.time]
        return (self.config.time, *others)

    def _like(self, rows: pl.DataFrame, column: str, count: int, *, rng: np.random.Generator) -> pl.DataFrame:
        """Names of the same form that nobody bears: some of the column's own with other digits, or letters where they have none."""
        names = rows[column].drop_nulls().unique().sort().cast(pl.String)
        known = set(names)
        drawn = names.gather(rng.integers(max(names.len(), 1), size=count if names.len() else 0))
        made = [next(_unknown(name, known, rng)) for name in drawn]
        return pl.DataFrame({column: pl.Series(made, dtype=pl.String).cast(rows.schema[column])})


def faults(config: Recommender, schema: Schema) -> list[Fault]:
    """Every kind that can be planted into a dataset: what adds events needs a key of one column of text, what moves them a time of day."""
    keyed = len(schema.key) == 1 and schema.dtypes[schema.key[0]] == pl.String()
    timed = isinstance(schema.dtypes[config.time], pl.Datetime)
    return [Fault(config, schema, kind) for kind in KNOWN if (keyed or kind not in ADDING) and (timed or kind not in MOVING)]


def _unknown(name: str, known: set[str], rng: np.random.Generator) -> Iterator[str]:
    """The name with other digits; where those that are as long are all taken, with more of them."""
    while True:
        for _ in range(20):
            made = "".join(_other(letter, name, rng) for letter in name)
            if made not in known and made.strip("0"):
                known.add(made)
                yield made
        name += "7"


def _other(letter: str, name: str, rng: np.random.Generator) -> str:
    if letter in DIGITS:
        return DIGITS[int(rng.integers(1, 10))]
    if letter.lower() in LETTERS and not any(each in DIGITS for each in name):
        return LETTERS[int(rng.integers(26))]
    return letter
