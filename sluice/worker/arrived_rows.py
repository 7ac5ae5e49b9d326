"""Read the rows of a recorded batch as they arrived."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from cleaning.key_matches import PAIRS
from sluice import rules
from sluice.domain import ACTION, OTHER, ROW, RUN, STATE, Run, Schema, row_position
from sluice.store.snapshot import SqlSnapshot

_BY_PLACE = frozenset({"file_grew", "file_repeats"})  # rules of files whose rows are copies of those in the same places


@dataclass(frozen=True, slots=True, eq=False)
class ArrivedRows:
    """Hold the rows of a batch that its run judged.

    Attributes:
        rows: The rows, their repairs taken back, in the order of the file.
        held: Held rows of earlier batches that some of these rows equal.
        copies: Number of rows that equal one of them: they were judged, and are copies since they are bad.
        whole: Whether rules about the whole batch judged it: most of its rows repeat none that was published.
        overlaps: Whether it is of a dataset without a key and overlaps earlier rows; None where it is not.
    """

    rows: pl.DataFrame
    held: pl.DataFrame
    copies: int
    whole: bool
    overlaps: bool | None


def rows_as_arrived(snapshot: SqlSnapshot, schema: Schema, run: Run, recorded: Collection[str]) -> ArrivedRows:
    """Return the rows of a batch that its run judged.

    Copies of published rows and of rows of the batch itself, and rows that a published one superseded, were judged by no rule and are left out.
    A copy of a held row has no cells of its own: it has those that the held row arrived with.

    Args:
        snapshot: What was published when the run had just ended.
        schema: The declaration of the dataset.
        run: The run.
        recorded: The rules that were recorded of it.
    """
    published = snapshot.published(schema.dataset)
    if not published.collect_schema():
        published = pl.LazyFrame(schema={**schema.dtypes, ROW: pl.String, RUN: pl.String})
    good = published.filter(pl.col(RUN) == run.id).drop(RUN, ACTION, strict=False).collect()
    quarantine = snapshot.quarantine(schema.dataset)
    pairs = copies_of_held(snapshot, schema.dataset, run.id, by_place=bool(_BY_PLACE & {*recorded}))
    held = quarantine.join(pairs.lazy(), left_on=ROW, right_on=OTHER, how="semi").collect() if pairs.height else pl.DataFrame()
    bad = quarantine.filter(pl.col(RUN) == run.id) if RUN in quarantine.collect_schema() else quarantine
    repairs = snapshot.repairs(schema.dataset).filter("applied")
    own = rules.revert(pl.concat([good, _cells(bad, good.schema)]), repairs.filter(pl.col(RUN) == run.id).collect(), schema)
    originals = _cells(held.lazy(), good.schema)
    arrived = rules.revert(originals, repairs.join(originals.lazy(), on=ROW, how="semi").collect(), schema)
    copies = pairs.join(arrived, left_on=OTHER, right_on=ROW, how="inner").drop(OTHER).select(own.columns)
    repeating = run.copies + run.superseded - copies.height - snapshot.copies_within(run)
    rows = pl.concat([own, copies]).sort(row_position())
    return ArrivedRows(rows, held, copies.height, 2 * repeating <= run.rows, None if schema.key else run.copies > copies.height)


def copies_of_held(snapshot: SqlSnapshot, dataset: str, run_id: str, *, by_place: bool) -> pl.DataFrame:
    """Return the rows of a batch that were bad and equal a held row of an earlier one (schema PAIRS).

    Args:
        snapshot: What was published when the run had just ended.
        dataset: Name of the dataset.
        run_id: Id of the run.
        by_place: Whether rows of its file were copies since they are in the same places of an earlier one; these were not judged.
    """
    quarantine, published = snapshot.quarantine(dataset), snapshot.published(dataset)
    if ROW not in quarantine.collect_schema():
        return PAIRS.to_frame()
    copies = snapshot.repeats(dataset).filter(pl.col(RUN) == run_id, pl.col(STATE) == "copy").select(ROW, OTHER)
    if by_place:
        copies = copies.filter(row_position() != row_position(OTHER))
    copies = copies.join(quarantine.filter(pl.col(RUN) != run_id).select(ROW), left_on=OTHER, right_on=ROW, how="semi")
    if ROW in published.collect_schema():
        copies = copies.join(published.select(ROW), left_on=OTHER, right_on=ROW, how="anti")
    return copies.collect()


def _cells(rows: pl.LazyFrame, columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return some columns of rows, those that are not stored as nulls."""
    stored = rows.collect_schema().names()
    if not stored:
        return pl.DataFrame(schema=columns)
    return rows.select(pl.col(name) if name in stored else pl.lit(None, dtype=dtype).alias(name) for name, dtype in columns.items()).collect()
