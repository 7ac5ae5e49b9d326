"""Train the network of the entire-space multi-task model."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from recommender.data.sequences import Bools, Floats
from recommender.data.training_data import MetricLogger
from recommender.models.threads import limit_to_one_thread
from recommender.ranker import Arrays

SHARED, TOWER = 64, 32  # widths of the layers
DROPOUT = 0.2
LEARNING_RATE = 3e-3  # at its maximum
WEIGHT_DECAY = 0.01
BATCH = 512
EPOCHS = 30
MAX_STEPS = 4000


class Network(nn.Module):
    """Compute log-odds by one shared layer and a tower per outcome."""

    def __init__(self, features: int) -> None:
        """Initialise at random."""
        super().__init__()
        self.shared = nn.Linear(features, SHARED)
        self.click, self.purchase = nn.Linear(SHARED, TOWER), nn.Linear(SHARED, TOWER)
        self.click_out, self.purchase_out = nn.Linear(TOWER, 1), nn.Linear(TOWER, 1)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Compute the log-odds of a click, and of a purchase given a click: (n, features) -> (n,), (n,)."""
        shared = self.dropout(functional.silu(self.shared(values)))
        click = self.click_out(self.dropout(functional.silu(self.click(shared))))
        purchase = self.purchase_out(self.dropout(functional.silu(self.purchase(shared))))
        return click.squeeze(1), purchase.squeeze(1)


def train_network(values: Floats, clicks: Bools, purchases: Bools, seed: int, log_metric: MetricLogger) -> Arrays:
    """Train on all impressions and return the weights by layer. The same values and seed give the same weights on one machine.

    Args:
        values: Standardised features, shape (n, features).
        clicks: Shape (n,).
        purchases: Shape (n,).
        seed: Of weights, order and dropout.
        log_metric: Receives the loss of each epoch.
    """
    tensors = torch.from_numpy(values), torch.from_numpy(clicks.astype(np.float32)), torch.from_numpy(purchases.astype(np.float32))
    steps = -(-len(values) // BATCH)
    epochs = max(1, min(EPOCHS, MAX_STEPS // steps))
    with torch.random.fork_rng(devices=[]), limit_to_one_thread():
        torch.manual_seed(seed)
        network = Network(values.shape[1]).train()
        optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=epochs * steps + 1)
        for epoch in range(epochs):
            batches = torch.randperm(len(values)).split(BATCH)  # type: ignore[no-untyped-call]  # torch's own
            losses = [_step(network, optimizer, schedule, *(tensor[rows] for tensor in tensors)) for rows in batches]
            log_metric("conversion/loss", float(np.mean(losses)), epoch)
    return {name: _to_array(value) for name, value in network.state_dict().items()}


def esmm_loss(network: Network, values: Tensor, clicks: Tensor, purchases: Tensor) -> Tensor:
    """Compute the cross-entropy of clicks, and of purchases as the product of both towers, each over all impressions."""
    click, purchase = network(values)
    both = functional.logsigmoid(click) + functional.logsigmoid(purchase)
    neither = torch.log(-torch.expm1(both.clamp(max=-1e-6)))
    return functional.binary_cross_entropy_with_logits(click, clicks) - (purchases * both + (1 - purchases) * neither).mean()


def _step(
    network: Network, optimizer: torch.optim.Optimizer, schedule: torch.optim.lr_scheduler.LRScheduler, values: Tensor, clicks: Tensor, purchases: Tensor
) -> float:
    optimizer.zero_grad(set_to_none=True)
    loss = esmm_loss(network, values, clicks, purchases)
    loss.backward()  # type: ignore[no-untyped-call]  # torch's own
    optimizer.step()
    schedule.step()
    return loss.item()


def _to_array(value: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = value.detach().numpy().copy()
    return array
