"""Train the towers: first some epochs of hidden items if requested, then next items."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from recommender.data.sequences import Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.threads import limit_to_one_thread
from recommender.two_tower.augmentation import Augmenter
from recommender.two_tower.batches import Batch, cut_windows
from recommender.two_tower.initialization import initialize_item_tower, initialize_side
from recommender.two_tower.item_features import ItemFeatures
from recommender.two_tower.losses import TwoTower, hidden_item_loss, next_item_loss
from recommender.two_tower.modules import ItemTower, UserTower
from recommender.two_tower.settings import TowerSettings
from recommender.two_tower.warm_start import EPOCH_DIVISOR, can_continue, transfer_item_tower

Loss: TypeAlias = Callable[[TwoTower, Batch], Tensor]
EpochLog: TypeAlias = Callable[[float, int], None]
TowerPair: TypeAlias = tuple[ItemTower, UserTower]
InitTowers: TypeAlias = tuple[Vocabulary, ItemTower, UserTower]  # earlier towers, and the items and kinds that they know
TowerWatch: TypeAlias = Callable[[float, TwoTower], None]  # takes the share of the epochs that is done, and the towers as they are

DEFAULTS = TowerSettings()


def watch_nothing(_share: float, _towers: TwoTower) -> None:
    """Let every epoch pass."""


@limit_to_one_thread()
def fit_towers(
    data: TrainingData,
    cooccurrence: CoOccurrence,
    seed: int,
    settings: TowerSettings = DEFAULTS,
    init: InitTowers | None = None,
    on_epoch: TowerWatch = watch_nothing,
) -> TowerPair:
    """Train both towers, on the GPU where there is one, else in one thread.

    Interactions of unknown order reach the towers through the co-occurrence alone.

    Args:
        data: Data to learn from.
        cooccurrence: Co-occurrence of the same events, which initializes the items.
        seed: Seed of everything that is random.
        settings: How the towers learn.
        init: Towers to continue from with a fraction of the epochs, where they fit the data; else a full fit is made.
        on_epoch: Called after each epoch of next items; it raises to end the fit.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    rng = np.random.default_rng(seed)
    counts = np.bincount(data.events.items, minlength=data.items)
    warm = init is not None and can_continue(init[1], init[2], init[0], data)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        items, users = _continue(init, data, cooccurrence, counts) if init is not None and warm else _initialize(data, cooccurrence, counts, rng)
        features = ItemFeatures.of(data.attributes, data.content, counts)
        if users.side is not None and not warm:
            users.side.weight.data.copy_(_initial_side(data.events, items, features))
        users.dropout.p = settings.dropout
        active = torch.from_numpy(np.flatnonzero(counts)).to(device)
        towers = TwoTower(items.to(device), users.to(device), features.to(device), active, settings.negatives, settings.temperature)
        events = data.events.filter(data.events.ordered)
        rate, pretrain_epochs = settings.learning_rate, 0 if warm else settings.pretrain_epochs
        _train(towers, hidden_item_loss, events, pretrain_epochs, rng, lambda *point: data.log_metric("two_tower/pretraining_loss", *point), rate)
        epochs, divisor = (-(-data.epochs // EPOCH_DIVISOR), EPOCH_DIVISOR) if warm else (data.epochs, 1)

        def log_epoch(loss: float, epoch: int) -> None:
            data.log_metric("two_tower/loss", loss, epoch)
            on_epoch((epoch + 1) / epochs, towers)

        augmenter = Augmenter.of(data.augmentation, cooccurrence.matrix, counts) if data.augmentation else None
        _train(towers, next_item_loss, events, epochs, rng, log_epoch, rate / divisor, augmenter)
    return towers.items.cpu().eval(), towers.users.cpu().eval()


def _initialize(data: TrainingData, cooccurrence: CoOccurrence, counts: Ints, rng: np.random.Generator) -> TowerPair:
    items = initialize_item_tower(cooccurrence.matrix, data, counts, rng)
    return items, UserTower(data.dimensions, len(data.vocabulary.kinds), data.similarity, side=data.events.side is not None)


@torch.no_grad()
def _initial_side(events: Sequences, items: ItemTower, features: ItemFeatures) -> Tensor:
    vectors = items.eval()(torch.arange(len(features.id_probability)), features)
    return torch.from_numpy(initialize_side(events, vectors.numpy()))


def _continue(init: InitTowers, data: TrainingData, cooccurrence: CoOccurrence, counts: Ints) -> TowerPair:
    vocabulary, items, users = init
    return transfer_item_tower(items, vocabulary, data, cooccurrence, counts), copy.deepcopy(users)


def _train(
    towers: TwoTower, loss_of: Loss, events: Sequences, epochs: int, rng: np.random.Generator, log: EpochLog, rate: float, augmenter: Augmenter | None = None
) -> None:
    windows = cut_windows(events)
    optimizer = torch.optim.AdamW([*towers.items.parameters(), *towers.users.parameters()], lr=rate, weight_decay=0.0, fused=True)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, total_iters=max(1, epochs) * windows.batches_per_epoch)
    for epoch in range(epochs):
        towers.items.train()
        towers.users.train()
        losses = []
        changed = augmenter.change_windows(windows, rng) if augmenter else windows
        for batch in changed.batches(rng):
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(towers, augmenter.change_batch(batch, rng) if augmenter else batch)
            loss.backward()  # type: ignore[no-untyped-call]  # torch's own
            optimizer.step()
            schedule.step()
            losses.append(loss.detach())
        if losses:
            log(float(torch.stack(losses).mean()), epoch)
