"""Give events that were recorded on the wrong account the user that their session, or their device, shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from cleaning.all_rows import find_in_all_rows
from cleaning.history import read_published
from cleaning.repair import CONFIDENCE, MESSAGE, NEW, Proposal, apply_proposals, repeat_until_stable, unchanged
from sluice.domain import ROW, Batch, Cleaned, Schema, Verdict, message_column
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.ports import Needs, Snapshot

_CELLS = pl.Schema({ROW: pl.String(), NEW: pl.String(), CONFIDENCE: pl.Float64(), MESSAGE: pl.String()})
_CANDIDATE = 0.5  # confidence from which a value is recorded


@dataclass(frozen=True)
class SessionUser:
    """Compare the user of an event with those of the other events of its session, or of its device.

    A single event of another user, among at least two of one user and no more of any other, is taken for one that was recorded on the wrong account. How sure
    that is, is read off the published rows, whose sessions have one user as a rule: it is one less their share of sessions with several users, divided by that
    of the batch. Where sessions have several users anyway, such as at a shared till, it is not sure, and the value stays a Candidate. Two events or more
    of another user are left alone: somebody may have logged in. Nor is it sure where such single events are far more often the first, the last, or of one
    kind than by chance, as where people log in at the checkout: mistakes happen anywhere.

    Attributes:
        schema: Schema of the dataset.
        user: Column of the user.
        session: Column of the session.
        devices: Columns that identify a device or a household, such as the address: they are asked in their order where the session says nothing.
        kind: Column of the kind of event; empty where there is none.
        min_sessions: Published sessions of two events or more, below which it is not known whether a session has one user.
        min_confidence: Lowest confidence of a repair that is applied (0 to 1).

    Example:
        >>> from sluice.domain import Column, Schema
        >>> from sluice.testing import MemorySnapshot, make_batch
        >>> schema = Schema("events", columns=(Column("user"), Column("session")))
        >>> published = pl.DataFrame({"user": [f"u{n // 2}" for n in range(400)], "session": [f"s{n // 2}" for n in range(400)]})
        >>> batch = make_batch(schema, {"user": ["u1", "u7", "u1", "u2"], "session": ["a", "a", "a", "b"]})
        >>> SessionUser(schema, "user", "session").clean(batch, [], MemorySnapshot({"events": published})).batch.rows["user"].to_list()
        ['u1', 'u1', 'u1', 'u2']
    """

    schema: Schema
    user: str
    session: str
    devices: tuple[str, ...] = ()
    kind: str = ""
    min_sessions: int = 30
    min_confidence: float = 0.9

    def __post_init__(self) -> None:
        """Reject columns that the schema does not declare."""
        if unknown := [name for name in (self.user, *self._groups, *filter(None, [self.kind])) if name not in self.schema.names]:
            raise make_error(InvalidValue, "session_user_undeclared", names=tuple(unknown), columns=tuple(self.schema.names))

    @property
    def _groups(self) -> tuple[str, ...]:
        return (self.session, *self.devices)

    @property
    def needs(self) -> Needs:
        """Return that one part takes the users and sessions of all rows."""
        return Needs()

    def clean(self, batch: Batch, verdicts: Sequence[Verdict], snapshot: Snapshot) -> Cleaned:
        """Set the user of single events of another user; the rest are Candidates."""
        groups = [name for name in self._groups if name in batch.rows.columns]
        if self.user not in batch.rows.columns or not groups:
            return unchanged(batch)
        mixed_share = {name: self._mixed_share(read_published(snapshot, self.schema.dataset, [self.user, name]), name) for name in groups}

        def clean_once(batch: Batch) -> Cleaned:
            columns = [self.user, *groups, *(name for name in (self.kind, self.schema.time) if name and name in batch.rows.columns)]
            cells = find_in_all_rows(batch, "session_user", columns, lambda rows: self._cells(rows, mixed_share))
            typed = cells.with_columns(pl.col(NEW).cast(batch.rows.schema[self.user]))
            return apply_proposals(batch, [Proposal(self.user, typed)], "session_user", self.min_confidence)

        return repeat_until_stable(batch, clean_once)

    def _mixed_share(self, published: pl.DataFrame | None, name: str) -> float | None:
        """Return the share of published groups of two rows or more that have several users; None where too few are known."""
        if published is None:
            return None
        groups = published.drop_nulls().group_by(name).agg(rows=pl.len(), users=pl.col(self.user).n_unique()).filter(pl.col("rows") > 1)
        return (int((groups["users"] > 1).sum()) + 1) / (groups.height + 2) if groups.height >= self.min_sessions else None

    def _cells(self, rows: pl.DataFrame, mixed_share: dict[str, float | None]) -> pl.DataFrame:
        """Return the users that the groups show (schema of `Proposal.cells`), for each row those of the first group that shows one."""
        by_group = [self._of_group(rows, name, share) for name, share in mixed_share.items() if share is not None]
        return pl.concat([_CELLS.to_frame(), *by_group]).unique(ROW, keep="first", maintain_order=True).filter(pl.col(CONFIDENCE) >= _CANDIDATE)

    def _of_group(self, rows: pl.DataFrame, name: str, mixed_share: float) -> pl.DataFrame:
        votes = self._votes(rows, name)
        counted = votes.group_by("group", "user").agg(events=pl.len()).with_columns(users=pl.len().over("group"), most=pl.col("events").max().over("group"))
        leaders = counted.filter(pl.col("events") == pl.col("most")).group_by("group").agg(right=pl.col("user").first(), leaders=pl.len())
        several = counted.filter(pl.col("most") > 1).unique("group")
        mixed = int((several["users"] > 1).sum()) / max(several.height, 1)
        odd = counted.filter((pl.col("users") > 1) & (pl.col("events") == 1) & (pl.col("most") > 1)).join(leaders.filter(pl.col("leaders") == 1), on="group")
        sure = max(0.0, 1 - mixed_share / mixed) if mixed else 0.0
        message = message_column("user_of_group", column=pl.lit(name))
        grouped = votes.join(odd, on=["group", "user"], how="left", maintain_order="left").join(several, on="group", how="semi", maintain_order="left")
        confidence = (sure * _evenness(grouped)).alias(CONFIDENCE)
        cells = grouped.select(ROW, pl.col("right").alias(NEW), confidence, message.alias(MESSAGE))
        return cells.filter(pl.col(NEW).is_not_null())

    def _votes(self, rows: pl.DataFrame, name: str) -> pl.DataFrame:
        """Return the `user` and `group` of each row, and of which `kind` and at which `place` of its group it is: first, last or between."""
        kind = pl.col(self.kind).cast(pl.String) if self.kind in rows.columns else pl.lit(None, dtype=pl.String)
        ordered = rows.sort(self.schema.time, maintain_order=True) if self.schema.time in rows.columns else rows
        votes = ordered.select(ROW, user=pl.col(self.user).cast(pl.String), group=pl.col(name).cast(pl.String), kind=kind).drop_nulls(["user", "group"])
        nth, size = pl.int_range(pl.len()).over("group"), pl.len().over("group")
        return votes.with_columns(place=pl.when(nth == 0).then(pl.lit("first")).when(nth == size - 1).then(pl.lit("last")).otherwise(pl.lit("between")))


def _evenness(grouped: pl.DataFrame) -> pl.Series:
    """Return for each row how far single events of another user are as frequent at its place, and of its kind, as elsewhere: 1, or less.

    Args:
        grouped: Rows of groups of several events: `place`, `kind`, and `right`, which is not null for such events.
    """
    shares = grouped.select(pl.lit(1.0).alias("even"))["even"]
    for by in ("place", "kind"):
        odd, rows = pl.col("right").is_not_null().sum().over(by), pl.len().over(by)
        others = (pl.col("right").is_not_null().sum() - odd + 1) / (pl.len() - rows + 1)
        expected = others * rows
        even = pl.when((odd > expected + 2 * expected.sqrt() + 1) & (rows < pl.len())).then(expected / odd).otherwise(1.0)
        shares = shares * grouped.select(even=even)["even"]
    return shares
