"""Reasons of a gate and of a run's decision."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    # a run
    "file_unreadable": "the file could not be read: {error}",
    "batch_blocked": "the whole batch is held: {rules} failed",
    "snapshot_shrunk_held": "the table would lose too much ({losses}); where that is right: sluice quarantine release {dataset} --rule max_shrink",
    "batch_empty": "the batch has no rows",
    "run_revised": Plural(
        "held", "the batch of run {run} is {decision:word} now, with 1 row held", "the batch of run {run} is {decision:word} now, with {held:,} rows held"
    ),
    "rules_not_evaluated": "not evaluated: {rules} ({reason})",
    "score_missing": "no rule, or not every critical rule, could be evaluated",
    "worst_dimension_below": "{dimension:word} is {value:score}, below {limit:g}",
    "quarantined_above": "{share:.1%} of the rows are quarantined, above {limit:.0%}",
    "detectors_untrained": "not trained yet, for lack of history: {rules}",
    # a dataset
    "no_batch_in_window": "no batch was published in the training window",
    "newest_batch_closed": "the newest batch ({run}) is closed: {reason}",
    "rebuild_closed": "the rebuild ({run}) holds too much: {reason}",
    "newest_file_unreadable": "the newest file ({run}) could not be read: {error}",
    "file_unread_named": "a file could not be read, and its rows are missing (run {run}): {error}; mend its cause and run `sluice run --retry-failed`",
    "file_unread": "a file could not be read, and its rows are missing: {file} ({run}): {error}; mend its cause and run `sluice run --retry-failed`",
    "more_files_unread": Plural("files", "1 more file could not be read: see `sluice doctor`", "{files:,} more files could not be read: see `sluice doctor`"),
    "batch_missing": "the batch due {due:time} did not arrive",
    "newest_batch_too_old": "the newest batch is {age} old, above {limit}",
    "closed_rows_above": "{share:.1%} of the rows in the training window are in runs that are not open, above {limit:.0%} ({runs})",
    "run_because": "{run}: {reasons}",
    "audit_failed": "the last audit ({run}) failed: {reasons}",
    "newest_not_judged": "the newest batch or audit ({run}) could not be judged: {reason}",
    "released_with_empty_cells": Plural(
        "rows", "1 row was released with an empty cell of {column}", "{rows:,} rows were released with empty cells of {column}"
    ),
    "newest_batch_notes": "the newest batch ({run}): {reason}",
    "reference_not_open": "rows refer to {reference}, whose gate is {state:word}: {reasons}",
    "reference_never_came": "rows refer to {reference}, of which no batch is published in the training window",
    "guarded_below": "something guards {value:percent} of the cells, below {limit:.0%}",
    "guarded_unmeasured": "it was not measured yet how much is guarded, and {limit:.0%} must be",
    "score_of_guarded": "score {score:score} of the {percent} % of cells that something guards",
    "score_of_guarded_except": "score {score:score} of the {percent} % of cells that something guards; nothing guards {columns}",
    "gate_overridden": "opened by {by}: {reason}",  # of decisions that an earlier version recorded
    "gate_overridden_until": "opened by {by} until {until:time} UTC: {reason}",
    "gate_not_open": "{dataset} is {state:word}: {reasons}",
    # how a gate is opened
    "open_by_mended_file": "to open it: mend the file and send it again, or mend its cause and run `sluice run --retry-failed`",
    "open_by_guarding": "to open it: `sluice guarded {dataset}` shows what nothing guards; add rules or a detector there",
    "open_by_landing": "to open it: land the file that is due, then `sluice run`",
    "open_by_reference": (
        "to open it: open {reference} first (`sluice gate {reference}` names the command); then rows of {dataset} that refer to it are judged again"
    ),
    "open_by_landing_reference": "to open it: land a file of {reference}, then `sluice run`: rows of {dataset} that refer to it are judged again",
    "column_gone_for_good": (
        "{dataset}: where {column} is gone for good, remove it from these lines of sluice.yaml, and the next file is judged without it: {lines}"
    ),
    "column_renamed_lines": (
        "{dataset}: where {similar} is the new name of {column}, write {similar} in place of {column} in these lines of sluice.yaml, add `was: {column}` to its"
        " declaration, and run `sluice rebuild {dataset} --write`: {lines}"
    ),
    "open_by_rename": (
        "to open it: where {similar} is the new name of {column}, declare it so in sluice.yaml (`was: {column}` below {similar}) and run"
        " `sluice rebuild {dataset} --write`; then send the file again under another name, or the next one; where it is not, send a file with {column}"
    ),
    "open_by_correction": (
        "to open it: no row is held: send a corrected file, whose batch decides then; where the rule that the reasons name is wrong, edit it in sluice.yaml"
        " for the files to come; `sluice override {dataset}` opens it for a while"
    ),
    "open_by_corrected_batch": (
        "to open it: no row is held: send the corrected rows in a file of the same period or a later one, whose batch decides then; where a limit is wrong,"
        " edit {limits} below `gate` of {dataset} in sluice.yaml for the files to come; `sluice override {dataset}` opens it for a while"
    ),
    "open_by_good_batches": (
        "to open it: no row is held: further good batches lower the share of rows in runs that are not open; a higher max_closed below `gate` of {dataset}"
        " in sluice.yaml counts at once; `sluice override {dataset}` opens it for a while"
    ),
    "open_by_release": (
        "to open it: `sluice quarantine list {dataset}` shows the held rows; release those that are right, or send a corrected file and"
        " `sluice run {dataset}` (rejected rows count on as quarantined)"
    ),
    "age_hours": "{hours:.1f} hours",
    "age_days": "{days:.1f} days",
    # arrivals on time
    "batches_missing": Plural("missing", "1 batch is missing, due {last_due:time}", "{missing:,} batches are missing, the last one due {last_due:time}"),
    "batches_arrived": Plural("batches", "1 batch arrived when it was due", "{batches:,} batches arrived when they were due"),
}
