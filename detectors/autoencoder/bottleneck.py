"""Reconstruct rows through a bottleneck; a row that comes out different is anomalous.

It sees each cell while it reconstructs it, so a value that is wrong but usual slips through more often than with the leave-one-out
network. It is an order of magnitude faster.

Sources: Hawkins, He, Williams, Baxter: Outlier detection using replicator neural networks. DaWaK 2002. Vincent, Larochelle, Bengio,
Manzagol: Extracting and composing robust features with denoising autoencoders. ICML 2008 (cells hidden in training).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from detectors.autoencoder.tiles import deterministic_math
from detectors.autoencoder.training import train

ALIGNED = 16  # outputs of a layer come in multiples of it: odd widths make matrix kernels round rows by their place in the batch
TILE, WIDE = 2048, 65_536  # rows computed at once on a processor, and on a CUDA device
RATE, AGAIN = 4e-3, 1e-3  # of learning, and of learning on
MAX_INPUT = 4.0  # the network is shown nothing farther out: what it then says of the other cells is still something it has learned
HIDDEN_SHARE = 0.15  # cells hidden at random in training
FARTHEST = 25.0  # no feature weighs more than one that is five deviations off


class Bottleneck(nn.Module):
    """Reconstruct features through four layers, the middle one narrow. Inside, a tensor's last dimension is the row, as in the leave-one-out network."""

    def __init__(self, features: int, hidden: int, generator: torch.Generator) -> None:
        """Draw the weights from the generator alone."""
        super().__init__()
        self.features, self.units = features, hidden
        widths = (features, hidden, hidden // 2, hidden, -(-features // ALIGNED) * ALIGNED)
        shapes = list(zip(widths[1:], widths[:-1], strict=True))
        self.weights = nn.ParameterList(torch.randn(shape, generator=generator) * math.sqrt(2 / shape[1]) for shape in shapes)
        self.biases = nn.ParameterList(torch.zeros(shape[0], 1) for shape in shapes)

    def hidden(self, features: Tensor) -> Tensor:
        """Return [features, rows], NaN where nothing is known, to the narrow layer's [units, rows]."""
        first = torch.addmm(self.biases[0], self.weights[0], features.nan_to_num().clamp_(-MAX_INPUT, MAX_INPUT)).relu_()
        return torch.addmm(self.biases[1], self.weights[1], first)

    def forward(self, features: Tensor) -> Tensor:
        """Return the features as they should be, [features, rows]."""
        wide = torch.addmm(self.biases[2], self.weights[2], self.hidden(features).relu_()).relu_()
        return torch.addmm(self.biases[3], self.weights[3], wide)[: self.features]

    def partial_fit(self, features: Tensor, *, steps: int, seed: int) -> Bottleneck:
        """Return another network that has learned on from these rows."""
        generator = torch.Generator().manual_seed(seed)
        renewed = Bottleneck(self.features, self.units, generator)
        renewed.load_state_dict(self.state_dict())
        renewed.to(features.device)
        _learn(renewed, features, steps, AGAIN, generator)
        return renewed.eval()


def fit(features: Tensor, hidden: int, *, steps: int, seed: int, trim: float) -> Bottleneck:
    """Return a network fitted to rows; computes where they lie.

    Args:
        features: [features, rows], NaN where nothing is known.
        hidden: Units of the wide layers.
        steps: Updates of the weights.
        seed: Draws weights, order and hidden cells.
        trim: The share of the rows, those worst reconstructed after a third of the steps, that is then left out.
    """
    generator = torch.Generator().manual_seed(seed)
    network = Bottleneck(len(features), hidden, generator).to(features.device)
    first = steps // 3 if trim else 0
    if first:
        _learn(network, features, first, RATE, generator)
        lost = map_feature_tiles(features, lambda tile: squared_errors(network, tile).sum(0))
        retained = lost.argsort(stable=True)[: len(lost) - int(trim * len(lost))].sort().values
        features = features[:, retained]
    _learn(network, features, steps - first, RATE, generator)
    return network.eval()


def squared_errors(network: nn.Module, features: Tensor) -> Tensor:
    """Return how far each feature is from what it should be, squared, [features, rows]; 0 where nothing is known."""
    output: Tensor = network(features)
    return output.sub_(features).square_().nan_to_num_()


def map_feature_tiles(features: Tensor, compute: Callable[[Tensor], Tensor]) -> Tensor:
    """Return what is computed of rows, [..., rows], in tiles of one size, padded to it, so that a row gets the same bits in any company."""
    size, rows = WIDE if features.is_cuda else TILE, features.shape[1]
    tile, tiles = features.new_zeros(len(features), size), []
    with torch.inference_mode(), deterministic_math():
        for start in range(0, max(rows, 1), size):
            here = min(size, rows - start)
            tile[:, :here] = features[:, start : start + here]
            tiles.append(compute(tile)[..., :here].clone())
    return torch.cat(tiles, dim=-1)


def _learn(network: Bottleneck, features: Tensor, steps: int, rate: float, generator: torch.Generator) -> None:
    train(network, _lost, [features], steps=steps, rate=rate, noise=len(features), generator=generator)


def _lost(network: Bottleneck, rows: Sequence[Tensor], drawn: Tensor) -> Tensor:
    (features,) = rows
    finite = features.nan_to_num()
    output: Tensor = network(finite * (drawn > HIDDEN_SHARE))
    return ((output - finite).square() * ~features.isnan()).clamp(max=FARTHEST)
