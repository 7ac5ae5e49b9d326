"""The network: every p(cell | all other columns) of a row in one pass.

Each channel is embedded in `WIDTH` numbers. The first layer is one matrix whose blocks from a column to its own hidden units are
zero, so that the units that predict a column never see it; after it, columns do not meet again. Numbers are predicted as a mixture
of three Gaussians on the Gaussian-rank scale, categories by two softmaxes over their two codes.

Source of the idea: masked autoencoding as leave-one-out pseudo-likelihood (Besag 1975), with the masks built into the weights as in
MADE (Germain et al. 2015) instead of drawn at random: no sampling of masks, and no second pass.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # torch's own name for it

WIDTH = 8
MIXTURE = 3
HIDDEN_SHARE = 0.2  # cells hidden at random in training, so that values never seen, which are hidden too, surprise no other cell
ALIGNED = 16  # outputs of a layer come in multiples of it: odd widths make matrix kernels round rows by their place in the batch


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The shape of a network.

    Attributes:
        groups: The column of each channel, numeric channels first.
        numbers: How many channels are numeric.
        sizes: First and second codes of each categorical channel.
        hidden: Hidden units a channel.
    """

    groups: Sequence[int]
    numbers: int
    sizes: Sequence[tuple[int, int]]
    hidden: int


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the network expects of each cell.

    Attributes:
        weights: [rows, numbers, MIXTURE] log-weights of the Gaussians; `means` and `spreads` (logarithm) alike.
        codes: For each categorical channel, the log-probabilities of its first and second codes.
    """

    weights: Tensor
    means: Tensor
    spreads: Tensor
    codes: Sequence[tuple[Tensor, Tensor]]


class Network(nn.Module):
    """Predicts each cell of a row from the other columns; weights are drawn from the given generator alone."""

    allowed: Tensor

    def __init__(self, layout: Layout, generator: torch.Generator) -> None:
        """Draw the weights."""
        super().__init__()
        self.layout = layout
        cells, hidden = len(layout.groups), layout.hidden

        def drawn(*shape: int, scale: float) -> nn.Parameter:
            return nn.Parameter(torch.randn(*shape, generator=generator) * scale)

        self.first = nn.ParameterList(drawn(size, WIDTH, scale=0.5) for size, _ in layout.sizes)
        self.second = nn.ParameterList(drawn(size, WIDTH, scale=0.5) for _, size in layout.sizes)
        self.mix = drawn(cells * WIDTH, cells * hidden, scale=1.4 / math.sqrt(cells * WIDTH))
        self.mix_bias = nn.Parameter(torch.zeros(cells * hidden))
        self.deep = drawn(cells, hidden, hidden, scale=1.4 / math.sqrt(hidden))
        self.deep_bias = nn.Parameter(torch.zeros(cells, 1, hidden))
        self.number_head = drawn(layout.numbers, hidden, _aligned(3 * MIXTURE), scale=0.1)
        self.number_bias = drawn(layout.numbers, 1, _aligned(3 * MIXTURE), scale=0.5)
        self.code_heads = nn.ParameterList(drawn(hidden, _aligned(sum(sizes)), scale=0.1) for sizes in layout.sizes)
        self.code_biases = nn.ParameterList(nn.Parameter(torch.zeros(_aligned(sum(sizes)))) for sizes in layout.sizes)
        groups = torch.tensor(list(layout.groups))
        allowed = (groups[:, None] != groups[None, :]).float()
        self.register_buffer("allowed", allowed.repeat_interleave(WIDTH, 0).repeat_interleave(hidden, 1), persistent=False)

    def forward(self, numbers: Tensor, codes: Tensor, visible: Tensor | None = None) -> Prediction:
        """Predict every cell.

        Args:
            numbers: [rows, numbers, 2] Gaussian rank and standardised logarithm, NaN where null.
            codes: [rows, categories, 2] codes, -1 where the value is unknown.
            visible: [rows, channels] 0 where a cell must not be looked at; None: all may be.
        """
        hidden = self._units(numbers, codes, visible)
        split = self.layout.numbers
        gaussians = torch.baddbmm(self.number_bias, hidden[:split], self.number_head).transpose(0, 1)
        weights, means, spreads = torch.split(gaussians[..., : 3 * MIXTURE], MIXTURE, dim=-1)
        return Prediction(weights.log_softmax(-1), means * 2, spreads.clamp(-3, 2), [self._codes(i, hidden[split + i]) for i in range(codes.shape[1])])

    def hidden(self, numbers: Tensor, codes: Tensor) -> Tensor:
        """What is held of each row before its cells are predicted, [rows, channels * hidden]."""
        units = self._units(numbers, codes, None)
        return units.transpose(0, 1).reshape(units.shape[1], -1)

    def _units(self, numbers: Tensor, codes: Tensor, visible: Tensor | None) -> Tensor:
        """[channels, rows, hidden]: each channel's units, which have not seen its column."""
        cells = torch.cat([_expanded(numbers), self._embedded(codes)], dim=1)
        if visible is not None:
            cells = cells * visible[..., None]
        n, d = cells.shape[:2]
        hidden = F.relu(torch.addmm(self.mix_bias, cells.reshape(n, -1), self.mix * self.allowed)).view(n, d, -1).transpose(0, 1)
        return F.relu(torch.baddbmm(self.deep_bias, hidden, self.deep) + hidden)

    def _embedded(self, codes: Tensor) -> Tensor:
        if not codes.shape[1]:
            return codes.new_zeros((len(codes), 0, WIDTH), dtype=torch.float32)
        known = (codes[..., 0] >= 0).float()[..., None]
        safe = codes.clamp(min=0)
        looked_up = [F.embedding(safe[:, i, 0], self.first[i]) + F.embedding(safe[:, i, 1], self.second[i]) for i in range(codes.shape[1])]
        return torch.stack(looked_up, dim=1) * known

    def _codes(self, i: int, hidden: Tensor) -> tuple[Tensor, Tensor]:
        sizes = list(self.layout.sizes[i])
        first, second = torch.split(torch.addmm(self.code_biases[i], hidden, self.code_heads[i])[:, : sum(sizes)], sizes, dim=-1)
        return first.log_softmax(-1), second.log_softmax(-1)


