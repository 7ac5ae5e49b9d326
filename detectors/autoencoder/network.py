"""Predict every p(cell | all other columns) of a row in one pass.

Each channel becomes a few numbers. The first layer is one matrix whose blocks from a column to its own hidden units are
zero, so that the units that predict a column never see it; after it, columns do not meet again. Numbers are predicted as a mixture
of three Gaussians on the Gaussian-rank scale, categories by two softmaxes over their two codes.

Inside, a tensor's last dimension is the row: what is computed cell by cell then runs along memory, whatever a channel's width.

Source of the idea: masked autoencoding as leave-one-out pseudo-likelihood (Besag 1975), with the masks built into the weights as in
MADE (Germain et al. 2015) instead of drawn at random: no sampling of masks, and no second pass.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # torch's own name for it

WIDTH = 8  # numbers that a category's value becomes
FEATURES = 7  # and a number; a null is nothing seen, and where nulls are usual a channel of its own tells of them
MIXTURE = 3
LEAST = 1e-37  # the least likelihood that a cell can have
ALIGNED = 16  # outputs of a layer come in multiples of it: odd widths make matrix kernels round rows by their place in the batch


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Describe the shape of a network.

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

    @property
    def inputs(self) -> int:
        """Return how many numbers a row becomes, a constant one among them."""
        return FEATURES * self.numbers + WIDTH * len(self.sizes) + 1


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Hold what the network expects of each cell.

    Attributes:
        gaussians: [numbers, 3 * MIXTURE, rows]: log-weights, means and log-spreads of the Gaussians, one kind after the other.
        codes: For each categorical channel the scores of its first and second codes, [codes, rows] each.
    """

    gaussians: Tensor
    codes: Sequence[tuple[Tensor, Tensor]]


class LeaveOneOutNetwork(nn.Module):
    """Predicts each cell of a row from the other columns; weights are drawn from the given generator alone."""

    allowed: Tensor

    def __init__(self, layout: Layout, generator: torch.Generator) -> None:
        """Draw the weights."""
        super().__init__()
        self.layout = layout
        cells, hidden, inputs = len(layout.groups), layout.hidden, layout.inputs

        def drawn(*shape: int, scale: float) -> nn.Parameter:
            return nn.Parameter(torch.randn(*shape, generator=generator) * scale)

        self.first = nn.ParameterList(drawn(size, WIDTH, scale=0.5) for size, _ in layout.sizes)
        self.second = nn.ParameterList(drawn(size, WIDTH, scale=0.5) for _, size in layout.sizes)
        self.mix = drawn(cells * hidden, inputs, scale=1.4 / math.sqrt(inputs))
        self.deep = drawn(cells, hidden, hidden, scale=1.4 / math.sqrt(hidden))
        self.deep_bias = nn.Parameter(torch.zeros(cells, hidden, 1))
        self.number_head = drawn(layout.numbers, _aligned(3 * MIXTURE), hidden, scale=0.1)
        self.number_bias = drawn(layout.numbers, _aligned(3 * MIXTURE), 1, scale=0.5)
        self.code_heads = nn.ParameterList(drawn(_aligned(sum(sizes)), hidden, scale=0.1) for sizes in layout.sizes)
        self.code_biases = nn.ParameterList(nn.Parameter(torch.zeros(_aligned(sum(sizes)), 1)) for sizes in layout.sizes)
        self.register_buffer("allowed", _allowed(layout), persistent=False)

    def forward(self, numbers: Tensor, codes: Tensor, visible: Tensor | None = None) -> Prediction:
        """Predict every cell.

        Args:
            numbers: [2, numbers, rows] Gaussian rank and standardised logarithm, NaN where null.
            codes: [2, categories, rows] codes, -1 where the value is unknown.
            visible: [channels, rows] 0 where a cell must not be looked at; None: all may be.
        """
        hidden, split = self.hidden(numbers, codes, visible), self.layout.numbers
        gaussians = torch.baddbmm(self.number_bias, self.number_head, hidden[:split])[:, : 3 * MIXTURE]
        return Prediction(gaussians, [self._scores(i, hidden[split + i]) for i in range(codes.shape[1])])

    def short(self) -> Self:
        """Return the network with its first layer's weights rounded to 16 bits, which is what is stored of them: most weights are there."""
        with torch.no_grad():
            self.mix.copy_(self.mix.half())
        return self

    def hidden(self, numbers: Tensor, codes: Tensor, visible: Tensor | None = None) -> Tensor:
        """Return [channels, hidden, rows]: what is known of each cell without its column; see `forward`."""
        layout = self.layout
        constant = numbers.new_ones(1, numbers.shape[-1])
        inputs = [*_features(numbers, visible), *(self._embedded(i, codes[:, i], visible) for i in range(codes.shape[1])), constant]
        mixed = torch.mm(self.mix * self.allowed, torch.cat(inputs)).relu_()
        first = mixed.view(len(layout.groups), layout.hidden, -1)
        identity = torch.eye(layout.hidden, device=first.device)  # each layer adds to what it is given
        return torch.baddbmm(self.deep_bias, self.deep + identity, first).relu_()

    def _embedded(self, i: int, codes: Tensor, visible: Tensor | None) -> Tensor:
        safe, present = codes.clamp(min=0), codes[0] >= 0
        embedded = F.embedding(safe[0], self.first[i]) + F.embedding(safe[1], self.second[i])
        return embedded.T * (present if visible is None else present * visible[self.layout.numbers + i])

    def _scores(self, i: int, hidden: Tensor) -> tuple[Tensor, Tensor]:
        sizes = list(self.layout.sizes[i])
        scores = torch.addmm(self.code_biases[i], self.code_heads[i], hidden)
        first, second = torch.split(scores[: sum(sizes)], sizes)
        return first, second


