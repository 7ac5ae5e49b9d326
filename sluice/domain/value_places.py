"""Register every place in which Sluice stores values of cells: what it holds, how it is searched, and how a value leaves it.

Whatever stores values registers its place here. A test plants values in a shop, and fails on a file or record that holds one and belongs to no place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

Root: TypeAlias = Literal["source", "lake", "state", "configuration", "database", "chosen"]
Eraser: TypeAlias = Literal["replace", "delete", "refit", "by_hand"]


@dataclass(frozen=True, slots=True)
class ValuePlace:
    """Describe one place in which values of cells are stored.

    Attributes:
        name: Name of the place.
        holds: What it holds.
        root: Where it is: files of the `source`, in the `lake`, in the folder `.sluice` (`state`), the `configuration` file, records of the
            `database`, or files that a person has chosen the place of (`chosen`), which no search finds.
        eraser: How a value leaves it: the text is replaced, or the file deleted, since it can be made again; `refit`: files of models that no
            longer serve are deleted, and a model that serves is trained again; `by_hand`: it belongs to the shop, or is kept.
        personal: Whether values of personal columns may be there.
        files: Patterns of its files below the root.
        columns: Its columns of each table of the database.
    """

    name: str
    holds: str
    root: Root
    eraser: Eraser
    personal: bool
    files: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


def _table(name: str, holds: str) -> ValuePlace:
    return ValuePlace(f"{name} table", holds, "lake", "replace", personal=True, files=(f"{name}/*/part-*.parquet",))


LABELS = "labels"
LAKE_RECORDS = "run records in the lake"
NAMES_OF_PEOPLE = "names of people"
ERASURE_PLANS = "plans of erasures"
SQLITE_PAGES = "free pages of SQLite"
RECORDED_EVENTS = "recorded events"
EXPOSURES = "exposures"
POSTED_DRAFTS, LAKE_DRAFTS, STATE_DRAFTS = "drafts of posted files", "drafts in the lake", "drafts of landing copies"
PLACES: tuple[ValuePlace, ...] = (
    ValuePlace(
        POSTED_DRAFTS,
        "rows that a program posted, while they are checked; left where `serve` is killed meanwhile",
        "source",
        "delete",
        personal=True,
        files=(".posted-*",),
    ),
    ValuePlace(
        STATE_DRAFTS,
        "files of .sluice while they are written; left where a program is killed meanwhile",
        "state",
        "delete",
        personal=True,
        files=("landing/*/.*", "text/.*"),
    ),
    ValuePlace(
        LAKE_DRAFTS,
        "records of runs and models while they are written; left where a program is killed meanwhile",
        "lake",
        "delete",
        personal=True,
        files=("_runs/*/.*", "_runs/.*", "models/.*", "models/*/.*"),
    ),
    ValuePlace("source files", "what arrived, as the shop's systems wrote it", "source", "by_hand", personal=True, files=("*",)),
    ValuePlace(
        LABELS,
        "cells of labelled rows and their right values, where no dataset reads the file yet; of no personal column",
        "source",
        "by_hand",
        personal=False,
        files=("labels/*.csv",),
    ),
    ValuePlace("landing copies", "rows read from SQL and Delta tables", "state", "replace", personal=True, files=("landing/*/*.parquet",)),
    ValuePlace("stage", "rows on their way into the lake; empty between runs", "state", "delete", personal=True, files=("stage/*", "stage/*/*")),
    _table("clean", "published rows, and the text of cells that did not cast"),
    _table("quarantine", "held and rejected rows, with their reasons"),
    _table("repairs", "cells before and after their repair"),
    _table("flags", "what detectors expected instead of a cell"),
    _table("repeats", "cells of superseded rows, and of copies in another spelling"),
    ValuePlace(
        "Delta logs",
        "the smallest and largest value of a column in a file; of no personal column, since Sluice limits the statistics",
        "lake",
        "delete",
        personal=False,
        files=("*/*/_delta_log/*",),
    ),
    ValuePlace(
        LAKE_RECORDS,
        "the records of published runs, from which a database that was restored from a backup is completed",
        "lake",
        "replace",
        personal=True,
        files=("_runs/*/*.json",),
    ),
    ValuePlace(
        "models",
        "vocabularies, ids of items, and what weights remember; detectors learn no personal column",
        "lake",
        "refit",
        personal=False,
        files=("models/*.safetensors", "models/*/*.safetensors"),
    ),
    ValuePlace("embeddings of texts", "vectors of texts, by the hash of the text", "state", "delete", personal=False, files=("text/*",)),
    ValuePlace("configuration", "sets and patterns of rules; of no personal column where Sluice wrote them", "configuration", "by_hand", personal=False),
    ValuePlace(
        "run records",
        "file names, reasons, errors and what rules observed",
        "database",
        "replace",
        personal=False,
        columns={
            "runs": ("uri", "reasons", "error", "revisions"),
            "verdicts": ("message", "observed", "filter"),
            "incidents": ("message",),
            "decisions": ("reasons",),
            "alerts": ("title", "lines", "error", "route", "wait"),
            "running_jobs": ("file",),
        },
    ),
    ValuePlace(
        "profiles",
        "top values, least and greatest value, quantiles and patterns of the columns of each batch; of no personal column",
        "database",
        "replace",
        personal=False,
        columns={"profiles": ("cells",)},
    ),
    ValuePlace(
        "scores by value",
        "values of the columns of `score_by`, each batch's most frequent ones; of no personal column",
        "database",
        "replace",
        personal=False,
        columns={"value_scores": ("value",)},
    ),
    ValuePlace(
        "notes",
        "what people wrote into requests, decisions, erasures and the activity log",
        "database",
        "replace",
        personal=True,
        columns={
            "requests": ("note", "answer", "rule"),
            "quarantine_status": ("reason",),
            "overrides": ("reason",),
            "activity": ("subject", "reason"),
            "suppressions": ("reason",),
        },
    ),
    ValuePlace(
        ERASURE_PLANS,
        "what is searched while a person is erased; cleared at the end",
        "database",
        "delete",
        personal=True,
        columns={"suppressions": ("plan",)},
    ),
    ValuePlace(SQLITE_PAGES, "records that were changed or deleted, until the files of SQLite are written anew", "state", "replace", personal=True),
    ValuePlace(
        NAMES_OF_PEOPLE,
        "who did, asked or looked at something: the accounts that the records give, which no erasure changes",
        "database",
        "by_hand",
        personal=True,
        columns={
            "activity": ("who",),
            "configurations": ("author", "approved_by"),
            "decisions": ("used_by",),
            "incidents": ("owner",),
            "looks": ("viewer",),
            "model_proposals": ("refused_by",),
            "overrides": ("by",),
            "quarantine_status": ("by",),
            "requests": ("by", "person", "approved_by"),
            "running_jobs": ("cancelled_by",),
            "suggestions": ("refused_by",),
            "suppressions": ("by",),
        },
    ),
    ValuePlace(
        "trials of rules",
        "sets, patterns and limits of rules that are suggested, or that people try, and what they change in the configuration",
        "database",
        "replace",
        personal=True,
        columns={"trials": ("edit", "difference", "batches", "rules"), "suggestions": ("edit", "reason", "evidence", "rule")},
    ),
    ValuePlace(
        "versions of the configuration",
        "texts of sluice.yaml, with sets and patterns of rules; of no personal column where Sluice wrote them",
        "database",
        "replace",
        personal=True,
        columns={"configurations": ("text", "note", "files")},
    ),
    ValuePlace(
        "corrections",
        "right values of cells, until their request is answered",
        "database",
        "replace",
        personal=True,
        columns={"corrected_cells": ("text",)},
    ),
    ValuePlace(
        "rows to label",
        "cells of the rows that people are asked to label, and of rows like them; of no personal column",
        "database",
        "replace",
        personal=False,
        columns={"label_plans": ("rows",)},
    ),
    ValuePlace(
        "products that may be one",
        "cells of products that may be listed under several ids; of no personal column",
        "database",
        "replace",
        personal=False,
        columns={"product_matches": ("matches",)},
    ),
    ValuePlace(
        "answers of a language model",
        "what a language model answered and proposes about cells; of no personal column",
        "database",
        "replace",
        personal=False,
        columns={"model_answers": ("answer",), "model_proposals": ("value", "text", "why", "note")},
    ),
    ValuePlace(
        "unanswered queries",
        "what shoppers searched for in vain",
        "database",
        "replace",
        personal=True,
        columns={"unanswered_queries": ("query",)},
    ),
    ValuePlace(
        RECORDED_EVENTS,
        "events that the shop posted and that are not published yet",
        "database",
        "delete",
        personal=True,
        columns={"recorded_events": ("user", "item", "kind", "event")},
    ),
    ValuePlace(
        EXPOSURES,
        "what shoppers were shown, where `recommender.exposures` logs it",
        "database",
        "delete",
        personal=True,
        columns={"exposures": ("user", "item", "place")},
    ),
    ValuePlace("model cards", "settings, measures and examples of models", "database", "replace", personal=False, columns={"models": ("card",)}),
    ValuePlace("TensorBoard logs", "titles of items beside their vectors, in the folder of --tensorboard", "chosen", "by_hand", personal=False),
    ValuePlace(
        "lists of recommendations",
        "users and items of `sluice recommend --all`: the file that was named, and NAME.parts beside it until it is complete",
        "chosen",
        "by_hand",
        personal=True,
    ),
    ValuePlace("exports", "what people downloaded or piped elsewhere; personal columns are masked there", "chosen", "by_hand", personal=False),
)

FILES_WITHOUT_VALUES: Mapping[Root, tuple[str, ...]] = {
    "lake": ("_forgotten.json", "_probe/*", "_runs/newest.json", "_runs/unrecorded.json"),
    "state": ("sluice.schema.json",),
}
RECORDS_WITHOUT_VALUES: Mapping[str, tuple[str, ...]] = {  # text that is a name, an id, a digest or a word of Sluice's own
    "alerts": ("sink", "dataset", "run_id", "incidents", "state", "severity", "kind"),
    "activity": ("what", "subject_salt", "subject_digest", "reason_salt", "reason_digest", "key_id", "digest"),
    "champions": ("name",),
    "configurations": ("digest", "state", "machine"),
    "corrected_cells": ("request", "row_id", "column"),
    "counters": ("name",),
    "decisions": ("dataset", "state", "snapshot", "runs"),
    "event_ids": ("event", "body", "timed_body"),
    "exposures": ("list",),
    "guarded": ("dataset", "rules", "settings", "columns"),
    "heartbeats": ("worker",),
    "idempotency_keys": ("sender", "key", "body", "answer"),
    "incidents": ("dataset", "rule", "severity", "state", "passes_since", "cause"),
    "label_plans": ("dataset",),
    "leases": ("name", "owner"),
    "models": ("name", "state", "digest"),
    "model_answers": ("task", "model", "question", "state"),
    "model_proposals": ("id", "dataset", "kind", "row_id", "column", "check", "model", "request"),
    "overrides": ("dataset",),
    "product_matches": ("dataset",),
    "profiles": ("run_id", "column", "type", "counts"),
    "quarantine_status": ("dataset", "row_id", "state", "run_id"),
    "requests": ("id", "kind", "dataset", "rows", "state", "model", "taken_by"),
    "runs": (
        *("id", "dataset", "kind", "state", "arrival_dimensions", "published_dimensions", "decision", "versions"),
        *("basis", "fingerprint", "stage", "digest", "layout", "mark", "stages"),
    ),
    "running_jobs": ("id", "kind", "dataset", "stage", "owner"),
    "scheduled_runs": ("job", "fire_time", "state"),
    "suggestions": ("dataset", "kind"),
    "suppressions": ("mode", "key_id", "identifiers", "cells", "report"),
    "trials": ("id", "dataset", "digest"),
    "value_scores": ("run_id", "column"),
    "undone_repairs": ("dataset", "repair_id", "run_id"),
    "verdicts": ("run_id", "phase", "rule", "nature", "dimension", "severity", "on_fail", "status", "columns", "fingerprint"),
}


def place_of_file(root: Root, path: str) -> ValuePlace | None:
    """Return the place that a file belongs to; None where it belongs to none.

    Args:
        root: Where it is.
        path: Its path below the root, with `/`.

    Example:
        >>> place_of_file("lake", "models/recommender/1.safetensors").name
        'models'
        >>> place_of_file("lake", "notes.txt")
    """
    return next((place for place in PLACES if place.root == root and any(fnmatchcase(path, pattern) for pattern in place.files)), None)
