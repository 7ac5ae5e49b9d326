"""Declare what a step needs of a batch whose rows come in parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import polars as pl

from sluice.ports.judging import Steps


@dataclass(frozen=True, slots=True)
class Together:
    """Say which rows a step must see in one part: those that are equal in all of some columns.

    Attributes:
        columns: The columns.
        step: Name of the step.
        exchanges: Whether the step has the rows sent where they are apart (`Part.exchange`), so that any division will do.
    """

    columns: frozenset[str]
    step: str
    exchanges: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """Hold what some steps need of a batch whose rows come in parts.

    A step that asks for what it must know of other rows (`Batch.part`) needs nothing.

    Attributes:
        together: Rows that must be in one part.
        whole: Names of the steps that need all rows at once.
    """

    together: tuple[Together, ...] = ()
    whole: tuple[str, ...] = ()

    @classmethod
    def rows(cls, columns: Iterable[str], step: str, *, exchanges: bool = False) -> Needs:
        """Return that a step needs rows together that are equal in some columns; nothing without columns."""
        names = frozenset(columns)
        return cls((Together(names, step, exchanges),)) if names else cls()

    @classmethod
    def join(cls, needs: Iterable[Needs]) -> Needs:
        """Return the needs of several steps."""
        listed = list(needs)
        return cls(tuple(entry for step in listed for entry in step.together), tuple(name for step in listed for name in step.whole))

    def together_by(self) -> tuple[str, ...]:
        """Return the columns that divide the rows so that all meet that must, where `undivided` is empty; none where any division will do."""
        common: frozenset[str] | None = None
        for entry in sorted(self.together, key=lambda entry: entry.exchanges):  # those first that cannot do without
            narrower = entry.columns if common is None else common & entry.columns
            common = common if entry.exchanges and not narrower else narrower
        return tuple(sorted(common or ()))

    def undivided(self) -> tuple[str, ...]:
        """Return the steps for which the rows must stay one part; of steps that need different columns, those that fewer others agree with."""
        fixed = [entry for entry in self.together if not entry.exchanges]
        if self.whole or not fixed or frozenset.intersection(*(entry.columns for entry in fixed)):
            return self.whole
        most, _ = Counter(name for entry in fixed for name in sorted(entry.columns)).most_common(1)[0]
        return tuple(entry.step for entry in fixed if most not in entry.columns)


class Exchanger(Protocol):
    """Hand rows from one part of a batch to another."""

    @property
    def part(self) -> int | None:
        """Return the number of the part; None for the run on no rows."""
        ...

    def meets(self, by: Sequence[str]) -> bool:
        """Return True where rows that are equal in some columns are in one part."""
        ...

    def send(self, rows: pl.DataFrame, by: Sequence[str]) -> frozenset[str]:
        """Send each row to the part that takes its group, and return the names of what is sent."""
        ...

    def sent(self, names: frozenset[str]) -> frozenset[str]:
        """Return those of some names that are of this part."""
        ...

    def receive(self, names: frozenset[str], empty: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that all parts sent to this one, in the order of the file.

        Args:
            names: Names of all that was sent.
            empty: A frame of their columns.
        """
        ...


@runtime_checkable
class InParts(Protocol):
    """Work on a part of a batch as on a whole one."""

    @property
    def needs(self) -> Needs:
        """Return what the step needs of the division."""
        ...


def needs_of(step: object, name: str = "") -> Needs:
    """Return the needs of a step; one that declares none needs all rows.

    Args:
        step: The step.
        name: Its name in messages; that of its class by default.
    """
    return step.needs if isinstance(step, InParts) else Needs(whole=(name or type(step).__name__,))


def needs_of_steps(steps: Steps) -> Needs:
    """Return the needs of all steps of a dataset."""
    reconciler = [steps.reconciler] if steps.reconciler else []
    return Needs.join(needs_of(step) for step in (*steps.judges, steps.cleaner, *reconciler))
