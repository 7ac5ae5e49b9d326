"""Errors of the process that evaluates batches."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "order_not_computed": "whether rows are in order cannot be computed of the rows of all parts together",
    "parts_disagree": "the parts of the batch come to no agreement",
    "holdout_without_history": "no accepted batch lies before the hold-out; wait for more batches, or shorten `holdout` in sluice.yaml",
    "worker_died": "the process that reads and judges ended by itself (exit code {code}); what it wrote to stderr may tell why",
    "worker_killed": "the process that reads and judges was ended by the system (signal {signal}), most likely for want of memory; send smaller files",
    "worker_out_of_memory": "the process that reads and judges could not get more memory; send smaller files",
    "batch_without_rows_to_divide": "there are no rows",
    "meeting_column_repaired": "rows must meet by {columns}, which is repaired",
    "suite_is_file": "the suite of {dataset} is the file {suite}; proposals are written for suites in {file}",
    "worker_over_limit": (
        "the process that reads and judges needed more than {gib:.1f} GiB of memory and was stopped; raise limits.memory or send smaller files"
    ),
    "no_such_row": (
        "there is no row {row} in {datasets:either}; `sluice quarantine list DATASET` shows the ids of held rows, and every published "
        "row has its own in the column _row_id"
    ),
}
