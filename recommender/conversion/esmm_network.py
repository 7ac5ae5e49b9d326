"""How the network of the heads learns."""

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
RATE = 3e-3  # of learning, at its height
DECAY = 0.01
BATCH = 512
EPOCHS = 30
LONGEST = 4000  # steps, however many impressions there are


class Network(nn.Module):
    """One shared layer and a tower a head."""

    def __init__(self, features: int) -> None:
        """Start at random."""
        super().__init__()
        self.shared = nn.Linear(features, SHARED)
        self.click, self.purchase = nn.Linear(SHARED, TOWER), nn.Linear(SHARED, TOWER)
        self.click_out, self.purchase_out = nn.Linear(TOWER, 1), nn.Linear(TOWER, 1)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """The log-odds of a click, and of a purchase given a click: (n, features) -> (n,), (n,)."""
        shared = self.dropout(functional.silu(self.shared(values)))
        click = self.click_out(self.dropout(functional.silu(self.click(shared))))
        purchase = self.purchase_out(self.dropout(functional.silu(self.purchase(shared))))
        return click.squeeze(1), purchase.squeeze(1)


def learned(values: Floats, clicked: Bools, bought: Bools, seed: int, log_metric: MetricLogger) -> Arrays:
    """Train on all impressions; the weights by layer. The same values and seed give the same weights on one machine.

    Args:
        values: Standardised features, shape (n, features).
        clicked: Shape (n,).
        bought: Shape (n,).
        seed: Of weights, order and dropout.
        log_metric: Receives the losses while models learn.
    """
    told = torch.from_numpy(values), torch.from_numpy(clicked.astype(np.float32)), torch.from_numpy(bought.astype(np.float32))
    steps = -(-len(values) // BATCH)
    epochs = max(1, min(EPOCHS, LONGEST // steps))
    with torch.random.fork_rng(devices=[]), limit_to_one_thread():
        torch.manual_seed(seed)
        network = Network(values.shape[1]).train()
        optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=epochs * steps + 1)
        for epoch in range(epochs):
            losses = [_step(network, optimizer, schedule, *(each[some] for each in told)) for some in torch.randperm(len(values)).split(BATCH)]  # type: ignore[no-untyped-call]  # torch's own
            log_metric("heads/loss", float(np.mean(losses)), epoch)
    return {name: _array(value) for name, value in network.state_dict().items()}


def loss(network: Network, values: Tensor, clicked: Tensor, bought: Tensor) -> Tensor:
    """Cross-entropy of clicks, and of purchases as the product of both towers, each over all impressions."""
    click, purchase = network(values)
    both = functional.logsigmoid(click) + functional.logsigmoid(purchase)
    neither = torch.log(-torch.expm1(both.clamp(max=-1e-6)))
    return functional.binary_cross_entropy_with_logits(click, clicked) - (bought * both + (1 - bought) * neither).mean()


def _step(
    network: Network, optimizer: torch.optim.Optimizer, schedule: torch.optim.lr_scheduler.LRScheduler, values: Tensor, clicked: Tensor, bought: Tensor
) -> float:
    optimizer.zero_grad(set_to_none=True)
    found = loss(network, values, clicked, bought)
    found.backward()  # type: ignore[no-untyped-call]  # torch's own
    optimizer.step()
    schedule.step()
    return found.item()


def _array(value: Tensor) -> NDArray[np.float32]:
    found: NDArray[np.float32] = value.detach().numpy().copy()
    return found
