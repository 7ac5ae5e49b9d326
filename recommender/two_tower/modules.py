"""Implement the two towers as torch modules."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from recommender.data.attributes import BUCKETS
from recommender.data.training_data import Similarity
from recommender.two_tower.batches import HISTORY, TIME_GAPS
from recommender.two_tower.item_features import ItemFeatures
from recommender.two_tower.similarity import normalize_output

DROPOUT = 0.2  # unless set
ID, ATTRIBUTES = "id", "attributes"


class ItemTower(nn.Module):
    """Embed items as the gated sum of their id, attributes and content (gated multimodal units, Arevalo et al. 2017).

    The weight of each modality is a softmax over gates that read the modalities themselves; a missing modality is masked.
    """

    def __init__(self, items: int, dimensions: int, widths: Mapping[str, int], similarity: Similarity = "cosine") -> None:
        """Initialize all tables with zeros: `initialize_item_tower` gives them their values.

        Args:
            items: Number of items.
            dimensions: Width of the embeddings.
            widths: Width of each modality of content, by name.
            similarity: Similarity that the embeddings are made for.
        """
        super().__init__()
        self.similarity: Similarity = similarity
        self.widths = dict(widths)
        self.names = (ID, ATTRIBUTES, *sorted(widths))
        self.ids = nn.Embedding(items, dimensions)
        self.attributes = nn.Embedding(BUCKETS, dimensions, padding_idx=0)
        self.projections = nn.ModuleDict({name: nn.Linear(widths[name], dimensions, bias=False) for name in sorted(widths)})
        self.gates = nn.Parameter(torch.zeros(2 + len(widths), dimensions))
        self.gate_biases = nn.Parameter(torch.zeros(2 + len(widths)))
        for table in (self.ids, self.attributes, *self.projections.values()):
            nn.init.zeros_(table.weight)  # type: ignore[arg-type]  # each has one tensor of this name

    def forward(self, items: Tensor, features: ItemFeatures) -> Tensor:
        """Embed items (n,) -> (n, d); `features` are those of these items alone."""
        parts, present = self._parts(items, features)
        if len(parts) == 1:
            return normalize_output(parts[ID] * (present[ID] > 0)[:, None], self.similarity)
        stacked, available = torch.stack(list(parts.values()), 1), torch.stack(list(present.values()), 1)
        rows = [self.names.index(name) for name in parts]
        gates = (stacked * self.gates[rows]).sum(-1) + self.gate_biases[rows]
        opened = torch.exp(gates - gates.amax(1, keepdim=True)) * available
        shares = opened / opened.sum(1, keepdim=True).clamp(min=torch.finfo(opened.dtype).tiny)
        summed = (shares[..., None] * stacked).sum(1) * (available > 0).sum(1, keepdim=True)
        return normalize_output(summed, self.similarity)

    def _parts(self, items: Tensor, features: ItemFeatures) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Return the vectors of each modality, (n, d), and their presence, (n,); the id first, the others in a fixed order."""
        parts, present = {ID: self.ids(items)}, {ID: self._id_weight(features.id_probability)}
        if features.attributes.shape[1]:
            counts = (features.attributes > 0).sum(1, keepdim=True)
            parts[ATTRIBUTES], present[ATTRIBUTES] = self.attributes(features.attributes).sum(1) / counts.clamp(min=1), (counts[:, 0] > 0).float()
        for name, projection in self.projections.items():
            parts[name], present[name] = projection(features.content[name]), (features.content[name] != 0).any(1).float()
        return parts, present

    def _id_weight(self, probability: Tensor) -> Tensor:
        """Draw whether ids take part while training; use the probability itself afterwards."""
        return (torch.rand_like(probability) < probability).float() if self.training else probability


class UserTower(nn.Module):
    """Attend once over a user's events: items, positions, kinds, and the time since the previous event."""

    def __init__(self, dimensions: int, kinds: int, similarity: Similarity = "cosine", *, side: bool = False) -> None:
        """Initialize at random; attributes and context start with no effect.

        Args:
            dimensions: Width of the embeddings.
            kinds: Number of known kinds of events.
            similarity: Similarity that the embeddings are made for.
            side: Whether attributes of users and context are read.
        """
        super().__init__()
        self.similarity: Similarity = similarity
        self.heads = 2 if dimensions % 2 == 0 else 1
        self.positions = nn.Embedding(HISTORY, dimensions)
        self.kinds = nn.Embedding(kinds + 1, dimensions)
        self.time_gaps = nn.Embedding(TIME_GAPS, dimensions)
        self.mask_token = nn.Parameter(torch.zeros(dimensions))  # replaces a hidden item
        self.social = nn.Linear(dimensions, dimensions, bias=False)
        self.social_gate = nn.Linear(dimensions, 1)  # weight of the people around a user
        for table in (self.positions.weight, self.kinds.weight, self.time_gaps.weight, self.mask_token):
            nn.init.normal_(table, std=0.02)
        self.attention_norm, self.feed_forward_norm, self.output_norm = (nn.LayerNorm(dimensions) for _ in range(3))
        self.queries_keys_values = nn.Linear(dimensions, 3 * dimensions)
        self.attention_output = nn.Linear(dimensions, dimensions)
        self.feed_forward = nn.Sequential(nn.Linear(dimensions, 2 * dimensions), nn.GELU(), nn.Linear(2 * dimensions, dimensions))
        self.dropout = nn.Dropout(DROPOUT)
        self.side = nn.Embedding(BUCKETS, dimensions, padding_idx=0, _weight=torch.zeros(BUCKETS, dimensions)) if side else None

    def forward(
        self,
        items: Tensor,
        kinds: Tensor,
        time_gaps: Tensor,
        visible: Tensor | None = None,
        social: Tensor | None = None,
        side: Tensor | None = None,
    ) -> Tensor:
        """Embed a user at each event, from vectors of the items (users, events, d), to vectors of that shape.

        Args:
            items: Vectors of the items.
            kinds: Shape (users, events), as are `time_gaps`.
            time_gaps: Of `bucket_time_gaps`.
            visible: True for the events that all events of the same user attend to, (users, events); None: each attends to itself and
                those before it.
            social: Mean vector of the items of the people around each user, (users, d), zeros where there are none; None for all.
            side: Numbers of the attributes and of the context of the moment that is asked for, (users, events, columns), 0 where one is not
                known; None for all.
        """
        positions = self.positions(torch.arange(items.shape[1], device=items.device))
        x = items * (items.shape[-1] ** 0.5 / 2) + positions + self.kinds(kinds) + self.time_gaps(time_gaps)
        if social is not None:
            x = x + (torch.sigmoid(self.social_gate(social)) * self.social(social))[:, None]
        x = self.dropout(x)
        x = x + self.dropout(self._attend(self.attention_norm(x), visible))
        if self.side is not None and side is not None:
            x = x + self.side(side).sum(-2) * (items.shape[-1] ** 0.5 / 2)
        x = x + self.dropout(self.feed_forward(self.feed_forward_norm(x)))
        return normalize_output(self.output_norm(x) / items.shape[-1] ** 0.5, self.similarity)

    def _attend(self, x: Tensor, visible: Tensor | None) -> Tensor:
        users, events, d = x.shape
        split = self.queries_keys_values(x).view(users, events, 3, self.heads, d // self.heads)
        queries, keys, values = split.permute(2, 0, 3, 1, 4)
        mask = None if visible is None else visible[:, None, None, :]
        attended = functional.scaled_dot_product_attention(queries, keys, values, mask, is_causal=mask is None)
        output: Tensor = self.attention_output(attended.transpose(1, 2).reshape(users, events, d))
        return output
