"""Errors of commands and of the Python API."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "no_such_dataset": "no dataset is called {dataset:quoted}; {file} has {datasets}",
    "dataset_without_files": "{dataset}: no file matches {pattern}",
    "no_such_fault": "no kind of fault is called {name:quoted}{hint}",
    "curve_without_batches": "no batch of {dataset} in the training window may be learned from, so there is nothing to measure costs on",
    "no_detector_judged": "no detector has judged yet; name one under `detect` in sluice.yaml, and run `sluice run`",
    "column_without_value": "give a --value after each --column: --column user_id --value u17 --column email --value ann@mail.example",
    "forget_whom": "name the person: a user, or --column and --value",
    "no_dataset_declares_column": "no dataset declares a column {column}{hint}",
    "forget_without_recommender": "{file} has no `recommender` that says which column names users: give --column and --value",
    "forget_column_no_text": (
        "{column} of {dataset} is of type {type}, in which no pseudonym can stand: declare it as string in {file}, run `sluice rebuild {dataset}`, then forget"
    ),
    "check_no_frame": "sluice.check takes a Polars DataFrame, not {type}; polars.from_pandas(...), .collect() or polars.DataFrame(...) makes one",
    "suite_wrong": "the suite is wrong: {problem}",
    "no_such_holding_batch": "{dataset}: no run or file is called {batch}; rows are held by {batches}",
    "column_undeclared": "{dataset} declares no column {column}{hint}",
    "erase_column_no_text": "{column} of {dataset} is of type {type}: declare it as string in {file}, run `sluice rebuild {dataset}`, then erase",
    "label_written_first": "the label {label} is written first",
    "pinned_gate_not_open": "{dataset}: the gate is {state:word}: {reasons}",
    "batch_without_rows": "batch {batch} has no rows to describe: each of its {rows:,} rows is a copy of an earlier one, or was replaced by a later one",
    "dataset_without_profile": "no batch of {dataset} has a profile; {problem}",
    "no_such_profiled_batch": (
        "no batch of {dataset} that has a profile is called {batch}, or ends on that day; name a run of `sluice profile {dataset} --list`, or a day"
    ),
    "profile_without_column": "batch {batch} has no profile of a column {column}; its columns are {columns}",
    "rule_not_proposed": "{rule} is not proposed to hold rows; proposed: {rules}",
    "value_in_activity_log": (
        "--{option} contains the value to erase, and the activity log would keep it; name the request by its number or date. Nothing was erased"
    ),
    "cron_weekday_by_number": "schedule {cron:quoted}: write weekdays by name (mon, tue, ... or mon-fri)",
    "cron_field": "{field} cannot be {text:quoted}",
    "cron_fields": "it has not five fields, but {fields}",
    "cron_never_fires": "schedule {cron:quoted} never fires",
    "schedule_zone_unknown": "schedule: no time zone is called {zone:quoted}; write one such as UTC or Europe/Berlin",
    "cron_unreadable": 'schedule {cron:quoted}: {problem}; write minute, hour, day, month and weekday, such as "15 * * * *" for every hour',
    "demo_shop_differs": "{folder} holds another demo shop ({differences}); choose another folder, or remove that one",
    "no_model_to_continue": "{model} has no model to continue from",
    "lists_ending_unknown": "{file} is neither .parquet nor .csv, nor a name without an ending, for a Delta table",
    "lists_folder_taken": "{folder} holds files that are no parts of these lists; move it away, or name another file with --to",
    "too_few_items": "{k} items are asked for; ask for 1 or more",
    "language_unknown": "no sentences are written in {language:quoted}, only in {languages}",
    "query_without_word": "{query} is asked for; a query is a text with at least one word, such as 'red mug'",
    "event_names_no_text": "an event names its user and its item as text; these are {user} and {item}",
    "event_time_unfit": "the time of an event is {time}; give a datetime with its time zone, such as datetime.now(UTC)",
    "event_kind_unweighted": "an event of kind {kind} has no weight; the kinds that have: {kinds}",
    "event_text_unfit": "user, item and kind of an event are texts of at most {letters} letters, and its id of at most {id_letters}; none holds a NUL",
    "nothing_to_search": "nothing of {dataset} is published yet, so there is nothing to search; `sluice run` publishes what arrived",
    "no_model_serves": "no recommender serves yet: once `sluice run` has published batches and `sluice gate` says open, `sluice retrain` trains one",
    "forget_key_other": (
        "{variable} is not the key under which people were forgotten: their rows would come back; set that one, or add it to {former}, one in a line"
    ),
    "recommender_unconfigured": "sluice.yaml configures no `recommender`; the README shows how",
    "did_you_mean": "; did you mean {name}?",
    "known_names": "; known: {names}",
    "none_yet": "; there is none yet",
    "names_there": " (there are {names})",
    "nothing_named": "none",
    "config_not_there": "{path}: no such file; `sluice init FOLDER` writes one from your data, `sluice demo` shows one at work",
    "name_not_unique": "more than one {noun:word} is called {name}: name one of {names}",
    "no_such_name": "no {noun:word} is called {name}{hint}{there}",
    "forget_key_unfit": "{variable} {state}; {remedy}",
    "forget_key_unset": "is not set",
    "forget_key_short": "has fewer than {letters} characters",
    "forget_key_needed": "people are forgotten under a key, and without it their rows would come back; set it",
    "forget_key_made": (
        "make one (`openssl rand -hex 32`), keep it where the other secrets of the shop are, and set it for every program of Sluice: {variable}=..."
    ),
    "scores_not_yet": "no batch of {dataset} has scores by {column} yet; `sluice run` keeps them for each batch from now on",
    "scores_without_column": "no batch of {dataset} has scores by a column; write `score_by: [supplier]` below {dataset} in sluice.yaml",
    "scores_by_others": "; there are some by {columns}",
    "scores_not_by_column": "no batch of {dataset} has scores by {column}{others}; write `score_by: [{column}]` below {dataset} in sluice.yaml",
    "profile_off": "its configuration says `profile: off`",
    "profile_from_now_on": "`sluice run` keeps one for each batch from now on",
    "condition_no_filter": "{text:quoted} is no filter; write a column, one of {signs} and a value, such as price<=20",
    "condition_unknown_comparison": "{text:quoted} has an unknown comparison; write one of {signs}, such as brand=Aro or price<=20",
    "labelled_columns_of": "{dataset}: cell_errors: {problem}",
    "package_missing": "{package} is not installed; `pip install 'sluice[{extra}]'` installs it",
    "library_panicked": "a library panicked: {problem}",
    "nobody_signs_in": "nobody signs in: it answers on this machine alone, and everybody there is admin",
    "sign_in_by_password": "people sign in with the password of a role",
    "sign_in_at_proxy": "people sign in at the proxy",
    "sign_in_by_oidc": "people sign in by OpenID Connect",
    "api_without_token": "no token is needed: it answers on this machine alone, and changes nothing",
    "api_writes_with_token": "it needs a token of {roles}",
    "api_reads_with_token": "it needs a token of {roles}, and changes nothing",
}
