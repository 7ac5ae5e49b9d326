"""Measure how far a batch moved, in deviations of the differences among accepted batches.

Batches are no independent draws: weekdays, campaigns and bestsellers make any two of them differ by more than chance, and a test against
chance alone would always alarm. So each accepted batch is compared with all the others, and the new one is judged by the spread of that.

Sources: Gama, Žliobaitė, Bifet, Pechenizkiy, Bouchachia: A survey on concept drift adaptation. ACM Computing Surveys 46(4), 2014 (which
tests there are). Page: Continuous inspection schemes. Biometrika 41, 1954 (`slow`, a cumulative sum). Siegmund: Sequential Analysis,
1985 (its limit).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Counts: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

LEAST = 0.002  # the least spread that is believed, as a share of the rows
RECENT = 7  # batches over which a slow drift is summed up
ALLOWED = 0.5  # deviations a batch that are no drift yet


@dataclass(frozen=True, slots=True)
class Shift:
    """Represent a shift of a feature.

    Attributes:
        channel: Its place.
        how: Against the usual difference of one batch, or slowly over several.
        deviations: How far, in standard deviations of the usual difference.
    """

    channel: int
    how: Literal["sudden", "slow"]
    deviations: float


def distance(counts: Counts, reference: Counts, *, ordered: bool) -> Floats:
    """[...] for counts [..., bins]: Kolmogorov-Smirnov's where bins have an order, else the total variation; 0 to 1."""
    gap = _shares(counts) - _shares(reference)
    return np.asarray(np.abs(np.cumsum(gap, axis=-1)).max(axis=-1) if ordered else np.abs(gap).sum(axis=-1) / 2)


def mean_rank_shift(counts: Counts, reference: Counts) -> Floats:
    """[...]: by how much a row's mean rank among the reference lies above its middle, -.5 to .5 (Wilcoxon's statistic)."""
    shares = _shares(reference)
    middles = np.cumsum(shares, axis=-1) - shares / 2
    counted = counts.sum(axis=-1) > 0
    return np.asarray(np.where(counted, (_shares(counts) * middles).sum(axis=-1) - 0.5, 0.0))


def measure_sudden_shift(reference: Counts, now: Counts, *, ordered: bool) -> tuple[float, float]:
    """Measure how far one batch lies from the accepted ones.

    Args:
        reference: [batches, bins] of the accepted batches, at least 3.
        now: [bins] of the batch.
        ordered: Whether the bins have an order.

    Returns:
        Deviations (negative where numbers have fallen), and how likely they are by chance (Student's t, two tests).
    """
    others, batches = reference.sum(axis=0) - reference, len(reference)
    deviations = [_standing(distance(reference, others, ordered=ordered), float(distance(now, reference.sum(axis=0), ordered=ordered)))]
    if ordered:
        deviations.append(_standing(mean_rank_shift(reference, others), float(mean_rank_shift(now, reference.sum(axis=0)))))
    chances = [float(stats.t.sf(deviations[0], batches - 1)), *(2 * float(stats.t.sf(abs(value), batches - 1)) for value in deviations[1:])]
    best = int(np.argmin(chances))
    signed = math.copysign(deviations[best], deviations[-1]) if ordered else deviations[best]
    return signed, min(1.0, chances[best] * len(deviations))


def measure_gradual_shift(reference: Counts, now: Counts, needs: int, chance: float) -> float:
    """Measure how far the newest batches moved together, in deviations per batch (negative: down); 0 where that is no drift.

    The cumulative sum runs over the newest accepted batches and this one, against those before; it alarms where it passes the height
    that it reaches once in 1 / `chance` batches without drift.
    """
    older = max(needs, len(reference) - RECENT)
    reference_part, newest = reference[:older], np.concatenate([reference[older:], now[None]])
    spread_sample = mean_rank_shift(reference_part, reference_part.sum(axis=0) - reference_part)
    z = np.array([_standing(spread_sample, float(value)) for value in mean_rank_shift(newest, reference_part.sum(axis=0))])
    height = (math.log(1 / chance) - math.log(2) - 1.166) * float(stats.t.isf(1e-3, older - 1) / stats.norm.isf(1e-3))
    up, down = _height(z), _height(-z)
    return 0.0 if max(up, down) <= height else float(z.mean())


def find_shifts(reference: Counts, now: Counts, ordered: list[bool], *, needs: int, chance: float) -> list[Shift]:
    """Find all features that moved, the farthest first.

    Args:
        reference: [batches, channels, bins].
        now: [channels, bins].
        ordered: Of each channel.
        needs: The fewest batches to compare with.
        chance: How likely any channel of a batch without drift may be found.
    """
    shifts, level = [], chance / (2 * max(len(ordered), 1))
    for channel, has_order in enumerate(ordered):
        if not now[channel].any():
            continue  # a column that is lacking, or null throughout, has not moved: others judge that
        z, p = measure_sudden_shift(reference[:, channel], now[channel], ordered=has_order)
        if p <= level:
            shifts.append(Shift(channel, "sudden", z))
        elif has_order and (z := measure_gradual_shift(reference[:, channel], now[channel], needs, level)):
            shifts.append(Shift(channel, "slow", z))
    return sorted(shifts, key=lambda shift: -abs(shift.deviations))


def _shares(counts: Counts) -> Floats:
    return np.asarray(counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1))


def _standing(sample: Floats, new: float) -> float:
    """Deviations of a new value from the usual ones; the mean of few is itself uncertain."""
    spread = max(float(sample.std(ddof=1)), LEAST) * math.sqrt(1 + 1 / len(sample))
    return (new - float(sample.mean())) / spread


def _height(z: Floats) -> float:
    """Return the cumulative sum after the newest batch."""
    level = 0.0
    for value in z:
        level = max(0.0, level + float(value) - ALLOWED)
    return level
