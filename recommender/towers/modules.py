"""The two towers as modules of torch."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from recommender.towers.windows import AGES, HISTORY

DROPOUT = 0.2


class ItemTower(nn.Module):
    """An item as the sum of what its id and what its attributes have taught."""

    def __init__(self, ids: Tensor, attributes: Tensor, features: Tensor, id_dropout: float) -> None:
        """Start from given tables.

        Args:
            ids: Shape (items, d); a row of zeros for an item that was never met.
            attributes: Shape (buckets, d); row 0 is the padding, and stays 0.
            features: The buckets of each item, padded with 0; shape (items, width).
            id_dropout: The share of items that must do without their id in a step, so that attributes learn to stand alone.
        """
        super().__init__()
        self.ids = nn.Embedding.from_pretrained(ids, freeze=False)  # type: ignore[no-untyped-call]  # torch's own
        self.attributes = nn.Embedding.from_pretrained(attributes, freeze=False, padding_idx=0)  # type: ignore[no-untyped-call]  # torch's own
        self.register_buffer("features", features)
        self.id_dropout = id_dropout

    def forward(self, items: Tensor) -> Tensor:
        """Unit vectors of items (n,) -> (n, d)."""
        own = self.ids(items)
        if self.training and self.id_dropout:
            own = own * (torch.rand(len(items), 1, device=own.device) >= self.id_dropout)
        features = self.features[items]  # type: ignore[index]  # a buffer is a Tensor
        known = (features > 0).sum(1, keepdim=True).clamp(min=1)
        return functional.normalize(own + self.attributes(features).sum(1) / known, dim=-1)


class UserTower(nn.Module):
    """One causal attention block over a user's events: items, their places, kinds, and the time since the event before."""

    def __init__(self, dimensions: int, kinds: int) -> None:
        """Start at random; `kinds` counts the known kinds of events."""
        super().__init__()
        self.heads = 2 if dimensions % 2 == 0 else 1
        self.places = nn.Embedding(HISTORY, dimensions)
        self.kinds = nn.Embedding(kinds + 1, dimensions)
        self.ages = nn.Embedding(AGES, dimensions)
        for table in (self.places, self.kinds, self.ages):
            nn.init.normal_(table.weight, std=0.02)
        self.before_attention, self.before_forward, self.last = (nn.LayerNorm(dimensions) for _ in range(3))
        self.queries_keys_values = nn.Linear(dimensions, 3 * dimensions)
        self.attended = nn.Linear(dimensions, dimensions)
        self.feed_forward = nn.Sequential(nn.Linear(dimensions, 2 * dimensions), nn.GELU(), nn.Linear(2 * dimensions, dimensions))
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, items: Tensor, kinds: Tensor, ages: Tensor) -> Tensor:
        """Where a user points after each event: unit vectors (users, events, d), from item vectors of that shape."""
        places = self.places(torch.arange(items.shape[1], device=items.device))
        x = self.dropout(items * (items.shape[-1] ** 0.5 / 2) + places + self.kinds(kinds) + self.ages(ages))
        x = x + self.dropout(self._attend(self.before_attention(x)))
        x = x + self.dropout(self.feed_forward(self.before_forward(x)))
        return functional.normalize(self.last(x), dim=-1)

    def _attend(self, x: Tensor) -> Tensor:
        users, events, d = x.shape
        split = self.queries_keys_values(x).view(users, events, 3, self.heads, d // self.heads)
        queries, keys, values = split.permute(2, 0, 3, 1, 4)
        found = functional.scaled_dot_product_attention(queries, keys, values, is_causal=True)
        attended: Tensor = self.attended(found.transpose(1, 2).reshape(users, events, d))
        return attended
