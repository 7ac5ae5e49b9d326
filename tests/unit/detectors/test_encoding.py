from __future__ import annotations

import subprocess
import sys

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from detectors.autoencoder.scale import MOST, CellScale
from detectors.encoding import CODES, Grid, Vocabulary


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=200), st.lists(st.floats(-1e18, 1e18), min_size=2, max_size=20))
def test_ranks_are_finite_and_grow_with_the_value(seen: list[float], values: list[float]) -> None:
    encoded = Grid.fit(np.array(seen)).encode(np.sort(values))
    assert np.isfinite(encoded).all()
    assert (np.diff(encoded[:, 0]) >= -1e-6).all()


def test_ranks_of_what_was_learned_are_gaussian_and_can_be_read_back() -> None:
    values = np.exp(np.random.default_rng(0).normal(3, 1, 20_000))
    grid = Grid.fit(values)
    ranks = grid.encode(values)[:, 0]
    assert abs(ranks.mean()) < 0.02
    assert abs(ranks.std() - 1) < 0.02
    assert abs(grid.decode(0.0) / np.median(values) - 1) < 0.01


def test_values_never_seen_have_no_code() -> None:
    words = Vocabulary.fit(pl.Series(["a", "a", "b", "b", "b", "once", None]))
    assert words.values == ("b", "a")
    assert words.encode(pl.Series(["a", "b", "once", "new", None])).tolist() == [[1, 0], [0, 0], [-1, -1], [-1, -1], [-1, -1]]
    assert Vocabulary.fit(pl.Series([], dtype=pl.String)).encode(pl.Series(["a"])).tolist() == [[-1, -1]]


def test_many_values_share_bounded_codes_that_never_change() -> None:
    words = Vocabulary.fit(pl.Series([f"value {i}" for i in range(3000)] * 2))
    codes = words.encode(pl.Series(words.values))
    assert codes.min() >= 0
    assert codes.max() < CODES
    assert len(np.unique(codes, axis=0)) > 2850
    assert words.encode(pl.Series(["value 7"])).tolist() == [[126, 17]]


def test_surprise_is_what_it_says_on_clean_cells() -> None:
    rng = np.random.default_rng(0)
    scale = CellScale.fit(rng.exponential(2, (20_000, 1)), numbers=1)
    surprise = scale(rng.exponential(2, (20_000, 1)))
    for level in (0.1, 0.01, 0.001):
        assert abs((surprise >= -np.log10(level)).mean() / level - 1) < 0.35


def test_a_likely_category_is_no_surprise_however_rare_such_doubt_is() -> None:
    cells = np.concatenate([np.full(9990, 1e-4), np.full(10, 0.05)])[:, None]
    assert CellScale.fit(cells, numbers=0)(np.array([[0.06]])) < 0.03
    assert CellScale.fit(cells, numbers=1)(np.array([[0.06]])) >= 2


def test_cells_of_which_nothing_is_known_say_nothing() -> None:
    scale = CellScale.fit(np.full((500, 1), np.nan), numbers=1)
    assert scale(np.array([[1e30], [np.nan]])).tolist() == [[0.0], [0.0]]
    assert CellScale.fit(np.random.default_rng(0).random((500, 1)), numbers=1)(np.array([[1e30]])) == MOST


def test_importing_the_table_imports_nothing_heavy() -> None:
    code = "import sys, detectors; assert not {'torch', 'pyod', 'sklearn', 'scipy'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
