"""Findings of `sluice doctor`."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    "doctor_files_whole": "all that published runs need are there, as they were written",
    "doctor_run_needs_it": "; the run {run} and later ones need it",
    "doctor_file_damaged": "{place}: {file} {fault}{needed}; restore it from a backup",
    "stored_file_damaged": "is damaged",
    "stored_file_gone": "is gone",
    "stored_file_resized": "has another size",
    "stored_file_altered": "has other bytes",
    "stored_file_unreadable": "cannot be read",
    "doctor_steps_fit": Plural("datasets", "1 dataset, every step fits", "{datasets:,} datasets, every step fits"),
    "doctor_needs_configuration": "not examined: the configuration is broken",
    "doctor_needs_lake": "not examined: the lake is broken",
    "doctor_steps_of": "{dataset} ({steps})",
    "doctor_files_in_parts": "are evaluated in parts where they do not fit into limits.memory",
    "doctor_files_at_once": "must fit into limits.memory ({gib:.1f} GiB) where a step sees all rows at once: {datasets}",
    "doctor_files_matched": "every file has its dataset",
    "doctor_database_answers": "{engine} answers",
    "doctor_migrated": "up to date",
    "doctor_snapshot": Plural("datasets", "snapshot {snapshot}: 1 dataset published", "snapshot {snapshot}: {datasets:,} datasets published"),
    "doctor_database_behind": Plural(
        "runs",
        "the database is older than the lake: `sluice run` records 1 run again from the lake",
        "the database is older than the lake: `sluice run` records {runs:,} runs again from the lake",
    ),
    "doctor_backups_agree": "database and lake agree",
    "doctor_files_read": "every file of the training window could be read",
    "doctor_rows_fit": "fit their declarations",
    "doctor_repairs_stay": "people undo few of their repairs",
    "doctor_alerts_to": Plural("alerts", "1 alert to {sink}", "{alerts:,} alerts to {sink}"),
    "doctor_alerts_undelivered": "{alerts:list} not delivered yet; `sluice alerts list --state failed` says why, `sluice alerts test` tries the addresses",
    "doctor_alerts_given_up": "{alerts:list} given up: the address is configured no longer",
    "doctor_alerts_delivered": "none is undelivered; addresses: {sinks}",
    "doctor_no_address": "nobody is told: there is no address under `alerts` in the configuration",
    "doctor_no_lineage": "no receiver of lineage events is configured",
    "doctor_lineage_sent": "no run waits to be sent to {address}",
    "doctor_lineage_waits": Plural(
        "runs",
        "1 run waits to be sent to {address}; `sluice run` and `sluice serve` send it",
        "{runs:,} runs wait to be sent to {address}; `sluice run` and `sluice serve` send them",
    ),
    "doctor_nobody_forgotten": "nobody is forgotten",
    "doctor_erasures_interrupted": Plural(
        "erasures",
        "1 erasure of people began and did not end: run `sluice forget --resume`",
        "{erasures:,} erasures of people began and did not end: run `sluice forget --resume`",
    ),
    "doctor_erasures_ended": Plural(
        "erasures",
        "1 erasure of people ended, and the key is that under which arriving rows are compared",
        "{erasures:,} erasures of people ended, and the key is that under which arriving rows are compared",
    ),
    "doctor_not_encrypted": "models and notes are stored as they are; a key in {variable} encrypts those that are written from then on",
    "doctor_encrypted": (
        "models and notes are encrypted under the key {key}; if {variable} is lost, they cannot be read: models are trained anew, notes are lost; "
        "keep a copy of it elsewhere"
    ),
    "doctor_not_sealed": "not encrypted under the present key {key}: {models}; `sluice models encrypt` writes them anew",
    "doctor_key_missing": "the key of {models} is neither {variable} nor among {former}; set it, or train them anew",
    "doctor_records_not_sealed": "{cells} cells of records are not encrypted under the present key {key}; `sluice db encrypt` writes them anew",
    "doctor_records_key_missing": "{cells} cells of records are encrypted under a key that is neither {variable} nor among {former}: {keys}",
    "doctor_models_serve": "{models} serves",
    "doctor_no_model_serves": "none serves yet",
    "doctor_clock_runs": "{now} UTC, running from `clock` in the configuration",
    "doctor_clock_pinned": "pinned at {now:time} UTC by `clock` in the configuration",
    "doctor_clock": "{now} UTC",
    "doctor_firings_ahead": (
        "firings are recorded that lie in the future, since a clock was ahead: {firings}; they do not count, check the clock of each machine"
    ),
    "doctor_no_ingest": 'no job of `sluice serve` reads files: write `ingest: "*/15 * * * *"` under `schedule`, or let another program call `sluice run`',
    "doctor_firings_fine": "no firing is recorded ahead of the clock",
    "doctor_disk_full": "only {gib:.1f} GiB are free at {folder}; make room before the next run",
    "doctor_disk": "{gib:.0f} GiB free",
    "doctor_no_scheduler": "no scheduler has run yet (`sluice serve` starts one)",
    "doctor_scheduler_dead": "the scheduler was last alive {last:time} UTC; start it with `sluice serve`",
    "doctor_scheduler_alive": "the scheduler was alive {last:time} UTC",
    "doctor_storage_part": "{part:phrase} {mib:,.1f}",
    "doctor_storage": "{mib:,.1f} MiB ({parts:list}); the last 30 days added {grown:,.1f} MiB",
    "unread_file_of_dataset": "{dataset} {file}: {reason}",
    "unread_file_named": "{dataset}: {reason}",
}
