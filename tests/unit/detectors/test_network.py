from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch

from detectors.autoencoder.network import Layout, LeaveOneOutNetwork, cell_nll
from detectors.autoencoder.tiles import TILE, deterministic_math, map_tiles
from detectors.autoencoder.training import train
from detectors.encoding import EncodedRows

GROUPS = (0, 1, 2, 0, 3)
LAYOUT = Layout(GROUPS, 3, ((7, 1), (256, 256)), 16)


def drawn(n: int, seed: int) -> EncodedRows:
    generator = torch.Generator().manual_seed(seed)
    codes = torch.stack([torch.randint(-1, size, (2, n), generator=generator) for size in (1, 256)], dim=1)
    numbers = torch.randn(2, 3, n, generator=generator)
    numbers[:, 1, ::7] = torch.nan
    return EncodedRows(numbers, codes, codes[0])


@pytest.fixture(scope="module")
def network() -> LeaveOneOutNetwork:
    return LeaveOneOutNetwork(LAYOUT, torch.Generator().manual_seed(0)).eval()


def output(network: LeaveOneOutNetwork, rows: EncodedRows) -> torch.Tensor:
    return map_tiles(rows, lambda tile, visible: cell_nll(network(tile.numbers, tile.codes, visible), tile.numbers, tile.codes))


@pytest.mark.parametrize("column", range(4))
def test_a_cell_is_predicted_without_its_column(network: LeaveOneOutNetwork, column: int) -> None:
    rows = drawn(50, 1)
    numbers, codes = rows.numbers.clone(), rows.codes.clone()
    for channel, group in enumerate(GROUPS):
        if group == column and channel < 3:
            numbers[:, channel] = 3.0
        elif group == column:
            codes[:, channel - 3] = 0
    with torch.inference_mode():
        one, other = network.hidden(rows.numbers, rows.codes), network.hidden(numbers, codes)
    own = torch.tensor([group == column for group in GROUPS])
    assert torch.equal(one[own], other[own])
    assert not torch.equal(one[~own], other[~own])


def test_what_is_not_visible_changes_nothing(network: LeaveOneOutNetwork) -> None:
    rows = drawn(50, 2)
    hidden = torch.ones(5, 50)
    hidden[1] = 0
    numbers = rows.numbers.clone()
    numbers[:, 1] = 2.0
    with torch.inference_mode():
        assert torch.equal(network.hidden(rows.numbers, rows.codes, hidden), network.hidden(numbers, rows.codes, hidden))


def test_nulls_and_unknown_values_say_nothing(network: LeaveOneOutNetwork) -> None:
    rows = drawn(40, 3)
    silent = output(network, rows).isnan()
    assert torch.equal(silent[:3], rows.numbers[0].isnan())
    assert torch.equal(silent[3:], rows.codes[0] < 0)


def test_values_beyond_all_bounds_stay_finite(network: LeaveOneOutNetwork) -> None:
    rows = drawn(8, 4)
    distant = EncodedRows(torch.full_like(rows.numbers, 23.0), rows.codes, rows.values)
    assert output(network, distant)[:3].isfinite().all()


def test_a_row_gets_the_same_bits_in_any_company_and_on_any_number_of_threads(network: LeaveOneOutNetwork) -> None:
    rows = drawn(TILE + 77, 5)
    whole, order = output(network, rows), torch.randperm(TILE + 77, generator=torch.Generator().manual_seed(0))
    assert torch.equal(output(network, rows[order]).nan_to_num(), whole[:, order].nan_to_num())
    assert torch.equal(torch.cat([output(network, rows[i : i + 31]) for i in range(0, len(rows), 31)], 1).nan_to_num(), whole.nan_to_num())
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    assert torch.equal(output(network, rows).nan_to_num(), whole.nan_to_num())
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)


def test_training_lowers_what_it_is_to_lower_and_touches_no_global_state() -> None:
    rows, state = drawn(600, 6), torch.get_rng_state()
    rows.numbers[0, 2] = rows.numbers[0, 0]  # a column that another tells
    network = LeaveOneOutNetwork(LAYOUT, torch.Generator().manual_seed(0))

    def lost(network: LeaveOneOutNetwork, picked: Sequence[torch.Tensor], noise: torch.Tensor) -> torch.Tensor:
        numbers, codes = picked
        assert noise.shape == (2, 512)
        return torch.nanmean(cell_nll(network(numbers, codes), numbers, codes))

    before = output(network, rows)[2].mean()
    train(network, lost, (rows.numbers, rows.codes), steps=60, rate=4e-3, noise=2, generator=torch.Generator().manual_seed(0))
    assert output(network, rows)[2].mean() < before - 0.5
    assert torch.equal(torch.get_rng_state(), state)


def test_what_was_set_for_arithmetic_is_given_back() -> None:
    before = torch.get_num_threads(), torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    with deterministic_math():
        assert (torch.get_num_threads(), torch.get_float32_matmul_precision()) == (1, "highest")
    assert (torch.get_num_threads(), torch.get_float32_matmul_precision()) == (before[0], "medium")
    torch.set_float32_matmul_precision(before[1])
