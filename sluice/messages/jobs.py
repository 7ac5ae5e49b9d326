"""Answers to requests, and why models are fitted."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    # requests
    "rule_not_waivable": "{rule} cannot be waived: a key must be unique",
    "rows_not_held": "none of these rows is held",
    "rows_released": Plural("rows", "{released:,} of 1 row was released", "{released:,} of {rows:,} rows were released"),
    "rows_partly_released": Plural(
        "rows",
        "{released:,} of 1 row was released; it is held for other rules",
        "{released:,} of {rows:,} rows were released; {held:,} are held for other rules",
    ),
    "released_cells_empty": Plural(
        "rows",
        "{column} of 1 row is empty, since `{rule}` could not read its text",
        "{column} of {rows:,} rows is empty, since `{rule}` could not read their texts",
    ),
    "rows_rejected": Plural("rows", "1 row was rejected", "{rows:,} rows were rejected"),
    "rows_repeat_published": Plural("repeats", "1 of these rows repeats a published row", "{repeats:,} of these rows repeat published rows"),
    # rows that repeat others
    "row_copy": "{row} is a copy of {other}, as run {run} recorded",
    "row_superseded": "{row} is superseded by {other}, as run {run} recorded",
    "row_superseded_by_table": "{row} is superseded by the table of run {run}, which has no row of its key",
    "rows_copied_within": Plural(
        "repeats", "1 of {rows:,} rows repeats another row of the same file", "{repeats:,} of {rows:,} rows repeat another row of the same file"
    ),
    "rows_copied": Plural("repeats", "1 of {rows:,} rows repeats a row that came before", "{repeats:,} of {rows:,} rows repeat a row that came before"),
    "rows_superseded": Plural(
        "repeats",
        "1 of {rows:,} rows has the key of a published row, which stays",
        "{repeats:,} of {rows:,} rows have the key of a published row, which stays",
    ),
    "rows_replaced": Plural("repeats", "1 earlier row was replaced", "{repeats:,} earlier rows were replaced"),
    # undone
    "repairs_undone": Plural("rows", "1 row was restored", "{rows:,} rows were restored"),
    "repairs_undone_held": Plural("rows", "1 row was restored; it is held now", "{rows:,} rows were restored; {held:,} of them are held now"),
    "model_rolled_back": "version {version} is the champion again",
    "model_refitted": "version {version} was fitted and is the champion",
    "override_granted": "the gate is open until {until:time} UTC",
    "batches_published": Plural("batches", "1 batch was published", "{batches:,} batches were published"),
    # a batch that is set aside
    "batch_failed": "{file}: {place} failed ({error}); the file is set aside, and `sluice run --retry-failed --debug` shows where it failed",
    "batch_failed_at": (
        "{file}: {place} failed at the column {column} ({error}); the file is set aside, and `sluice run --retry-failed --debug` shows where it failed"
    ),
    # requests that are refused
    "override_expired": "the override has ended before it could begin; ask again, for longer",
    "rollback_no_earlier": "{model} has no earlier champion to go back to",
    "rollback_bytes_gone": "{model} cannot go back to version {version}: only the bytes of newer ones are kept",
    "model_bytes_altered": "the bytes of {model} version {version} are not those that were saved; roll back, or retrain",
    "undo_unknown_repair": "{dataset}: no applied repair is called {repair}; `sluice repairs list {dataset}` shows them",
    "undo_row_not_published": "{dataset}: the row of {repair} is not published (it is held, rejected, or was replaced since); release it first",
    # learning
    "fit_enough_history": "there is enough history",
    "fit_too_little_history": "there is too little history",
    "fit_newest_rolled_back": "the newest version was rolled back",
    "fit_batch_accepted": "a batch was accepted",
    "fit_not_due": "nothing is due",
    "fit_better_detector_ready": "there is enough history for the configured detector",
    "fit_history_grown": "the history has grown since the last fit",
    "fit_too_old": "the last fit is {age} old",
    "fit_instead_of_partial": "a partial fit is not possible: {error}",
    "cost_limit": "minimum score for a recall loss of at most {max_recall_loss:.1%}: {minimum}",
}
