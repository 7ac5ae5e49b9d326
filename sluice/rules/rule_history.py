"""Read from the verdicts of a rule what it observed on each batch, and the limits that applied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sluice.domain import Message, Status
from sluice.domain.message import TEXT

_OF_ROWS = "rows_failing"


@dataclass(frozen=True, slots=True)
class RulePoint:
    """Hold what a rule said of one batch.

    Attributes:
        run: Id of the run.
        at: End of the batch.
        status: Status of its verdict.
        rows: Number of rows that it judged; of a rule about a whole batch what its measure counts, such as transitions.
        failed: Number of failing rows.
        message: What is wrong with a failing row, or what is expected of the batch: the limits that applied.
        observed: What was observed.
    """

    run: str
    at: datetime
    status: Status
    rows: int
    failed: int
    message: Message
    observed: Message

    @property
    def is_of_rows(self) -> bool:
        """Return True for a rule that single rows fail; what 0.1 stored was a sentence."""
        return self.rows > 0 and self.observed.code in (_OF_ROWS, TEXT)

    @property
    def is_share(self) -> bool:
        """Return True where its value is a share."""
        return self.is_of_rows or "share" in self.observed.params

    @property
    def value(self) -> float | None:
        """Return what was observed: of a rule about rows the share that fails, else the number that is compared with limits."""
        if self.is_of_rows:
            return self.failed / self.rows
        values = self.observed.params.get("values")
        single = values[0] if isinstance(values, tuple) and len(values) == 1 else None
        return _number(self.observed.params.get("share", self.observed.params.get("rows", single)))

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """Return the least and the largest value that passed on this batch; None without such a limit.

        Example:
            >>> expected = Message.of("row_count_near_usual", tolerance=0.5)
            >>> seen = Message.of("row_count_and_usual", rows=90, usual=100, batches=3)
            >>> RulePoint("r", datetime(2026, 3, 1), "passed", 0, 0, expected, seen).limits
            (50.0, 150.0)
        """
        params, baseline = self.message.params, _number(self.observed.params.get("usual"))
        if baseline is not None:
            return _around(baseline, self.message, self.is_share)
        if self.is_of_rows:
            return None, None
        if isinstance(bounds := params.get("bounds"), Message):
            limits = dict(_bounds(bounds))
            return limits.get("at_least"), limits.get("at_most")
        return _number(params.get("low")), _number(params.get("high"))

    @property
    def is_learned(self) -> bool:
        """Return True where the limits come from earlier batches."""
        return "usual" in self.observed.params


def _around(baseline: float, message: Message, is_share: bool) -> tuple[float | None, float | None]:  # noqa: FBT001  # says which kind it is
    tolerance = _number(message.params.get("tolerance"))
    below, above = (_number(message.params.get(name, tolerance)) for name in ("below", "above"))
    high = None if above is None or is_share else baseline * (1 + above)  # a share of transitions may only fall too low
    return (None if below is None else baseline * (1 - below)), high


def _bounds(message: Message) -> Iterator[tuple[str, float]]:
    for part in (message.params.get("first"), message.params.get("second")):
        if isinstance(part, Message):
            yield from _bounds(part)
    limit = _number(message.params.get("limit"))
    if limit is not None:
        yield message.code, limit


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def judged(points: Sequence[RulePoint]) -> list[RulePoint]:
    """Return the points at which the rule judged something."""
    return [point for point in points if point.status in ("passed", "failed")]
