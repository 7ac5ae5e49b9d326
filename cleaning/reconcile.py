"""Compare a batch with the published rows of the same keys: copies, changed rows, and which of two rows stays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from cleaning.equal_rows import pair_equal
from cleaning.grown import read_before, replaced_cut
from cleaning.key_matches import PAIRS, Matches, copies_within, has_key, match_published, match_rows
from cleaning.moved_keys import moved_rows
from cleaning.overlap import find_overlap, told_overlap
from cleaning.precedence import later_rows, later_than_held, of_batches_not_open
from cleaning.published_without import PublishedWithout, without_replaced
from cleaning.repeats import ORIGINAL, duplicate_verdict, fingerprint_of
from cleaning.same_file import rows_in_place, same_rows
from cleaning.wholly_other import wholly_other_rows
from sluice.domain import OTHER, RAW, REPEATS, ROW, STATE, Batch, GrownFile, Message, OnChange, OnFail, Rows, Schema, Split, Verdict, message_column
from sluice.ports import Needs, Reconciled, SettledHeld, Snapshot
from sluice.rules import batches_before, earlier_batches, repeated, replaces_table
from sluice.rules.revisions import batches_of

CONFLICT = "deduplicate:conflict"  # holds changed rows; a steward who waives it lets them replace the published ones
MOVED = "deduplicate:moved_key"  # holds rows that would replace a published row with the cells of another one

OTHER_ROW = "deduplicate:other_row"  # reports rows that replace a published row with which they have no text in common


@dataclass(frozen=True)
class Reconcile:
    """Separate the rows of a batch that repeat a published row, so that a re-sent or overlapping file is no news.

    A row with the key of a published row is a *copy* where every cell is the same as it is published, or as it was before it was
    repaired; otherwise it is *changed*, and the dataset's `on_change` decides: `keep` leaves the published row, `replace` publishes
    the later row and supersedes the other, `hold` leaves the decision to a person. Unless it is set, a published row of a batch
    that is not open is replaced where others would be held: a correction mends the batch. Later is, in mode upsert, the row with the later
    `time`; otherwise the one that arrived later. A row that equals another of its batch in every cell is a copy too. Without a key
    no row is compared by itself: two equal events may both have happened. But of a file with the same bytes as a published one, with ten different
    rows or more that all have a `time`, each row is a copy of the row in its place, and so are the rows that a file has in common with published ones
    that it overlaps (`cleaning/overlap.py`). In mode snapshot a whole batch replaces the table, so that it is
    compared with nothing, and its good rows supersede all published ones and all held ones of the tables before it; a former table that is sent
    again, byte for byte, is all copies. Of a file that grew since it was read, the rows that were read are copies of themselves, and the one that
    was cut then is superseded by the whole one. A held row of a table before the published one is superseded by it. Where rows replace published ones,
    a row is held whose key belongs to another published row than its cells do (`cleaning/moved_keys.py`).

    Attributes:
        schema: Schema of the dataset. In mode append, rows published longer than its `window` before the batch's first event are not compared.

    Example:
        >>> from sluice.domain import Column
        >>> from sluice.testing import MemorySnapshot, make_batch, make_rows
        >>> schema = Schema("orders", "append", ("id",), (Column("id"), Column("total", "number")))
        >>> published = make_rows(schema, {"id": ["a", "b"], "total": [1.0, 2.0]}, batch_id="day1")
        >>> again = make_batch(schema, {"id": ["a", "b", "c"], "total": [1.0, 2.0, 3.0]}, batch_id="day2")
        >>> reconciled = Reconcile(schema).reconcile(again, MemorySnapshot({"orders": published}))
        >>> reconciled.batch.rows["id"].to_list(), reconciled.repeats.select("_row_id", "_state", "_other").rows()
        (['c'], [('day2.0', 'copy', 'day1.0'), ('day2.1', 'copy', 'day1.1')])
    """

    schema: Schema

    @property
    def needs(self) -> Needs:
        """Return that rows of one key must meet; without a key, rows that are equal."""
        return Needs.rows(self.schema.key or (self.schema.names if self.schema.mode == "append" else ()), "key")

    def reconcile(self, batch: Batch, snapshot: Snapshot, *, waived: frozenset[str] = frozenset()) -> Reconciled:
        """Separate copies, and rows in whose place a published one stays."""
        if batch.grown is not None:
            return self._without_earlier(batch, batch.grown, snapshot, waived)
        key, rows = self.schema.key, batch.rows
        if self.schema.mode == "snapshot" and batch.same_file is not None:  # a former table that is sent again
            return Reconciled(replace(batch, rows=rows.clear()), _mark(rows_in_place(rows, batch.same_file), "copy"), PAIRS.to_frame(), snapshot)
        if not key or not set(key) <= set(rows.columns):
            return self._without_key(batch, snapshot)
        matches = Matches(PAIRS.to_frame(), PAIRS.to_frame()) if replaces_table(self.schema, batch) else match_published(batch, self.schema, snapshot)
        later, outdated = self._decide(matches.changed, batch, snapshot, waived)
        outdated = pl.concat([outdated, self._of_older_tables(_without(rows, pl.concat([matches.copies, outdated])), batch, snapshot)])
        left = _without(rows, pl.concat([matches.copies, outdated]))
        inner = copies_within(left, self.schema)
        rest, rivals = _without(left, inner), later.join(inner, on=ROW, how="anti", maintain_order="left")
        repeats = [_mark(matches.copies, "copy"), _mark(inner, "copy"), self._with_cells(_mark(outdated, "superseded"), rows)]
        return Reconciled(
            replace(batch, rows=rest, whole=_is_whole(batch, left)),
            pl.concat(repeats, how="diagonal"),
            rivals,
            without_replaced(snapshot, self.schema.dataset, rivals[OTHER].unique(), batch.part),
            [*self._hold(replace(batch, rows=rest), matches.changed, waived), *self._hold_moved(batch, rest, rivals, snapshot)],
        )

    def _without_earlier(self, batch: Batch, grown: GrownFile, snapshot: Snapshot, waived: frozenset[str]) -> Reconciled:
        """Separate the rows that were read before their file grew, then compare the others; a row that was cut then is as if it had never been published."""
        read = read_before(batch.rows, grown)
        news = replace(batch, rows=_without(batch.rows, read), grown=None)
        others = snapshot if grown.cut is None else PublishedWithout(snapshot, self.schema.dataset, pl.Series([grown.cut]))
        rest = self.reconcile(replace(news, whole=_is_whole(batch, news.rows)), others, waived=waived)
        repeats = pl.concat([_mark(read, "copy"), rest.repeats], how="diagonal")
        return replace(rest, batch=replace(rest.batch, grown=batch.grown), repeats=repeats)

    def _without_key(self, batch: Batch, snapshot: Snapshot) -> Reconciled:
        """Separate the rows of a file that is sent again, or that overlaps earlier ones."""
        if batch.overlaps is not None:  # compared as it arrived
            return Reconciled(batch, REPEATS.to_frame(), PAIRS.to_frame(), snapshot)
        overlap = same_rows(batch, self.schema)
        if not batch.part.total("same rows", bool(overlap.copies.height)) and self.schema.mode == "append":
            overlap = find_overlap(batch, self.schema, snapshot)
        left = _without(batch.rows, overlap.copies)
        overlaps = batch.part.total("overlapping", bool(overlap.copies.height))
        batch.part.confirm("overlapping", overlaps)
        news = replace(batch, rows=left, whole=_is_whole(batch, left), overlaps=overlaps)
        published = without_replaced(snapshot, self.schema.dataset, overlap.changed[OTHER], batch.part)
        return Reconciled(news, _mark(overlap.copies, "copy"), overlap.changed, published, told_overlap(overlap))

    def replaced(self, reconciled: Reconciled, parts: Split) -> pl.DataFrame:
        """Return the earlier rows that rows of the batch supersede: in a whole snapshot all of them."""
        return pl.concat([self._replaced(reconciled, parts), _mark(replaced_cut(parts, reconciled.repeats), "superseded")])

    def _replaced(self, reconciled: Reconciled, parts: Split) -> pl.DataFrame:
        """Return the published rows that the good rows supersede."""
        good = parts.good.rows
        if replaces_table(self.schema, reconciled.batch):
            return self._former_table(reconciled.snapshot, parts)
        if reconciled.rivals.is_empty():
            return REPEATS.to_frame()
        rivals = reconciled.rivals.join(good, on=ROW, how="semi", maintain_order="left").unique(OTHER, keep="first", maintain_order=True)
        return _mark(rivals.select(pl.col(OTHER).alias(ROW), pl.col(ROW).alias(OTHER)), "superseded")

    def settle_held(self, parts: Split, held: pl.DataFrame, snapshot: Snapshot) -> SettledHeld:
        """Find the bad rows that equal a held row, which need no second decision, and the held rows in whose place a good row came."""
        if replaces_table(self.schema, parts.good):  # it says of each of its rows what it is now
            return SettledHeld(superseded=self._former_held(parts, held, snapshot))
        if parts.good.overlaps and RAW in held.columns:
            equal = pair_equal(parts.good.rows, held, self.schema, snapshot).select(pl.col(OTHER).alias(ROW), pl.col(ROW).alias(OTHER))
            return SettledHeld(_mark(pair_equal(parts.bad.rows, held, self.schema, snapshot), "copy"), _mark(equal, "superseded"))
        if not self.schema.key or not {*self.schema.key, RAW} <= set(held.columns):
            return SettledHeld()
        if parts.good.grown is not None and parts.good.grown.cut is not None:
            held = held.filter(pl.col(ROW) != parts.good.grown.cut)
        copies = match_rows(parts.bad.rows, held.lazy(), self.schema, snapshot).copies
        good = match_rows(parts.good.rows, held.lazy(), self.schema, snapshot)
        corrected = good.changed.clear() if self.schema.on_change in ("hold", "keep") else later_than_held(good.changed, parts.good.rows, held, self.schema)
        pairs = pl.concat([good.copies, corrected]).unique(OTHER, keep="first", maintain_order=True)
        return SettledHeld(_mark(copies, "copy"), _mark(pairs.select(pl.col(OTHER).alias(ROW), pl.col(ROW).alias(OTHER)), "superseded"))

    def _policy(self, waived: frozenset[str]) -> OnChange:
        return "replace" if CONFLICT in waived else self.schema.change_policy

    def _decide(self, changed: pl.DataFrame, batch: Batch, snapshot: Snapshot, waived: frozenset[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the pairs in which the row replaces the published one, and those in which the published one stays."""
        policy = self._policy(waived)
        if policy == "hold" and self.schema.on_change is None and batch.whole:  # a correction
            return of_batches_not_open(changed, self.schema, snapshot), changed.clear()
        if policy == "hold" or changed.is_empty():
            return changed.clear(), changed.clear()
        if policy == "keep" or self.schema.mode == "snapshot":  # a held row of an earlier table changes nothing in the present one
            return changed.clear(), _one_each(changed)
        later = later_rows(changed, batch.rows, self.schema, snapshot, new=batch.whole or CONFLICT in waived)
        outdated = changed.join(later, on=[ROW, OTHER], how="anti", maintain_order="left")
        return later.join(outdated, on=ROW, how="anti", maintain_order="left"), _one_each(outdated)

    def _with_cells(self, repeats: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        """Add the cells of rows that were never published: no other table has them."""
        if repeats.is_empty():
            return repeats
        names = [name for name in (*self.schema.names, RAW) if name in rows.columns]
        repeated_rows = rows.select(ROW, *names).filter(pl.col(ROW).is_in(repeats[ROW].implode()))
        return repeats.join(repeated_rows, on=ROW, how="left", maintain_order="left")

    def _hold(self, batch: Batch, changed: pl.DataFrame, waived: frozenset[str]) -> list[Verdict]:
        """Return the verdicts on rows that may not be published beside another: in mode append the deduplication gives them unless it is waived."""
        rows = batch.rows
        if self.schema.mode == "append" and CONFLICT in waived:  # of several rows of one key a steward releases one at a time
            again = rows.filter(repeated(rows, self.schema.key)).filter(has_key(self.schema))
            return [self._verdict("key_unique", batch, again.select(ROW, pl.col(ROW).first().over(self.schema.key).alias(OTHER)))]
        if self.schema.mode != "append" and self._policy(waived) == "hold":
            return [self._verdict(CONFLICT, batch, changed)]
        return []

    def _hold_moved(self, batch: Batch, rest: pl.DataFrame, rivals: pl.DataFrame, snapshot: Snapshot) -> list[Verdict]:
        """Return the verdict on those of the rest whose key belongs to another row than their cells do, where rows replace published ones."""
        if self.schema.change_policy != "replace" or self.schema.mode == "snapshot":
            return []
        news, moved = replace(batch, rows=rest), moved_rows(batch, self.schema, snapshot, rivals)
        others = wholly_other_rows(batch, self.schema, snapshot, rivals.join(moved, on=ROW, how="anti", maintain_order="left"))
        reported = self._verdict(OTHER_ROW, news, others, ("other_row", "other_row_of"), "flag")
        batch.part.confirm("rows with other texts are reported", bool(reported.failed))
        return [self._verdict(MOVED, news, moved, ("moved_key", "moved_key_of")), *([reported] if reported.failed else [])]

    def _verdict(
        self, rule: str, batch: Batch, pairs: pl.DataFrame, codes: tuple[str, str] = ("conflicting_key", "conflicting_key_of"), on_fail: OnFail = "quarantine"
    ) -> Verdict:
        key, (code, row_code) = self.schema.key, codes
        return duplicate_verdict(
            batch,
            _one_each(pairs.filter(pl.col(ROW) != pl.col(OTHER))).rename({OTHER: ORIGINAL}),
            rule=rule,
            columns=key,
            message=Message.of(code, columns=key),
            row_message=message_column(row_code, columns=pl.lit(list(key), dtype=pl.List(pl.String)), row=pl.col(ORIGINAL)),
            fingerprint=fingerprint_of(self, "reconcile"),
            on_fail=on_fail,
        )

    def _former_table(self, snapshot: Snapshot, parts: Split) -> pl.DataFrame:
        """Return all published rows, each with the row of its key."""
        published = snapshot.published(self.schema.dataset)
        if not _has_good(parts) or ROW not in published.collect_schema().names():  # an empty table replaces none
            return REPEATS.to_frame()
        return self._replaced_by(parts, published, "published rows")

    def _former_held(self, parts: Split, held: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
        """Return the held rows of the tables before the one of the good rows, each with the row of its key."""
        good, batches = parts.good.rows, batches_of(held[ROW])
        if not _has_good(parts) or held.is_empty():  # a table that is held as a whole replaces none
            return REPEATS.to_frame()
        table = batches_of(good[ROW]).item(0) if good.height else parts.good.id  # of a part without good rows
        earlier = earlier_batches(snapshot.runs(self.schema.dataset), table, parts.good.at)
        return self._replaced_by(parts, held.filter(batches.is_in(list(earlier))).lazy(), "held rows")

    def _replaced_by(self, parts: Split, others: pl.LazyFrame, name: str) -> pl.DataFrame:
        """Return rows of tables before, each with the good row of its key, or else the first bad one; null where the table has none.

        The last run on a batch that comes in parts returns those of all parts.
        """
        part, pairs = parts.good.part, self._pairs(parts, others)
        pairs = part.total(f"{name} of the table before", Rows(pairs)).frame
        if not part.is_last:
            return REPEATS.to_frame()
        paired = others.select(ROW).join(pairs.lazy(), on=ROW, how="left", maintain_order="left")
        return _mark(paired.collect(), "superseded")

    def _pairs(self, parts: Split, others: pl.LazyFrame) -> pl.DataFrame:
        """Return the rows of tables before whose key a row of the batch has, each with that row (schema PAIRS)."""
        key = [*self.schema.key]
        if not key or not set(key) <= set(others.collect_schema().names()):
            return PAIRS.to_frame()
        good, bad = (part.rows.select(pl.col(ROW).alias(OTHER), *key) for part in (parts.good, parts.bad))
        held = bad.unique(key, keep="first", maintain_order=True).join(good, on=key, how="anti", nulls_equal=True, maintain_order="left")
        rows = pl.concat([good, held]).lazy()
        paired = others.select(ROW, *key).join(rows, on=key, how="inner", nulls_equal=self.schema.blank_key, maintain_order="left")
        return paired.select(ROW, OTHER).collect()

    def _of_older_tables(self, rows: pl.DataFrame, batch: Batch, snapshot: Snapshot) -> pl.DataFrame:
        """Return the held rows that are judged again though a newer table is published, which has no row of their key."""
        if self.schema.mode != "snapshot" or batch.whole:
            return PAIRS.to_frame()
        older = batches_of(rows[ROW]).is_in(list(batches_before(snapshot.runs(self.schema.dataset))))
        return rows.filter(older).select(ROW, pl.lit(None, dtype=pl.String).alias(OTHER))


def _has_good(parts: Split) -> bool:
    has_good = parts.good.part.total("good rows", not parts.good.rows.is_empty())
    parts.good.part.confirm("good rows", has_good)
    return has_good


def _without(rows: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    return rows if pairs.is_empty() else rows.join(pairs, on=ROW, how="anti", maintain_order="left")


def _is_whole(batch: Batch, left: pl.DataFrame) -> bool:
    """Return True where most rows of a whole batch repeat none that is published: what is left of a re-sent file is no sample of it."""
    arrived, rows = batch.part.total("rows left", (batch.rows.height, left.height))
    whole = batch.whole and 2 * (arrived - rows) <= arrived
    batch.part.confirm("whole", whole)
    return whole


def _one_each(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.unique(ROW, keep="first", maintain_order=True)


def _mark(pairs: pl.DataFrame, state: str) -> pl.DataFrame:
    return pairs.select(ROW, pl.lit(state).alias(STATE), OTHER)