def surprise(prediction: Prediction, numbers: Tensor, codes: Tensor) -> Tensor:
    """Negative log-likelihood of each cell, [rows, channels]; NaN where the cell is null or its value unknown."""
    rank = numbers[..., 0]
    scaled = (torch.nan_to_num(rank)[..., None] - prediction.means) * torch.exp(-prediction.spreads)
    density = torch.logsumexp(prediction.weights - prediction.spreads - 0.5 * scaled**2, dim=-1)
    told = [torch.where(torch.isnan(rank), torch.nan, -density)]  # a NaN may enter last only: it would spoil every gradient
    for i, (first, second) in enumerate(prediction.codes):
        safe = codes[:, i].clamp(min=0)
        likelihood = first.gather(1, safe[:, :1]) + second.gather(1, safe[:, 1:])
        told.append(torch.where(codes[:, i, :1] >= 0, -likelihood, torch.nan))
    return torch.cat(told, dim=1)


def cells_lost(network: Network, rows: Sequence[Tensor], noise: Tensor) -> Tensor:
    """The mean negative log-likelihood of a batch's cells: what training lowers.

    Args:
        network: The network.
        rows: `numbers` and `codes` of the batch.
        noise: Uniform, [rows, channels]: which cells are hidden.
    """
    numbers, codes = rows
    return torch.nanmean(surprise(network(numbers, codes, (noise > HIDDEN_SHARE).float()), numbers, codes))


def _expanded(numbers: Tensor) -> Tensor:
    """[rows, numbers, WIDTH] smooth features of the rank, the logarithm, and whether the cell is null."""
    null = torch.isnan(numbers[..., 0])
    rank, log = torch.nan_to_num(numbers).unbind(-1)
    rank = rank.clamp(-8, 8)
    waves = [torch.sin(rank * 1.5), torch.cos(rank * 1.5), torch.sin(rank * 4), torch.cos(rank * 4)]
    features = torch.stack([rank / 2, torch.tanh(rank), log / 2, *waves], dim=-1) * ~null[..., None]
    return torch.cat([features, null[..., None].float()], dim=-1)


def _aligned(width: int) -> int:
    return -(-width // ALIGNED) * ALIGNED
