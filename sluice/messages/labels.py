"""Templates of what is said about labels of rows."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    "labels_unreadable": "{file} cannot be read as CSV in UTF-8: {error}; correct it, or use another file",
    "labels_without_columns": "{file} holds no labels: it lacks one of the columns {columns}; use another file",
    "labels_no_row": "no row of {dataset} is published, so that there is none to label; `sluice run` publishes what arrived",
    "label_of_no_column": "{column} of {dataset} is not labelled: it is not declared, personal, or part of the key; take its lines out of the labels",
    "label_unknown": "there is no label {request} of this dataset",
    "rows_to_label": Plural("rows", "1 row is chosen", "{rows:,} rows are chosen"),
    "label_written": "written into {file}",
    "label_taken_back": "taken out of {file} again",
    "labels_imported": Plural("rows", "the labels of 1 row are in {file}", "the labels of {rows:,} rows are in {file}"),
    "pairs_imported": Plural("pairs", "the label of 1 pair is in {file}", "the labels of {pairs:,} pairs are in {file}"),
    "products_without_columns": "the products of {dataset} cannot be compared: it needs a key of one text column, and a text column that is not personal",
    "products_unknown": "{dataset} has no product {ids}; `sluice match {dataset}` lists those that may be one",
    "products_unreferred": "no column of another dataset refers to {dataset}, so that there is nothing to merge; declare a rule "
    "`expect_column_values_to_exist_in_dataset`, or the recommender",
    "products_found": Plural(
        "groups", "1 of {products:,} products is listed under several ids", "{groups:,} products of {products:,} listings have several ids"
    ),
    "products_merged": Plural(
        "rows",
        "1 published row refers to {keep} now; {file} maps the other ids in later batches",
        "{rows:,} published rows refer to {keep} now; {file} maps the other ids in later batches",
    ),
    "merge_unknown": "there is no merge {request} of this dataset that was carried out",
    "merge_undone": Plural(
        "rows", "1 row has its former id again; {file} maps the ids no longer", "{rows:,} rows have their former ids again; {file} maps the ids no longer"
    ),
    "decision_teaches": Plural("rows", "{file} has its row as a label", "{file} has its {rows:,} rows as labels"),
    "labels_unwritable": "{file} cannot be written: {error}; use another file, or allow this user to write there",
}
