"""Effects of a release, and reasons why a person has to confirm it."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    "preview_rows": Plural("rows", "{released:,} of 1 row would be published", "{released:,} of {rows:,} rows would be published"),
    "preview_held": Plural("held", "1 row would stay held for other rules", "{held:,} rows would stay held for other rules"),
    "preview_rows_replaced": Plural("replaced", "replaces 1 published row; cannot be undone", "replaces {replaced:,} published rows; cannot be undone"),
    "preview_table_replaced": "replaces the whole published table; cannot be undone",
    "preview_cells_empty": Plural("rows", "{column} of 1 row would be empty", "{column} of {rows:,} rows would be empty"),
    "preview_batch": "batch {run}: score {before} before, {after} after; {was:word} before, {will:word} after",
    "preview_batches_still": "{batches:,} batches keep their score and their gate",
    "preview_gate": "gate of {dataset}: {was:word} before, {will:word} after",
    "preview_waived": "waived: {rules}",
    "question_opens_gate": "it would open the gate of {dataset}",
    "question_critical": "it waives a critical rule: {rules}",
    "question_cells_empty": Plural("rows", "it publishes 1 row with an empty cell of {column}", "it publishes {rows:,} rows with empty cells of {column}"),
    "question_share": "it publishes {share:.1%} of the batch {run}",
    "preview_undo": Plural(
        "rows",
        "1 row would be restored ({cells:,} cells, {repairs:,} repairs)",
        "{rows:,} rows would be restored ({cells:,} cells, {repairs:,} repairs)",
    ),
    "preview_undo_held": Plural("held", "1 of them would be held, since it then fails a rule", "{held:,} of them would be held, since they then fail a rule"),
    "question_undo_holds": Plural("held", "1 published row would be held", "{held:,} published rows would be held"),
    "preview_mapping": Plural("rows", "{column} of 1 published row would change", "{column} of {rows:,} published rows would change"),
    "preview_mapping_held": Plural("held", "1 held row gets the value when it is released", "{held:,} held rows get the value when they are released"),
    "trial_rows": Plural(
        "batches",
        "of {rows:,} rows in 1 batch, {held:,} would be held, {recorded:,} by the present rules",
        "of {rows:,} rows in {batches:,} batches, {held:,} would be held, {recorded:,} by the present rules",
    ),
    "trial_flagged": "{flagged:,} would be published with a flag, {recorded:,} by the present rules",
    "trial_incidents": Plural(
        "incidents",
        "1 incident would have begun, {recorded:,} by the present rules",
        "{incidents:,} incidents would have begun, {recorded:,} by the present rules",
    ),
    "trial_closed": Plural("batches", "1 batch that is open would be closed", "{batches:,} batches that are open would be closed"),
    "trial_opened": Plural("batches", "1 batch that is not open would be open", "{batches:,} batches that are not open would be open"),
    "release_asks": "nothing is published yet, since a person has to confirm it: {questions}. {preview}",
    "release_withdrawn": "withdrawn by {by}; nothing was published",
}
