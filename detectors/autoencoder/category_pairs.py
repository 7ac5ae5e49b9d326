"""Count pairs of categories exactly: which values go together, where hashed codes would blur it.

For an ordered pair of columns the evidence against a cell is log p(b) - log p(b | a): how much rarer the value is beside its
neighbour than by itself. p(b | a) backs off to p(b) with a weight that is chosen by likelihood on rows that were not counted
(Dirichlet smoothing; MacKay, Peto 1995). Where the neighbour was never seen, the evidence is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

WEIGHTS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
TELLING = 0.05  # nats a row that a pair must tell on rows that were not counted
MOST = 500_000  # pairs of values that are kept in all

Ordered: TypeAlias = tuple[int, int, float]  # the given category, the told one, and the weight of backing off


@dataclass(frozen=True, slots=True, eq=False)
class CategoryPairs:
    """Hold counts by value and by pair of values.

    Attributes:
        ordered: The pairs of categories that tell something, by their places among the categorical channels.
        singles: For each category, float32 [values]: how often each came.
        keys: For each unordered pair, int64 [n] sorted: first value times the number of second values, plus the second.
        counts: For each unordered pair, float32 [n].
    """

    ordered: tuple[Ordered, ...]
    singles: tuple[Tensor, ...]
    keys: Mapping[tuple[int, int], Tensor]
    counts: Mapping[tuple[int, int], Tensor]

    @classmethod
    def fit(cls, counted: Tensor, others: Tensor, sizes: Sequence[int], among: Sequence[int]) -> CategoryPairs:
        """Count pairs, and keep those that tell something.

        Args:
            counted: int64 [categories, rows] places of values, -1 unknown.
            others: The same of rows that are not counted.
            sizes: How many values each category has.
            among: The categories that are paired.
        """
        singles = tuple(_counted(counted[i], size) for i, size in enumerate(sizes))
        both = {pair: _distinct(counted, pair, sizes) for pair in combinations(among, 2)}
        drawn = cls((), singles, {pair: keys for pair, (keys, _) in both.items()}, {pair: counts for pair, (_, counts) in both.items()})
        ranked_pairs = sorted((drawn._best(others, ordered) for a, b in both for ordered in ((a, b), (b, a))), key=lambda pair: -pair[0])
        selected: list[Ordered] = []
        for gain, ordered in ranked_pairs:
            unordered = {(min(a, b), max(a, b)) for a, b, _ in [*selected, ordered]}
            if gain > TELLING and sum(len(both[pair][0]) for pair in unordered) <= MOST:
                selected.append(ordered)
        used = {(min(a, b), max(a, b)) for a, b, _ in selected}
        return cls(tuple(selected), singles, {pair: drawn.keys[pair] for pair in used}, {pair: drawn.counts[pair] for pair in used})

    def evidence(self, values: Tensor) -> Tensor:
        """Return float32 [ordered pairs, rows], in nats, NaN where a value is unknown."""
        losses = [self._one(values, a, b, weight) for a, b, weight in self.ordered]
        return torch.stack(losses) if losses else torch.zeros((0, values.shape[-1]), device=values.device)

    def _best(self, values: Tensor, pair: tuple[int, int]) -> tuple[float, Ordered]:
        """Return the weight that explains rows best, and how many nats a row the pair then tells."""
        gains = [(-float(torch.nanmean(self._one(values, *pair, weight)).nan_to_num()), (*pair, weight)) for weight in WEIGHTS]
        return max(gains)

    def _one(self, values: Tensor, a: int, b: int, weight: float) -> Tensor:
        condition, target = values[a], values[b]
        present = (condition >= 0) & (target >= 0)
        condition, target = condition.clamp(min=0), target.clamp(min=0)
        single = self.singles[b].to(values.device)
        share = single[target] / single.sum().clamp(min=1)
        frequency = self.singles[a].to(values.device)[condition]
        evidence = torch.log((frequency + weight) / (self._together(condition, target, a, b) / share.clamp(min=1e-9) + weight))
        return torch.where(present, evidence, torch.nan)

    def _together(self, condition: Tensor, target: Tensor, a: int, b: int) -> Tensor:
        pair = (min(a, b), max(a, b))
        first, second = (condition, target) if a < b else (target, condition)
        codes = first * len(self.singles[pair[1]]) + second
        keys, counts = self.keys[pair].to(condition.device), self.counts[pair].to(condition.device)
        if not len(keys):
            return torch.zeros_like(codes, dtype=torch.float32)
        at = torch.searchsorted(keys, codes).clamp(max=len(keys) - 1)
        return torch.where(keys[at] == codes, counts[at], 0.0)

    def pack(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Return arrays and as JSON."""
        arrays = {f"pairs.single.{i}": table.cpu().numpy().astype(np.int32) for i, table in enumerate(self.singles)}
        arrays |= {f"pairs.keys.{a}.{b}": table.cpu().numpy() for (a, b), table in self.keys.items()}
        arrays |= {f"pairs.counts.{a}.{b}": table.cpu().numpy().astype(np.int32) for (a, b), table in self.counts.items()}
        return arrays, {"pairs": [list(table) for table in self.ordered]}

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any], device: torch.device | str = "cpu") -> CategoryPairs:
        """Restore what `pack` returned, on a device."""
        ordered = tuple((int(a), int(b), float(weight)) for a, b, weight in meta["pairs"])
        used = {(min(a, b), max(a, b)) for a, b, _ in ordered}
        singles = tuple(
            torch.from_numpy(arrays[f"pairs.single.{i}"]).float().to(device) for i in range(sum(name.startswith("pairs.single.") for name in arrays))
        )
        keys = {(a, b): torch.from_numpy(arrays[f"pairs.keys.{a}.{b}"].copy()).to(device) for a, b in used}
        return cls(ordered, singles, keys, {(a, b): torch.from_numpy(arrays[f"pairs.counts.{a}.{b}"]).float().to(device) for a, b in used})


def _counted(values: Tensor, size: int) -> Tensor:
    return torch.bincount(values[values >= 0], minlength=max(size, 1)).float()


def _distinct(values: Tensor, pair: tuple[int, int], sizes: Sequence[int]) -> tuple[Tensor, Tensor]:
    first, second = values[pair[0]], values[pair[1]]
    present = (first >= 0) & (second >= 0)
    keys, counts = torch.unique(first[present] * max(sizes[pair[1]], 1) + second[present], return_counts=True)
    return keys, counts.float()
