"""Tests of a dbt project: why one is no rule, and what a file is not."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "dbt_file_unreadable": "{path} cannot be read: {error}",
    "dbt_file_unknown": "{path} is neither a manifest.json of dbt nor a schema.yml with models, seeds, snapshots or sources",
    "dbt_test_unknown": "no rule is like {test}",
    "dbt_setting_unknown": "no rule has {setting}: {value}",
    "dbt_column_undeclared": "the dataset declares no column {column}",
    "dbt_reference_undeclared": "no dataset stands for {model}; name it with --map {model}=DATASET",
    "dbt_no_run": "no batch was judged by this rule yet",
}
