"""The heads as they are served: what an impression of an item would come to for a user."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.conversion.esmm import Esmm
from recommender.conversion.gradient_boosting import Boosted
from recommender.conversion.item_features import Described
from recommender.conversion.item_statistics import Evidence
from recommender.conversion.pair_features import Asked, Table, table
from recommender.conversion.platt_scaling import Calibration
from recommender.conversion.scorer import Scorer
from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.ranker import Arrays, add_prefix, strip_prefix

SCORERS: Mapping[str, type[Esmm | Boosted]] = {"esmm": Esmm, "lightgbm": Boosted}


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """What impressions would come to; both of shape (n,).

    Attributes:
        clicked: The chance of a click.
        bought: The chance of a purchase, which no click makes impossible: never above that of a click.
    """

    clicked: Floats
    bought: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """Why the chance of a purchase is what it is.

    Attributes:
        names: Of the features.
        values: What each adds to the log-odds, shape (n, features).
        start: Where the log-odds start from, shape (n,).
    """

    names: tuple[str, ...]
    values: Floats
    start: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """What was learned of clicks and purchases.

    Attributes:
        kind: Which scorer serves, by its name in SCORERS.
        scorer: It.
        known: Of the items.
        stages: The stage of each kind of event, as `features.table` takes them.
        calibrations: Of a click, and of a purchase.
    """

    kind: str
    scorer: Scorer
    known: Evidence
    stages: Ints
    calibrations: tuple[Calibration, Calibration]

    def rates(self, histories: Sequences, users: Ints, items: Ints, at: int) -> Rates:
        """What showing items to users would come to.

        Args:
            histories: The users' events up to now, repeats not collapsed.
            users: The place of each pair's user among the histories, shape (n,).
            items: Item numbers, shape (n,); -1 for one that the model does not know.
            at: Now, in seconds since 1970.
        """
        return self.of_table(self._table(histories, users, items, at))

    def of_table(self, asked: Table) -> Rates:
        """The same of features that are known already."""
        click, purchase = (each.chances(raw) for each, raw in zip(self.calibrations, self.scorer.log_odds(asked.values), strict=True))
        return Rates(click, np.minimum(click, purchase))

    def contributions(self, histories: Sequences, users: Ints, items: Ints, at: int) -> Contributions:
        """Which features carry the chance of a purchase; arguments as for `rates`."""
        asked = self._table(histories, users, items, at)
        values, start = self.scorer.contributions(asked.values)
        bent = self.calibrations[1]
        return Contributions(asked.names, bent.slope * values, bent.log_odds(start))

    def _table(self, histories: Sequences, users: Ints, items: Ints, at: int) -> Table:
        asked = Asked(users, items, histories.starts[users + 1], np.full(len(items), at, np.int64))
        return table(self.known, histories, self.stages, asked)

    def to_arrays(self) -> Arrays:
        """All that it learned; small tables lie on their side, so that no value shares its scale with another fact."""
        described = self.known.described
        about = {
            "kind": self.kind,
            "facts": list(self.known.facts),
            "numbers": list(described.numbers),
            "codes": list(described.codes),
            "spaces": list(described.spaces),
            "calibrations": [[each.slope, each.shift] for each in self.calibrations],
        }
        return {
            "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
            "rates": self.known.rates,
            "stages": self.stages,
            "facts": np.stack(list(self.known.facts.values())),
            **add_prefix("number", described.numbers),
            **add_prefix("code", described.codes),
            **add_prefix("space", described.spaces),
            **add_prefix("scorer", self.scorer.to_arrays()),
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave.

        Raises:
            KeyError, ValueError: The arrays do not fit together, or not the vocabulary.
        """
        about: Mapping[str, Any] = json.loads(arrays["about"].astype(np.uint8).tobytes())
        described = _described(about, arrays, len(vocabulary.items))
        facts = dict(zip(about["facts"], arrays["facts"], strict=True))
        _check([*facts.values(), *described.numbers.values(), *described.codes.values(), *described.spaces.values()], described.items)
        if len(arrays["stages"]) != len(vocabulary.kinds) + 1:
            raise ValueError("the heads do not have one stage a kind of event")
        click, purchase = (Calibration(float(slope), float(shift)) for slope, shift in about["calibrations"])
        scorer = SCORERS[about["kind"]].from_arrays(strip_prefix("scorer", arrays))
        return cls(about["kind"], scorer, Evidence(arrays["rates"], facts, described), arrays["stages"], (click, purchase))


def _described(about: Mapping[str, Any], arrays: Arrays, items: int) -> Described:
    numbers, codes, spaces = (strip_prefix(name, arrays) for name in ("number", "code", "space"))
    ordered = ({name: held[name] for name in about[key]} for key, held in (("numbers", numbers), ("codes", codes), ("spaces", spaces)))
    return Described(items, *ordered)


def _check(tables: list[NDArray[Any]], items: int) -> None:
    if any(len(each) != items + 1 for each in tables):
        raise ValueError("the heads do not have one row an item")
