from __future__ import annotations

import pytest
import torch

from detectors.autoencoder.cell_scale import MOST, CellScale


def exponential(*shape: int, seed: int) -> torch.Tensor:
    return torch.empty(shape).exponential_(0.5, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("level", [0.3, 0.1, 0.01, 0.001])
def test_surprise_is_what_it_says_on_clean_cells(level: float) -> None:
    surprise = CellScale.fit(exponential(2, 20_000, seed=0))(exponential(2, 20_000, seed=1))
    share = (10**-surprise <= level).double().mean(dim=1)
    assert ((share / level - 1).abs() < 0.4).all()


def test_surprise_grows_with_what_it_is_of_up_to_a_bound() -> None:
    scale = CellScale.fit(exponential(1, 20_000, seed=0))
    outcome = scale(torch.linspace(-1, 100, 10_000)[None])
    assert (outcome.diff() >= -1e-5).all()
    assert outcome.min() == 0
    assert outcome.max() == MOST == scale(torch.tensor([[torch.inf]]))


def test_what_is_always_the_same_is_no_surprise() -> None:
    assert CellScale.fit(torch.zeros(1, 500))(torch.zeros(1, 3)).tolist() == [[0.0, 0.0, 0.0]]


def test_cells_of_which_nothing_is_known_say_nothing() -> None:
    silent = torch.full((1, 500), torch.nan)
    scale = CellScale.fit(torch.cat([silent, exponential(1, 500, seed=0)]))
    assert scale(torch.tensor([[1e30, torch.nan], [torch.nan, 0.0]])).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_what_was_packed_is_the_same() -> None:
    scale, cells = CellScale.fit(exponential(3, 600, seed=0)), exponential(3, 100, seed=1)
    assert torch.equal(CellScale.unpack(scale.pack("s"), "s")(cells), scale(cells))
