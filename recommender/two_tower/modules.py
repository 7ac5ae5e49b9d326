"""The two towers as modules of torch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from recommender.data.attributes import BUCKETS
from recommender.data.training_data import Similarity
from recommender.two_tower.batches import AGES, HISTORY
from recommender.two_tower.item_features import ItemFeatures
from recommender.two_tower.similarity import placed

DROPOUT = 0.2
ID, ATTRIBUTES = "id", "attributes"


class ItemTower(nn.Module):
    """An item as the gated sum of what its id, its attributes and each further mode tell (gated multimodal units, Arevalo et al. 2017).

    How much each counts is a softmax over gates that read the modes themselves; a mode that is missing is masked, so the others speak for it.
    """

    def __init__(self, items: int, dimensions: int, modes: Mapping[str, int], similarity: Similarity = "cosine") -> None:
        """Start at zero: `starting.start` gives the tables their values.

        Args:
            items: How many there are.
            dimensions: Of the vectors.
            modes: The width of each further mode, by its name.
            similarity: What the vectors are made for.
        """
        super().__init__()
        self.similarity: Similarity = similarity
        self.widths = dict(modes)
        self.names = (ID, ATTRIBUTES, *sorted(modes))
        self.ids = nn.Embedding(items, dimensions)
        self.attributes = nn.Embedding(BUCKETS, dimensions, padding_idx=0)
        self.projections = nn.ModuleDict({name: nn.Linear(modes[name], dimensions, bias=False) for name in sorted(modes)})
        self.gates = nn.Parameter(torch.zeros(2 + len(modes), dimensions))
        self.leanings = nn.Parameter(torch.zeros(2 + len(modes)))
        for table in (self.ids, self.attributes, *self.projections.values()):
            nn.init.zeros_(table.weight)  # type: ignore[arg-type]  # each has one tensor of this name

    def forward(self, items: Tensor, known: ItemFeatures) -> Tensor:
        """Vectors of items (n,) -> (n, d); `known` tells of these items alone."""
        parts, present = self._parts(items, known)
        if len(parts) == 1:
            return placed(parts[ID] * (present[ID] > 0)[:, None], self.similarity)
        stacked, there = torch.stack(list(parts.values()), 1), torch.stack(list(present.values()), 1)
        rows = [self.names.index(name) for name in parts]
        gates = (stacked * self.gates[rows]).sum(-1) + self.leanings[rows]
        opened = torch.exp(gates - gates.amax(1, keepdim=True)) * there
        shares = opened / opened.sum(1, keepdim=True).clamp(min=torch.finfo(opened.dtype).tiny)
        summed = (shares[..., None] * stacked).sum(1) * (there > 0).sum(1, keepdim=True)
        return placed(summed, self.similarity)

    def _parts(self, items: Tensor, known: ItemFeatures) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """What each mode tells, (n, d), and how far it is there, (n,); the id first, the others in a fixed order."""
        parts, present = {ID: self.ids(items)}, {ID: self._trust(known.kept)}
        if known.features.shape[1]:
            counts = (known.features > 0).sum(1, keepdim=True)
            parts[ATTRIBUTES], present[ATTRIBUTES] = self.attributes(known.features).sum(1) / counts.clamp(min=1), (counts[:, 0] > 0).float()
        for name, projection in self.projections.items():
            parts[name], present[name] = projection(known.modes[name]), (known.modes[name] != 0).any(1).float()
        return parts, present

    def _trust(self, kept: Tensor) -> Tensor:
        """How far ids take part: in training wholly or not at all, by chance; later as much as by chance on average."""
        return (torch.rand_like(kept) < kept).float() if self.training else kept


class UserTower(nn.Module):
    """One attention block over a user's events: items, their places, kinds, and the time since the event before."""

    def __init__(self, dimensions: int, kinds: int, similarity: Similarity = "cosine") -> None:
        """Start at random; `kinds` counts the known kinds of events."""
        super().__init__()
        self.similarity: Similarity = similarity
        self.heads = 2 if dimensions % 2 == 0 else 1
        self.places = nn.Embedding(HISTORY, dimensions)
        self.kinds = nn.Embedding(kinds + 1, dimensions)
        self.ages = nn.Embedding(AGES, dimensions)
        self.hidden = nn.Parameter(torch.zeros(dimensions))  # stands for an item that is not told
        self.around = nn.Linear(dimensions, dimensions, bias=False)
        self.heeding = nn.Linear(dimensions, 1)  # how much the people around a user count
        for table in (self.places.weight, self.kinds.weight, self.ages.weight, self.hidden):
            nn.init.normal_(table, std=0.02)
        self.before_attention, self.before_forward, self.last = (nn.LayerNorm(dimensions) for _ in range(3))
        self.queries_keys_values = nn.Linear(dimensions, 3 * dimensions)
        self.attended = nn.Linear(dimensions, dimensions)
        self.feed_forward = nn.Sequential(nn.Linear(dimensions, 2 * dimensions), nn.GELU(), nn.Linear(2 * dimensions, dimensions))
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, items: Tensor, kinds: Tensor, ages: Tensor, seen: Tensor | None = None, around: Tensor | None = None) -> Tensor:
        """Where a user points at each event, from vectors of the items (users, events, d), to vectors of that shape.

        Args:
            items: Vectors of the items.
            kinds: Shape (users, events), as are `ages`.
            ages: Of `windows.ages_of`.
            seen: True for the events that all events of the same user see, (users, events); None: each sees itself and those before it.
            around: The mean vector of what the people around each user had met, (users, d), zeros where nothing is known; None for all.
        """
        places = self.places(torch.arange(items.shape[1], device=items.device))
        x = items * (items.shape[-1] ** 0.5 / 2) + places + self.kinds(kinds) + self.ages(ages)
        if around is not None:
            x = x + (torch.sigmoid(self.heeding(around)) * self.around(around))[:, None]
        x = self.dropout(x)
        x = x + self.dropout(self._attend(self.before_attention(x), seen))
        x = x + self.dropout(self.feed_forward(self.before_forward(x)))
        return placed(self.last(x) / items.shape[-1] ** 0.5, self.similarity)

    def _attend(self, x: Tensor, seen: Tensor | None) -> Tensor:
        users, events, d = x.shape
        split = self.queries_keys_values(x).view(users, events, 3, self.heads, d // self.heads)
        queries, keys, values = split.permute(2, 0, 3, 1, 4)
        mask = None if seen is None else seen[:, None, None, :]
        found = functional.scaled_dot_product_attention(queries, keys, values, mask, is_causal=mask is None)
        attended: Tensor = self.attended(found.transpose(1, 2).reshape(users, events, d))
        return attended
