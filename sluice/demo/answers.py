"""Collect what the pipeline did with rows and cells: the rules that held them, the cleaners that changed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from sluice.domain import ACTION, REASONS, REPAIRS, ROW, STATE
from sluice.ports import Snapshot

# Rules and cleaners that answer each kind of fault. Where two kinds share one of them, its answer is right for both.
ANSWERS: Mapping[str, tuple[str, ...]] = {
    "redelivery": ("copy", "deduplicate:key", "deduplicate:near", "expect_column_values_to_be_unique_across_batches:event_id"),
    "double_submit": ("deduplicate:near",),
    "crawler": ("traffic:crawler",),
    "click_farm": ("traffic:click_farm",),
    "clock_skew": ("clock_skew", "expect_column_values_to_not_be_in_future:ts"),
    "future_timestamp": ("clock_skew", "expect_column_values_to_not_be_in_future:ts"),
    "orphan_reference": ("expect_column_values_to_exist_in_dataset:item_id",),
    "wrong_user": ("autoencoder", "isolation_forest"),
    "price_scale": ("unit_scale", "expect_column_values_to_match_reference:price"),
    "wrong_currency": ("lookup", "expect_column_values_to_match_reference:currency"),
    "negative_quantity": ("expect_column_values_to_be_between:quantity",),
    "decimal_comma": ("parse", "cast:price"),
    "unit_change": ("unit_scale",),
    "missing_value": ("functional_dependency", "lookup", "swapped_columns"),
    "typo": ("functional_dependency",),
    "swapped_columns": ("functional_dependency", "swapped_columns"),
    "mojibake": ("normalize_text",),
    "html_entities": ("normalize_text",),
    "duplicate_product": ("record_linkage",),
}


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Hold what the pipeline did with all rows.

    Attributes:
        held: Row id and name of each reason for which a row was ever held; `copy` for a row that repeats another.
        changed: Row id, column, cleaner, and the text that the cell was published with.
        unordered: Ids of published rows whose time is unknown.
    """

    held: pl.DataFrame
    changed: pl.DataFrame
    unordered: pl.Series

    def without(self, run: str, column: str) -> Answers:
        """Leave out the changed cells of one column in one run's rows."""
        excluded = pl.col(ROW).str.starts_with(f"{run}.") & (pl.col("column") == column)
        return replace(self, changed=self.changed.filter(~excluded))


def gather(snapshot: Snapshot, datasets: Sequence[str], repairs: Mapping[str, pl.DataFrame], repeats: Mapping[str, pl.DataFrame]) -> Answers:
    """Read what the pipeline did with the rows of some datasets.

    Args:
        snapshot: Published and held rows.
        datasets: Names of the datasets.
        repairs: Repairs of each dataset (schema REPAIRS).
        repeats: Copies and superseded rows of each dataset (schema REPEATS).
    """
    held = [_reasons(snapshot.quarantine(dataset)) for dataset in datasets]
    held += [rows.filter(pl.col(STATE) == "copy").select(ROW, pl.col(STATE).alias("name")) for rows in repeats.values()]
    unordered = [_unordered(snapshot.published(dataset)) for dataset in datasets]
    all_repairs = pl.concat([REPAIRS.to_frame(), *(frame.select(REPAIRS.names()) for frame in repairs.values())])
    changed = all_repairs.filter("applied").unique([ROW, "column", "cleaner"], keep="last", maintain_order=True).select(ROW, "column", "cleaner", "new")
    return Answers(pl.concat(held), changed, pl.concat(unordered))


def _reasons(rows: pl.LazyFrame) -> pl.DataFrame:
    if REASONS not in rows.collect_schema().names():
        return pl.DataFrame(schema={ROW: pl.String, "name": pl.String})
    reasons = rows.select(ROW, pl.col(REASONS)).explode(REASONS, empty_as_null=False, keep_nulls=False)
    return reasons.select(ROW, pl.col(REASONS).struct.field("name")).unique(maintain_order=True).collect()


def _unordered(rows: pl.LazyFrame) -> pl.Series:
    if ACTION not in rows.collect_schema().names():
        return pl.Series(ROW, dtype=pl.String)
    return rows.filter(pl.col(ACTION) == "order_unknown").select(ROW).collect()[ROW]
