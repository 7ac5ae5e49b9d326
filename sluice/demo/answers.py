"""What became of rows and cells: held for which rules, changed by which cleaners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from sluice.domain import ACTION, REASONS, REPAIRS, ROW
from sluice.ports import Snapshot

# The rules and cleaners that answer each kind. A kind that shares one of them with another is answered rightly by it, too.
ANSWERS: Mapping[str, tuple[str, ...]] = {
    "retry": ("deduplicate:key", "deduplicate:near", "expect_column_values_to_be_unique_across_batches:event_id"),
    "double_fire": ("deduplicate:near",),
    "crawl": ("traffic:crawl",),
    "farm": ("traffic:farm",),
    "clock_skew": ("clock_skew", "expect_column_values_to_not_be_in_future:ts"),
    "future": ("clock_skew", "expect_column_values_to_not_be_in_future:ts"),
    "orphan": ("expect_column_values_to_exist_in_dataset:item_id",),
    "wrong_user": ("autoencoder", "isolation_forest"),
    "price_scale": ("unit_scale", "expect_column_values_to_match_reference:price"),
    "wrong_currency": ("lookup", "expect_column_values_to_match_reference:currency"),
    "negative_quantity": ("expect_column_values_to_be_between:quantity",),
    "decimal_comma": ("parse", "cast:price"),
    "unit_change": ("unit_scale",),
    "missing": ("functional_dependency", "lookup", "swapped_columns"),
    "typo": ("functional_dependency",),
    "moved": ("functional_dependency", "swapped_columns"),
    "mojibake": ("normalize_text",),
    "entities": ("normalize_text",),
    "twin": ("record_linkage",),
}


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What became of all rows.

    Attributes:
        held: Row id and name of each reason for which a row was ever held.
        changed: Row id, column, cleaner, and the text that the cell was published with.
        doubted: Ids of published rows whose order is not to be trusted.
    """

    held: pl.DataFrame
    changed: pl.DataFrame
    doubted: pl.Series

    def beside(self, run: str, column: str) -> Answers:
        """The same, less the cells of one column in one run's rows."""
        there = pl.col(ROW).str.starts_with(f"{run}.") & (pl.col("column") == column)
        return replace(self, changed=self.changed.filter(~there))


def gather(snapshot: Snapshot, datasets: Sequence[str], repairs: Mapping[str, pl.DataFrame]) -> Answers:
    """Read what became of the rows of some datasets.

    Args:
        snapshot: What is published and held.
        datasets: Their names.
        repairs: Each dataset's repairs, of schema REPAIRS.
    """
    held = [_reasons(snapshot.quarantine(dataset)) for dataset in datasets]
    doubted = [_doubted(snapshot.published(dataset)) for dataset in datasets]
    every = pl.concat([REPAIRS.to_frame(), *(each.select(REPAIRS.names()) for each in repairs.values())])
    changed = every.filter("applied").unique([ROW, "column", "cleaner"], keep="last", maintain_order=True).select(ROW, "column", "cleaner", "new")
    return Answers(pl.concat(held), changed, pl.concat(doubted))


def _reasons(rows: pl.LazyFrame) -> pl.DataFrame:
    if REASONS not in rows.collect_schema().names():
        return pl.DataFrame(schema={ROW: pl.String, "name": pl.String})
    each = rows.select(ROW, pl.col(REASONS)).explode(REASONS, empty_as_null=False, keep_nulls=False)
    return each.select(ROW, pl.col(REASONS).struct.field("name")).unique(maintain_order=True).collect()


def _doubted(rows: pl.LazyFrame) -> pl.Series:
    if ACTION not in rows.collect_schema().names():
        return pl.Series(ROW, dtype=pl.String)
    return rows.filter(pl.col(ACTION) == "order_unknown").select(ROW).collect()[ROW]
