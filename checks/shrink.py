"""Judge whether a snapshot lost most of the keys, or of the cells of a column, of the table that it replaces."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from checks.chance import chance_of_fewer
from sluice.domain import MAX_SHRINK, ROW, Batch, Message, Schema, Verdict
from sluice.ports import Needs, Snapshot

RULE = MAX_SHRINK
REPORTED = 0.2  # a loss from this share on is reported
MIN_ROWS = 20  # a smaller table may lose most of its rows in a day
FILLED = 0.9  # a column that was filled in fewer rows, in one of the tables before, may be emptied, such as the prices of a sale
MAX_CHANCE = 0.001  # that a column has so few filled cells by chance: of ten filled cells two come and go
PAST = 14  # so many runs before the newest say whether a column was always filled


@dataclass(frozen=True)
class Loss:
    """Hold what a snapshot lost: keys, rows of a table without a key, or the cells of a column.

    Attributes:
        share: Lost share of the keys or rows, or of the share of filled cells.
        message: The loss in numbers.
        sure: Whether there was enough before that the loss is no matter of chance or season.
        column: The column; None for keys and rows.
    """

    share: float
    message: Message
    sure: bool
    column: str | None = None


@dataclass(frozen=True)
class ShrinkJudge:
    """Compare a whole snapshot with the published table; other modes and parts of a batch are not judged.

    The rule `max_shrink` reports a loss of 20 % or more of the keys, or of the filled cells of a column, and holds the whole batch where the
    loss is above `max_shrink`. A published key that the snapshot lacks is lost, however many new keys it brings: a table with no key in common
    is another table. Without a key, rows are counted. A table of fewer than 20 rows, and a column that was filled in fewer than nine of ten
    rows of one of the newest tables, is reported alone. A column that may have fewer filled cells by chance is not reported.

    Attributes:
        schema: Schema of the dataset.
        max_shrink: Largest share that may be lost (0 to 1).

    Example:
        >>> from sluice.domain import Column
        >>> from sluice.testing import MemorySnapshot, make_batch, make_rows
        >>> schema = Schema("items", "snapshot", ("sku",), (Column("sku"),))
        >>> before = make_rows(schema, {"sku": [f"s{number}" for number in range(100)]})
        >>> (verdict,) = ShrinkJudge(schema).judge(make_batch(schema, {"sku": ["s1", "s2"]}), MemorySnapshot({"items": before}))
        >>> verdict.on_fail, verdict.status, verdict.observed.params["share"]
        ('block', 'failed', 0.98)
    """

    schema: Schema
    max_shrink: float = 0.5

    @property
    def needs(self) -> Needs:
        """Return that rows of one key must meet, so that the keys of all parts add up."""
        return Needs.rows(self.schema.key, RULE) if self.schema.mode == "snapshot" else Needs()

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        """Return the verdict on a whole snapshot; none where there is no table to compare it with."""
        if self.schema.mode != "snapshot" or not batch.whole:
            return []
        losses = list(self._losses(batch, snapshot.published(self.schema.dataset)))
        if not losses:
            return []
        held = self._without_unsteady([loss for loss in losses if loss.sure and loss.share > self.max_shrink], snapshot)
        reported = held or [loss for loss in losses if loss.share >= REPORTED or loss.share > self.max_shrink]
        observed = Message.join([loss.message for loss in reported or losses[:1]])
        return [
            Verdict(
                RULE,
                "schema",
                "volume",
                "critical" if held else "info",
                "block" if held else "flag",
                "failed" if reported else "passed",
                failed=int(bool(reported)),
                columns=tuple(loss.column for loss in reported if loss.column),
                message=Message.of("snapshot_may_shrink", limit=self.max_shrink),
                observed=observed,
                fingerprint=hashlib.sha256(repr((RULE, self.max_shrink)).encode()).hexdigest()[:12],
            )
        ]

    def _without_unsteady(self, losses: Sequence[Loss], snapshot: Snapshot) -> list[Loss]:
        """Leave out columns that were filled in few rows of an earlier table: they come and go."""
        remaining = list(losses)
        for run in reversed(snapshot.runs(self.schema.dataset)[-PAST:]):
            columns = [loss.column for loss in remaining if loss.column is not None]
            if not columns:
                break
            snapshot = snapshot.without(run.id)
            rows = snapshot.published(self.schema.dataset)
            stored = [name for name in columns if name in rows.collect_schema().names()]
            shares = rows.select(pl.col(name).count() / pl.len() for name in stored).collect().row(0, named=True) if stored else {}
            remaining = [loss for loss in remaining if loss.column is None or not shares.get(loss.column, 1.0) < FILLED]
        return remaining

    def _losses(self, batch: Batch, published: pl.LazyFrame) -> Iterator[Loss]:
        """Yield what may have been lost: the keys or rows, then each column; an empty snapshot replaces no table, and loses nothing."""
        rows, stored = batch.rows, published.collect_schema().names()
        names = [name for name in self.schema.names if name in rows.columns and name in stored]
        if ROW not in stored:
            return
        counted = [pl.len().alias(ROW), *(pl.col(name).count() for name in names)]
        before, own = published.select(counted).collect().row(0, named=True), rows.select(counted).row(0, named=True)
        if not before[ROW]:
            return
        keys, own_remaining = self._count_keys(rows, published, names) or (None, 0)
        now, remaining = batch.part.total("cells of the table", (own, own_remaining), steady=True)
        batch.part.wait("cells of the table")  # a part lacks most keys
        if not now[ROW]:
            return
        enough = before[ROW] >= MIN_ROWS
        yield _lost_rows(now[ROW], before[ROW], sure=enough) if keys is None else _lost_keys(keys, remaining, sure=enough)
        for name in names:
            was, is_now = before[name] / before[ROW], now[name] / now[ROW]
            if was and chance_of_fewer(now[name], now[ROW], before[name], before[ROW]) <= MAX_CHANCE:
                share = round(1 - is_now / was, 9)
                yield Loss(share, Message.of("snapshot_cells", share=max(share, 0.0), column=name, filled=is_now, before=was), enough and was >= FILLED, name)

    def _count_keys(self, rows: pl.DataFrame, published: pl.LazyFrame, names: Sequence[str]) -> tuple[int, int] | None:
        """Return the number of published keys, and that of those among some rows; None where there is no key to compare."""
        key = list(self.schema.key)
        if not key or not set(key) <= set(names):
            return None
        before = published.select(key).unique().collect()
        if before.schema != rows.select(key).schema:
            return None
        return before.height, before.join(rows.select(key).unique(), on=key, how="semi", nulls_equal=True).height


def _lost_keys(before: int, remaining: int, *, sure: bool) -> Loss:
    share = round((before - remaining) / before, 9)
    return Loss(share, Message.of("snapshot_keys", share=share, lost=before - remaining, before=before), sure)


def _lost_rows(now: int, before: int, *, sure: bool) -> Loss:
    share = round(1 - now / before, 9)  # 1 - 80 / 100 is 0.19999999999999996
    return Loss(share, Message.of("snapshot_rows", share=max(share, 0.0), rows=now, before=before), sure)