def cell_nll(prediction: Prediction, numbers: Tensor, codes: Tensor, *, excess: bool = False) -> Tensor:
    """Return negative log-likelihood of each cell, [channels, rows]; NaN where the cell is null or its value unknown.

    Args:
        prediction: What was expected.
        numbers: See `LeaveOneOutNetwork.forward`.
        codes: See `LeaveOneOutNetwork.forward`.
        excess: How much less likely a number is than the likeliest could have been: what cannot be known well is then no surprise.
    """
    rank = numbers[0]
    lost = _number(prediction.gaussians.to(rank.dtype), torch.nan_to_num(rank), excess=excess)
    losses = [torch.where(torch.isnan(rank), torch.nan, lost)]  # a NaN may enter last only: it would spoil every gradient
    for i, (first, second) in enumerate(prediction.codes):
        safe = codes[:, i].clamp(min=0)
        losses.append(torch.where(codes[0, i] >= 0, _code(first.to(rank.dtype), safe[0]) + _code(second.to(rank.dtype), safe[1]), torch.nan)[None])
    return torch.cat(losses)


def _number(gaussians: Tensor, rank: Tensor, *, excess: bool) -> Tensor:
    weights, means, spreads = torch.split(gaussians, MIXTURE, dim=1)
    spreads = spreads.clamp(-3, 2)
    near = (((rank[:, None] - 2 * means) * torch.exp(-spreads)).square() * -0.5).exp()
    if excess:  # all but the distances cancels
        heights = torch.softmax(weights - spreads, 1)
        return (heights * near).sum(1).clamp(min=LEAST).log().neg()
    return ((weights.log_softmax(1) - spreads).exp() * near).sum(1).clamp(min=LEAST).log().neg()


def _code(scores: Tensor, code: Tensor) -> Tensor:
    if len(scores) == 1:
        return torch.zeros_like(scores[0])
    return -scores.log_softmax(0).gather(0, code[None])[0]


def _features(numbers: Tensor, visible: Tensor | None) -> list[Tensor]:
    """Return FEATURES of [numbers, rows]: smooth functions of the rank, and the logarithm; 0 where the cell is null or must not be looked at."""
    rank, log = numbers[0].clamp(-8, 8), numbers[1]
    slow, fast = rank * 1.5, rank * 4
    features = [rank / 2, torch.tanh(rank), log / 2, slow.sin(), slow.cos(), fast.sin(), fast.cos()]
    return [feature.nan_to_num_(0.0) if visible is None else feature.nan_to_num_(0.0).mul_(visible[: len(rank)]) for feature in features]


def _allowed(layout: Layout) -> Tensor:
    """Return [channels * hidden, inputs]: 1 where a unit may see an input."""
    groups = torch.tensor(list(layout.groups))
    inputs = torch.cat([groups[: layout.numbers].repeat(FEATURES), groups[layout.numbers :].repeat_interleave(WIDTH), torch.tensor([-1])])
    return (groups.repeat_interleave(layout.hidden)[:, None] != inputs[None, :]).float()


def _aligned(width: int) -> int:
    return -(-width // ALIGNED) * ALIGNED
