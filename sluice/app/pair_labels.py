"""Label pairs of products in one sitting: choose them, and write each answer into the file of their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sluice.app.app import App
from sluice.app.pair_lines import with_pair, without_pair
from sluice.config.product_settings import pairs_path
from sluice.domain import PAIR_COLUMNS, PairToLabel, ProductPair
from sluice.rules.products import contradicting_pairs
from sluice.store.label_file import change_label_file, read_label_file

ROUND = 10  # pairs after which the labels are learned from again


@dataclass(eq=False)
class PairSession:
    """Hold the pairs that are labelled in one sitting, and the file of their labels.

    Attributes:
        app: The application.
        dataset: Name of the catalog.
        path: CSV file of the labels: `left`, `right`, `same`, `answer`.
        name: Name of the answers of this sitting, which no other sitting has.
        waiting: Pairs to ask about before others are chosen.
        answered: Pairs that were answered, the last one at the end.
        skipped: Pairs that were put back.
    """

    app: App
    dataset: str
    path: Path
    name: str
    waiting: list[PairToLabel] = field(default_factory=list)
    answered: list[PairToLabel] = field(default_factory=list)
    skipped: set[ProductPair] = field(default_factory=set)

    def next_pair(self) -> PairToLabel | None:
        """Return the pair to label next; None where none is left."""
        if not self.waiting:
            matches = self.app.worker.find_products(self.dataset, ROUND + len(self.skipped), self.app.store.snapshot().id)
            self.waiting = [pair for pair in matches.pairs if (pair.left, pair.right) not in self.skipped]
        return self.waiting[0] if self.waiting else None

    def label(self, pair: PairToLabel, *, same: bool) -> None:
        """Write whether two products are one."""
        change_label_file(self.path, lambda lines: with_pair(lines, pair.left, pair.right, self.name, same=same), PAIR_COLUMNS)
        self._drop(pair)
        self.answered.append(pair)

    def skip(self, pair: PairToLabel) -> None:
        """Put a pair back for this sitting."""
        self._drop(pair)
        self.skipped.add((pair.left, pair.right))

    def undo(self) -> bool:
        """Take back the last answer of this sitting, and ask about its pair again; return False where none is left."""
        if not self.answered:
            return False
        pair = self.answered.pop()
        change_label_file(self.path, lambda lines: without_pair(lines, pair.left, pair.right, self.name), PAIR_COLUMNS)
        self.waiting.insert(0, pair)
        return True

    def contradictions(self) -> Sequence[ProductPair]:
        """Return the pairs of which labels in the file say both."""
        return contradicting_pairs(read_label_file(self.path, PAIR_COLUMNS).select(PAIR_COLUMNS).iter_rows())

    def _drop(self, pair: PairToLabel) -> None:
        self.waiting = [other for other in self.waiting if other != pair]


def start_pairs(app: App, dataset: str, name: str) -> PairSession:
    """Begin a sitting.

    Args:
        app: The application.
        dataset: Name of the catalog.
        name: Name of the answers of this sitting, which no other sitting has.
    """
    return PairSession(app, dataset, pairs_path(app.config, dataset), name)
