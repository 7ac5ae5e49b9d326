"""Hold the decisions of `sluice init` that a person should check, the worst first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sluice.domain import Message
from sluice.messages import render

Risk: TypeAlias = Literal["rows", "values", "unread", "guess"]

RISKS: tuple[Risk, ...] = ("rows", "values", "unread", "guess")
MAX_CHECKS = 10  # lines over the whole file: a longer list is not read


@dataclass(frozen=True, slots=True)
class Check:
    """Describe an uncertain decision, for a `# CHECK:` line of sluice.yaml.

    Attributes:
        reason: One sentence: what was decided, why it is not sure, and what to change if it is wrong. Never a value of a personal column.
        risk: What a wrong decision costs, the worst first: `rows` are lost, replaced or held; `values` are misread; a file or column stays
            `unread`; a `guess` costs little.
        dataset: Dataset that it is about; empty for the whole folder.
        column: Column that it is about; empty for the whole dataset.

    Example:
        >>> Check(Message.of("init_day_or_month"), "values", "orders", "ordered_on").place
        'orders.ordered_on'
    """

    reason: Message
    risk: Risk = "guess"
    dataset: str = ""
    column: str = ""

    @property
    def text(self) -> str:
        """Return the reason in English."""
        return render(self.reason)

    @property
    def place(self) -> str:
        """Return the dataset and column that it is about, with a point between them."""
        return ".".join(part for part in (self.dataset, self.column) if part)


def worst_checks(checks: Iterable[Check], limit: int = MAX_CHECKS) -> tuple[Check, ...]:
    """Return the checks whose wrong decision costs most, without repeats; those of one risk keep their order.

    Args:
        checks: Checks of all datasets and of the folder.
        limit: Largest number of checks.
    """
    return tuple(sorted(dict.fromkeys(checks), key=lambda check: RISKS.index(check.risk))[:limit])
