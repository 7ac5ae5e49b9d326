"""Return the nearest accepted row by a learned metric: a network of radial basis functions.

It remembers rows instead of shapes, so it tells what lies between clusters better than the bottleneck, and is much slower. What it is
good at comes from the memory: it is the nearest neighbour in the form of a network. The metric is learned so that each accepted row
is likely under Gaussians around the others, each feature with a width of its own: columns in which rows that are alike differ little
count more.

Sources: Specht: Probabilistic neural networks. Neural Networks 3(1), 1990. Duin: On the choice of smoothing parameters for Parzen
estimators of probability density functions. IEEE Transactions on Computers C-25, 1976 (a row must not be its own neighbour).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from detectors.autoencoder.bottleneck import map_feature_tiles
from detectors.autoencoder.training import train

CORE = 4096  # the most rows remembered
NEAR = 1024  # of them, those that a step of the training compares with
NARROW = 0.1  # no Gaussian is narrower, on the scale of ranks: columns of few values have no width else
WIDTH = 0.5  # of a Gaussian, before anything was learned
RATE, STEPS = 5e-2, 100
ITSELF = 1e9  # the distance that keeps a row from being its own neighbour


class RadialBasisNetwork(nn.Module):
    """Compute Gaussians around accepted rows in one layer."""

    core: Tensor

    def __init__(self, features: int, core: int) -> None:
        """Remember nothing yet."""
        super().__init__()
        self.features, self.units = features, core
        self.sharpness = nn.Parameter(torch.full((features, 1), -math.log(WIDTH)))
        self.register_buffer("core", torch.zeros(core, features))

    @property
    def metric(self) -> Tensor:
        """Return [features, 1]: what a difference in each feature is multiplied with."""
        return self.sharpness.clamp(max=-math.log(NARROW)).exp()

    def hidden(self, features: Tensor) -> Tensor:
        """Return [features, rows], as the metric sees them."""
        return features.nan_to_num() * self.metric

    def distances(self, features: Tensor, core: Tensor) -> Tensor:
        """Return [core rows, rows]: squared, by what is known of each row."""
        finite, weights = features.nan_to_num(), self.metric.square() * ~features.isnan()
        lengths = core.square() @ weights + (weights * finite.square()).sum(0)
        return torch.addmm(lengths, core, weights * finite, alpha=-2)

    def forward(self, features: Tensor) -> Tensor:
        """Return the nearest accepted rows, [features, rows]."""
        return self.core.index_select(0, self.distances(features, self.core).argmin(0)).T.contiguous()

    def partial_fit(self, features: Tensor, *, steps: int, seed: int) -> RadialBasisNetwork:
        """Return another network that remembers some of these rows instead of some of its own; `steps` would not change its metric much."""
        both = torch.cat([self.core, features.nan_to_num().T])
        sampled = torch.randperm(len(both), generator=torch.Generator().manual_seed(seed))[: self.units].sort().values
        renewed = RadialBasisNetwork(self.features, self.units).to(both.device)
        renewed.load_state_dict({**self.state_dict(), "core": both[sampled.to(both.device)]})
        return renewed.eval()


def fit(features: Tensor, *, steps: int, seed: int, trim: float) -> RadialBasisNetwork:
    """Return a network fitted to rows; computes where they lie.

    Args:
        features: [features, rows], NaN where nothing is known; the first rows are remembered.
        steps: Updates of the metric.
        seed: Draws the order of the rows.
        trim: The share of the rows, those farthest from all others after a third of the steps, that is then left out: a dirty row that is
            remembered would hide its like.
    """
    generator = torch.Generator().manual_seed(seed)
    network = _remembering(features)
    first = steps // 3 if trim else 0
    if first:
        _learn(network, features, first, generator)
        features = features[:, _typical_rows(network, features, trim)]
        network = _remembering(features, network.sharpness)
    _learn(network, features, steps - first, generator)
    return network.eval()


def _remembering(features: Tensor, sharpness: Tensor | None = None) -> RadialBasisNetwork:
    """Return a network that remembers the first rows, by a metric that was learned already."""
    network = RadialBasisNetwork(len(features), min(CORE, features.shape[1])).to(features.device)
    network.core.copy_(features[:, : network.units].nan_to_num().T)
    with torch.no_grad():
        network.sharpness.copy_(network.sharpness if sharpness is None else sharpness)
    return network


def _learn(network: RadialBasisNetwork, features: Tensor, steps: int, generator: torch.Generator) -> None:
    places = torch.arange(features.shape[1], device=features.device)
    train(network, _lost, [features, places], steps=steps, rate=RATE, noise=1, generator=generator)


def _typical_rows(network: RadialBasisNetwork, features: Tensor, trim: float) -> Tensor:
    """Return the places of all rows but those that lie farthest from the remembered ones, themselves aside."""
    places = torch.arange(features.shape[1], device=features.device)[None]

    def distances(tile: Tensor) -> Tensor:
        rows, place = tile[:-1], tile[-1].to(torch.int64)
        return (network.distances(rows, network.core) + ITSELF * (place == torch.arange(network.units, device=place.device)[:, None])).amin(0)

    farthest = map_feature_tiles(torch.cat([features, places.to(features.dtype)]), distances).argsort(stable=True)
    return farthest[: len(farthest) - int(trim * len(farthest))].sort().values


def _lost(network: RadialBasisNetwork, rows: Sequence[Tensor], drawn: Tensor) -> Tensor:
    features, places = rows
    core = network.core[:NEAR]
    itself = places == torch.arange(len(core), device=places.device)[:, None]
    likely = torch.logsumexp(-network.distances(features, core) / 2 - ITSELF * itself, dim=0)
    return -(likely + network.metric.log().sum())
