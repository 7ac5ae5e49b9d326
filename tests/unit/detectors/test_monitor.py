from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.learning.monitor import PValueMonitor


def watched(batches: Any) -> PValueMonitor:
    monitor = PValueMonitor()
    for p in batches:
        monitor = monitor.update(p, 4_000)
    return monitor


def test_batches_of_even_p_values_never_alarm() -> None:
    rng = np.random.default_rng(0)
    assert not any(watched(rng.random(1_000) for _ in range(batches)).is_alarmed for batches in range(1, 100))


@pytest.mark.parametrize("power", [1.2, 0.8])
def test_a_small_lean_of_every_batch_adds_up(power: float) -> None:
    rng = np.random.default_rng(1)
    monitor = watched(rng.random(2_000) ** power for _ in range(30))
    assert monitor.is_alarmed
    assert (monitor.low > monitor.high) == (power > 1)
    assert not watched([rng.random(2_000) ** power]).is_alarmed


def test_the_distance_is_that_of_the_newest_batch() -> None:
    assert watched([np.full(100, 0.3)]).distance == pytest.approx(0.7)
    assert watched([np.full(100, 0.3), (1 + np.arange(1_000)) / 1_001]).distance < 0.01


@given(st.lists(st.lists(st.floats(0, 1), max_size=5), max_size=8))
def test_a_card_gives_it_back(batches: list[list[float]]) -> None:
    monitor = watched([np.array(entry) for entry in batches])
    again = PValueMonitor.from_card({"monitor": json.loads(json.dumps(monitor.to_card()))})
    assert again.batches == monitor.batches == sum(map(bool, batches))
    assert abs(again.low - monitor.low) < 1e-3
    assert PValueMonitor.from_card({}) == PValueMonitor()
