"""Write a first configuration for a folder of data, with a suite that the data meets, or nearly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from checks.suggest import Suggestion, suggest
from checks.suggestions.kinds import tracking_plan
from checks.suggestions.references import find_references
from cleaning.suggest import suggest_dependencies
from cleaning.suggest_sources import suggest_source_vote
from detectors.features.columns import describing_columns
from sluice.app.unguarded import unguarded_columns
from sluice.app.unmatched import describe_unmatched, relative_names
from sluice.config import Limits, Step
from sluice.config.checks import Check, worst_checks
from sluice.config.inferred import InferredDataset
from sluice.config.write import write
from sluice.domain import EMPTY, Arrival, Batch, Message, Schema
from sluice.domain.message import Param
from sluice.errors import SourceError
from sluice.messages import make_error
from sluice.ports import Progress, no_progress
from sluice.rules.repeated_keys import contradictions
from sluice.sources import FileSource
from sluice.sources.arrival import digest_of
from sluice.sources.delta import read_newest_version
from sluice.sources.infer import infer
from sluice.sources.infer.excerpt import excerpt
from sluice.sources.infer.recommender_settings import Suggestion as RecommenderSuggestion
from sluice.sources.infer.recommender_settings import suggest_recommender
from sluice.sources.infer.sampling import NEWEST_ROWS
from sluice.sources.infer.traffic_settings import suggest_traffic
from sluice.sources.source_errors import source_errors
from sluice.sources.unmatched import unmatched_files

StepsWithReasons = list[tuple[Step, Message]]

NO_KEY = "none found"


def scaffold_config(
    folder: Path, root: Path, on_unreadable: Callable[[Message], None], progress: Progress = no_progress, language: str = "en"
) -> tuple[list[Mapping[str, object]], str, tuple[Check, ...]]:
    """Infer the datasets of a folder, and write the text of a sluice.yaml for them.

    Args:
        folder: Folder of the files.
        root: Folder in which sluice.yaml is to stand.
        on_unreadable: Called with the reason of each dataset that cannot be read.
        progress: Called with the number of files of a dataset before each long one is read.
        language: Language of the reasons of suggested rules; all else is in English.

    Returns:
        One mapping of facts for each dataset, the text, and the decisions to check, the worst first.

    Raises:
        SourceError: There is no file of a known format, or none can be read.
    """
    datasets = infer(folder, root, skipped=on_unreadable, progress=progress)
    if unmatched := describe_unmatched(relative_names(unmatched_files(root, [dataset.pattern for dataset in datasets]), root)):
        on_unreadable(unmatched)
    suggested = suggest_steps(datasets, root)
    recommender = suggest_recommender(datasets, {name: rows for name, (_, rows) in suggested.samples.items()})
    facts: list[Mapping[str, object]] = [
        {
            **describe(dataset, len(suggested.suite[dataset.dataset])),
            **describe_kinds(*suggested.samples[dataset.dataset]),
            "unguarded": unguarded_columns(dataset.schema, [step for step, _ in (*suggested.suite[dataset.dataset], *suggested.clean[dataset.dataset])]),
        }
        for dataset in datasets
    ]
    detect = {dataset.dataset: [*suggested.detect[dataset.dataset], *_traffic(dataset, recommender)] for dataset in datasets}
    checks = worst_checks([*(check for dataset in datasets for check in dataset.checks), *suggested.doubts])
    text = write(datasets, suggested.suite, suggested.clean, detect, recommender, checks=suggested.doubts, language=language)
    return facts, text, checks


@dataclass(frozen=True, slots=True, eq=False)
class Suggested:
    """Hold what is suggested for inferred datasets, by their names.

    Attributes:
        samples: Schema and rows of the newest file.
        suite: Expectations, each with its reason.
        clean: Cleaners, likewise.
        detect: Detectors, likewise.
        doubts: What a person should confirm of the expectations.
    """

    samples: Mapping[str, tuple[Schema, pl.DataFrame]]
    suite: Mapping[str, StepsWithReasons]
    clean: Mapping[str, StepsWithReasons]
    detect: Mapping[str, StepsWithReasons]
    doubts: Sequence[Check]


def suggest_steps(datasets: Sequence[InferredDataset], root: Path, present: Mapping[str, tuple[Schema, pl.DataFrame]] | None = None) -> Suggested:
    """Suggest expectations, cleaners and detectors from the newest file of each dataset.

    Args:
        datasets: Inferred datasets.
        root: Folder of sluice.yaml.
        present: Schema and rows of datasets that are configured already, which these may refer to.
    """
    referred = {reference.dataset for dataset in datasets for reference in dataset.references}
    newest = {dataset.dataset: read_newest(dataset, root, whole=dataset.dataset in referred or not dataset.time) for dataset in datasets}
    batches = {name: batch for name, (batch, _) in newest.items()}
    samples = {dataset.dataset: (dataset.schema, batches[dataset.dataset].rows) for dataset in datasets}
    all_samples = {**(present or {}), **samples}
    references = {dataset.dataset: [*dataset.references, *find_references(*samples[dataset.dataset], present or {})] for dataset in datasets}
    suggestions = {name: suggest(*sample, all_samples, batches[name].at, references[name], newest[name][1]) for name, sample in samples.items()}
    return Suggested(
        samples,
        {name: [(suggestion.step, suggestion.reason) for suggestion in entries] for name, entries in suggestions.items()},
        {
            dataset.dataset: [
                *suggest_cleaners(dataset, samples[dataset.dataset][1]),
                *suggest_repairs(*samples[dataset.dataset], [reference.column for reference in references[dataset.dataset]]),
            ]
            for dataset in datasets
        },
        {dataset.dataset: suggest_detectors(dataset) for dataset in datasets},
        [check for name, entries in suggestions.items() for check in doubtful(name, entries)],
    )


def doubtful(dataset: str, suggestions: Sequence[Suggestion]) -> list[Check]:
    """List what a person should confirm of the suggested rules."""
    return [Check(entry.doubt, "guess", dataset, str(entry.step.settings.get("column", ""))) for entry in suggestions if entry.doubt]


def describe_kinds(schema: Schema, rows: pl.DataFrame) -> Mapping[str, object]:
    """Describe the tracking plan: for each kind of event the columns that are filled for it alone, or for some kinds alone."""
    plan = tracking_plan(schema, rows)
    if plan is None:
        return {}
    return {"tracking plan": "; ".join(f"{row['kind']} has {row['always']}" for row in plan.table() if row["always"])}


def read_newest(dataset: InferredDataset, root: Path, *, whole: bool) -> tuple[Batch, int]:
    """Read the newest file of a dataset that is readable, or a part of it, and return the number of its rows too.

    Args:
        dataset: The dataset.
        root: Folder of sluice.yaml.
        whole: Whether all rows are needed, as where others refer to them.
    """
    if dataset.options.format == "delta":
        batch = read_newest_version(dataset.schema, root / dataset.pattern, Limits(), dataset.options)
        return batch, batch.rows.height
    source = FileSource(dataset.schema, dataset.pattern, root, Limits(), dataset.options)
    error: SourceError | None = None
    for arrival in source.newest_first():
        try:
            with source_errors(Path(arrival.uri).name):
                return _read_whole(source, arrival) if whole or dataset.read is None else _read_part(source, arrival)
        except SourceError as one:
            error = one
    if whole and dataset.read is not None:
        return read_newest(dataset, root, whole=False)  # a row that no part has is broken; a run sets its file aside
    raise error or make_error(SourceError, "dataset_without_files", dataset=dataset.dataset, pattern=dataset.pattern)


def _read_whole(source: FileSource, arrival: Arrival) -> tuple[Batch, int]:
    batch = source.read(arrival)
    return batch, batch.rows.height


def _read_part(source: FileSource, arrival: Arrival) -> tuple[Batch, int]:
    with excerpt(Path(arrival.uri), source.limits, source.options, NEWEST_ROWS) as (place, total), suppress(SourceError):
        if total:
            return source.read(replace(arrival, uri=str(place), digest=digest_of(place))), total
    return _read_whole(source, arrival)


def suggest_cleaners(dataset: InferredDataset, rows: pl.DataFrame) -> StepsWithReasons:
    """Suggest the cleaners that fit any data; rows that repeat a key are held only where the key is never broken.

    Args:
        dataset: The dataset.
        rows: Rows of its newest file, in the declared types.
    """
    steps = [
        (Step(name="parse"), Message.of("init_parse")),
        (Step(name="normalize_text"), Message.of("init_normalize")),
    ]
    if dataset.key and dataset.mode == "append" and not contradictions(rows, dataset.key):
        steps.append((Step(name="deduplicate"), Message.of("init_deduplicate")))
    return steps


def suggest_repairs(schema: Schema, rows: pl.DataFrame, references: Sequence[str]) -> StepsWithReasons:
    """Suggest the cleaners that repair cells by the other columns of their row, or by what other sources say."""
    vote = suggest_source_vote(schema, rows)
    return [*([vote] if vote else []), *suggest_dependencies(schema, rows, references)]


def suggest_detectors(dataset: InferredDataset) -> StepsWithReasons:
    """Suggest a detector where there are enough columns to compare, beside identifiers and personal columns, which it does not learn."""
    if len(dataset.columns) - len(dataset.key) < 3 or len(describing_columns(dataset.schema)) < 2:
        return []
    settings = {"max_fpr": 0.01, "severity": "info"}  # a sale changes most rows: what it reports closes no gate until a person makes it a warning
    return [(Step(name="autoencoder", settings=settings), Message.of("init_autoencoder"))]


def _traffic(dataset: InferredDataset, recommender: Sequence[RecommenderSuggestion]) -> StepsWithReasons:
    settings = suggest_traffic(dataset, recommender)
    return [] if settings is None else [(Step(name="traffic", settings=settings), Message.of("init_traffic"))]


def describe_read(facts: Mapping[str, object]) -> Message:
    """Say how many rows of long files decided what, from the facts of a dataset; nothing where all rows did."""
    if facts["read"] == facts["rows"]:
        return EMPTY
    counts: dict[str, Param] = {"dataset": str(facts["dataset"]), "read": int(str(facts["read"])), "rows": int(str(facts["rows"]))}
    files = facts["partly_checked"]
    if isinstance(files, list) and files:
        return Message.of("rows_read_partly", **counts, files=tuple(map(str, files)))
    return Message.of("rows_read", **counts)


def describe(dataset: InferredDataset, rules: int) -> Mapping[str, object]:
    """Describe one dataset in one row."""
    types = [f"{column.name} {column.type}" + (" (personal)" if column.personal else "") for column, _ in dataset.columns]
    return {
        "dataset": dataset.dataset,
        "looks like": dataset.platform,
        "files": dataset.files,
        "rows": dataset.rows,
        "read": dataset.rows if dataset.read is None else dataset.read,
        "partly_checked": list(dataset.partly_checked),
        "mode": dataset.mode,
        "key": ", ".join(dataset.key) or NO_KEY,
        "time": dataset.time,
        "refers to": ", ".join(f"{reference.column} → {reference.dataset}.{reference.key}" for reference in dataset.references),
        "rules": rules,
        "columns": ", ".join(types),
    }
