"""Answers to requests, and why models are fitted."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    # requests
    "rule_not_waivable": "{rule} cannot be waived: a key must be unique",
    "rows_not_held": "none of these rows is held",
    "rows_not_held_alone": "no row is held for {rule} alone; `sluice quarantine show {dataset}` shows the reasons of each row, which is released by its id",
    "release_older_table": (
        "{batch} is older than the table of {newest:time}, which is published and stays; its rows need no release: "
        "`sluice quarantine reject {dataset} --rule {rule}`"
    ),
    "rows_released": Plural("rows", "{released:,} of 1 row was released", "{released:,} of {rows:,} rows were released"),
    "rows_partly_released": Plural(
        "rows",
        "{released:,} of 1 row was released; it is held for other rules",
        "{released:,} of {rows:,} rows were released; {held:,} are held for other rules",
    ),
    "release_is_final": Plural(
        "replaced",
        "they replace 1 published row, so that the release cannot be undone",
        "they replace {replaced:,} published rows, so that the release cannot be undone",
    ),
    "release_of_table": "they replace the whole published table, so that the release cannot be undone",
    "released_cells_empty": Plural(
        "rows",
        "{column} of 1 row is empty, since `{rule}` could not read its text",
        "{column} of {rows:,} rows is empty, since `{rule}` could not read their texts",
    ),
    "rows_rejected": Plural("rows", "1 row was rejected", "{rows:,} rows were rejected"),
    "rejection_undone": Plural("rows", "1 row is held again", "{rows:,} rows are held again"),
    "rejection_unknown": "{dataset}: no row is rejected by request {request} now; `sluice undo` lists the decisions that can be undone",
    "rejection_of_older_tables": Plural(
        "rows",
        "{dataset}: the rejected row is of an older table than the published one, which stays; nothing is undone",
        "{dataset}: the {rows:,} rejected rows are of older tables than the published one, which stays; nothing is undone",
    ),
    "override_ended": "the override by {by} ended",
    "override_not_in_force": "no override of the gate of {dataset} is in force",
    "rollback_not_newest": "the champion of {model} came by no rollback that could be undone",
    "role_needed": "{person} may not do this: it needs the role {role:word} on {dataset}, which an admin gives under `people` in sluice.yaml",
    "role_needed_everywhere": "{person} may not do this: it needs the role {role:word} on all datasets, which an admin gives under `people` in sluice.yaml",
    "role_needed_password": "{person} may not do this: it needs the role {role:word}; sign in with the password of that role",
    "role_needed_password_on": "{person} may not do this: the password that was used does not give the role {role:word} on {dataset}",
    "idempotency_key_used": "this Idempotency-Key belongs to another request; send each request under a key of its own, and a retry unchanged",
    "role_needed_token_on": "{person} may not do this: it needs a token of the role {role:word} on {dataset}, which `api.tokens` in sluice.yaml names",
    "role_needed_token": "{person} may not do this: it needs a token of the role {role:word}, which `api.tokens` in sluice.yaml names",
    "role_needed_token_further": "{person} may not do this: it needs a token of the role {role:word} on further datasets, "
    "which `api.tokens` in sluice.yaml names",
    "undo_no_way": "{kind} cannot be undone by this; see `sluice repairs undo` and `sluice incidents reopen`",
    "undo_not_done": "request {request} is {state:word}: only what was done can be undone",
    "rows_repeat_published": Plural("repeats", "1 of these rows repeats a published row", "{repeats:,} of these rows repeat published rows"),
    # rules that are tried
    "rule_tried": Plural("batches", "1 batch was judged; nothing was published", "{batches:,} batches were judged; nothing was published"),
    "rules_suggested": Plural("rules", "1 rule is suggested", "{rules:,} rules are suggested"),
    "suggestion_held": Plural("batches", "true in {passed:,} of 1 batch", "true in {passed:,} of {batches:,} batches"),
    "suggestion_rows": "{failed:,} of {rows:,} rows would fail",
    "suggestion_references": Plural("states", "against 1 state of the reference", "against {states:,} states of the reference"),
    "rule_changed": "{rule} is in {file} now, and judges the next batch",
    "rule_change_undone": "{file} has {rule} as before the change",
    "values_mapped": Plural(
        "rows",
        "1 published row has another value of {column}; {file} maps it in later batches",
        "{rows:,} published rows have another value of {column}; {file} maps it in later batches",
    ),
    "values_mapped_held": Plural("held", "1 of them is held now, since it fails a rule", "{held:,} of them are held now, since they fail a rule"),
    "mapping_undone": "{file} maps the values no longer",
    "mapping_rows_left": Plural("rows", "1 row was replaced since, or is no longer published", "{rows:,} rows were replaced since, or are no longer published"),
    "no_such_column": "{dataset} has no column {column}{hint}",
    "no_such_cleaner": "{dataset} has no cleaner {cleaner}{hint}",
    "no_such_value": "no row of {dataset} holds '{value}' in {column}; `sluice values {dataset} {column}` shows how things are spelt",
    "value_of_no_group": "'{value}' is of no group of {column} whose values could become it; name them, each by `--replace`",
    "column_of_no_words": (
        "{column} of {dataset} holds no words that could have spellings: it is part of the key, personal, or holds numbers, codes, links or free text"
    ),
    "rule_change_unknown": "no rule was changed by request {request}; `sluice undo` lists the decisions that can be undone",
    "request_failed": "the system refused it ({error}): mend that, and ask again",
    "trial_cancelled": "cancelled by {by}; nothing was published",
    "config_differs": (
        "{file} differs from version {version} of the configuration, which is in force ({author}, {at:time} UTC), and other machines may run with that: "
        "`sluice config export` takes it over here, `sluice apply` puts {file} in force everywhere"
    ),
    "config_unapproved": (
        "{file} differs from version {version} of the configuration, which is in force ({author}, {at:time} UTC), and another person has to approve changes "
        "(`approval: two`): `sluice apply` files it as a draft, `sluice config export` takes it back"
    ),
    "config_unnamed": "a version of the configuration needs the name of who makes it (--by)",
    "config_restored": "version {restored} of the configuration is written into {file} again, as version {version}",
    "config_version_unknown": "there is no version {version} of the configuration; `sluice config list` lists them",
    "config_no_draft": "version {version} of the configuration is no draft; it is live",
    "config_own_draft": "version {version} of the configuration is by {author}: another person has to approve it",
    "config_draft_outdated": (
        "version {version} of the configuration was made from version {base}, and version {newest} came into force since: file it again by `sluice apply`"
    ),
    "change_asks_approval": "another person than {author} has to approve it (`approval: two`)",
    "request_own_approval": "the request {request} is by {author}: another person has to approve it",
    "job_cancelled": "cancelled by {by}; what was published before stays, and what is left is read with the next run",
    "job_unknown": "no job {job} runs; `sluice jobs list` shows those that do",
    "job_needs_name": "a cancellation needs the name of who asks (--by)",
    "trial_not_unfinished": "the request {request} neither waits nor is a trial in progress",
    "request_not_asked": "the request {request} does not wait for a confirmation",
    "trial_unknown": "there is no trial {request}; try the rule again",
    "edit_no_flag": "line {line} of the configuration does not say `on_fail: flag`; write `on_fail: quarantine` there by hand",
    "edit_columns_in_braces": "the columns of {dataset} are written within braces; write one column a line, then try again",
    "edit_datasets_in_braces": "the datasets are written within braces; write one dataset a block, then try again",
    "edit_dataset_in_braces": "the dataset {dataset} is written within braces; write one setting a line, then try again",
    "edit_suite_in_file": "the suite of {dataset} is the file {file}; change it there",
    "edit_suite_in_brackets": "the suite of {dataset} is written within brackets; write one rule a line, then try again",
    "edit_cleaners_in_brackets": "the cleaners (`clean`) of {dataset} are written within brackets; write one cleaner a line, then try again",
    "edit_no_setting": "recommender: {setting} is written in a way that it cannot be changed by a program; write it by hand",
    "edit_no_rule": "the suite of {dataset} has no rule {number} that could be changed",
    "edit_lines_differ": "the lines that were changed read otherwise now; edit sluice.yaml by hand",
    "configuration_edited": "{file} was edited since; try the rule again, so that you see what it does there",
    # rows that repeat others
    "row_copy": "{row} is a copy of {other}, as run {run} recorded",
    "row_superseded": "{row} is superseded by {other}, as run {run} recorded",
    "row_superseded_by_table": "{row} is superseded by a newer table, which has no row of its key, as run {run} recorded",
    "published_keys_held": Plural(
        "keys",
        "1 published key is gone: its row is held (`sluice quarantine show {dataset} {row}`)",
        "{keys:,} published keys are gone: their rows are held (`sluice quarantine list {dataset}`)",
    ),
    "rows_copied_within": Plural(
        "repeats", "1 of {rows:,} rows repeats another row of the same file", "{repeats:,} of {rows:,} rows repeat another row of the same file"
    ),
    "rows_copied": Plural("repeats", "1 of {rows:,} rows repeats a row that came before", "{repeats:,} of {rows:,} rows repeat a row that came before"),
    "rows_superseded": Plural(
        "repeats",
        "1 of {rows:,} rows has the key of a published row, which stays",
        "{repeats:,} of {rows:,} rows have the key of a published row, which stays",
    ),
    "rows_replaced": Plural("repeats", "1 published row was replaced", "{repeats:,} published rows were replaced"),
    "held_rows_replaced": Plural(
        "repeats",
        "1 row that was held is settled, since a row of this file stands in its place",
        "{repeats:,} rows that were held are settled, since rows of this file stand in their place",
    ),
    # undone
    "repairs_undone_none": "no row is left to restore",
    "repairs_undone": Plural("rows", "1 row was restored", "{rows:,} rows were restored"),
    "repairs_undone_held": Plural("rows", "1 row was restored; it is held now", "{rows:,} rows were restored; {held:,} of them are held now"),
    "repairs_taken_back": Plural("repairs", "1 repair was undone", "{repairs:,} repairs were undone"),
    "repairs_left": Plural(
        "repairs",
        "1 repair is left as it is: its row is not published, or it was undone before",
        "{repairs:,} repairs are left as they are: their rows are not published, or they were undone before",
    ),
    "model_rolled_back": "version {version} is the champion again",
    "model_refitted": "version {version} was fitted and is the champion",
    "override_granted": "the gate is open until {until:time} UTC",
    "batches_published": Plural("batches", "1 batch was published", "{batches:,} batches were published"),
    # a batch that is set aside
    "batch_failed": "{file}: {place} failed ({error}); the file is set aside, and `sluice run --retry-failed --debug` shows where it failed",
    "batch_failed_at": (
        "{file}: {place} failed at the column {column} ({error}); the file is set aside, and `sluice run --retry-failed --debug` shows where it failed"
    ),
    "release_undone": Plural("rows", "1 row is held again", "{rows:,} rows are held again"),
    "release_learned": "{models} learned from them: retrain, or roll back (`sluice models rollback`)",
    # requests that are refused
    "release_unknown": "{dataset}: there is no release {release}; `sluice quarantine releases {dataset}` lists them",
    "release_undone_already": "the release {release} was undone already",
    "release_without_rows": "the release {release} published no row",
    "release_replaced_rows": "the release {release} replaced rows that were published before, and cannot be undone; send the right rows instead",
    "release_rows_changed": Plural(
        "rows",
        "1 row of the release {release} was changed, replaced or held since; undo that first",
        "{rows:,} rows of the release {release} were changed, replaced or held since; undo that first",
    ),
    "override_expired": "the override has ended before it could begin; ask again, for longer",
    "rollback_no_earlier": "{model} has no earlier champion to go back to",
    "lineage_no_token": "lineage.token: the environment variable {variable} is not set; it holds the token of the receiver",
    "lineage_undelivered": Plural(
        "runs",
        "{address} does not take lineage events ({reason}); 1 run waits and is sent later",
        "{address} does not take lineage events ({reason}); {runs:,} runs wait and are sent later",
    ),
    "not_a_day": "{option}: {text} is no day; write 2026-03-01",
    "backfill_backwards": "from {first} to {last} ends before it begins",
    "backfill_other_suite": "{dataset}: the suite of the configuration has version {version}, not {named}; name the configuration of that version by --config",
    "rollback_bytes_gone": "{model} cannot go back to version {version}: only the bytes of newer ones are kept",
    "model_bytes_altered": "the bytes of {model} version {version} are not those that were saved; roll back, or retrain",
    "undo_unknown_repair": "{dataset}: no applied repair is called {repair}; `sluice repairs list {dataset}` shows them",
    "undo_nothing_left": Plural(
        "repairs",
        "{dataset}: nothing is left to undo: the repair was undone before, or its row is not published; a held row has to be released first",
        "{dataset}: nothing is left to undo: the {repairs:,} repairs were undone before, or their rows are not published; held rows have to be released first",
    ),
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
    "tuning_outcome": Plural("trials", "1 trial", "{trials:,} trials"),
    "cost_limit": "minimum score for a recall loss of at most {max_recall_loss:.1%}: {minimum}",
}
