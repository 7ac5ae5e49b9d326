"""Write the OpenLineage events of a run: a pure function of its records.

The form is OpenLineage 2-0-2 (https://openlineage.io/spec/2-0-2/OpenLineage.json); each facet names the version of its schema. No cell value is in an event.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sluice import __version__
from sluice.domain import Column, Run

PRODUCER = "https://pypi.org/project/sluice"
_SPEC = "https://openlineage.io/spec"
_EVENT = f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
_FACETS: Mapping[str, str] = {
    "dataQualityAssertions": "1-1-0/DataQualityAssertionsDatasetFacet.json",
    "dataQualityMetrics": "1-0-3/DataQualityMetricsInputDatasetFacet.json",
    "columnLineage": "1-2-0/ColumnLineageDatasetFacet.json",
    "schema": "1-2-0/SchemaDatasetFacet.json",
    "version": "1-0-1/DatasetVersionDatasetFacet.json",
    "outputStatistics": "1-0-2/OutputStatisticsOutputDatasetFacet.json",
    "jobType": "2-0-4/JobTypeJobFacet.json",
    "nominalTime": "1-0-1/NominalTimeRunFacet.json",
    "processing_engine": "1-1-1/ProcessingEngineRunFacet.json",
    "errorMessage": "1-0-1/ErrorMessageRunFacet.json",
}
_SEVERITIES = {"critical": "error", "warning": "warn", "info": "warn"}


@dataclass(frozen=True, slots=True)
class DatasetName:
    """Name a dataset as OpenLineage does.

    Attributes:
        namespace: Where it is: `file`, `s3://bucket`, `postgresql://host:5432`.
        name: Its name there.
    """

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """Say what one rule found.

    Attributes:
        rule: Id of the rule.
        columns: Columns that it is about.
        severity: Its severity.
        text: What it expects.
        rows: Number of rows that it judged.
        failed: Number of those that failed.
        passed: Whether it is met.
    """

    rule: str
    columns: tuple[str, ...]
    severity: str
    text: str
    rows: int
    failed: int
    passed: bool


@dataclass(frozen=True, slots=True)
class ColumnCounts:
    """Count the cells of a column.

    Attributes:
        rows: All of them.
        nulls: Those without a value.
        distinct: Distinct values.
    """

    rows: int
    nulls: int
    distinct: int


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Hold what the events of a run are made of.

    Attributes:
        namespace: Namespace of the jobs.
        run: The run.
        source: What it read; None where that is no file or table.
        clean: The published table.
        quarantine: The table of held rows.
        columns: The declared columns.
        assertions: What each rule found of the rows that arrived.
        counts: Counts of the columns that arrived, by name.
        repairs: Number of repaired cells by column and cleaner.
        error: Why it failed; empty where it did not.
    """

    namespace: str
    run: Run
    source: DatasetName | None
    clean: DatasetName
    quarantine: DatasetName
    columns: Sequence[Column]
    assertions: Sequence[Assertion] = ()
    counts: Mapping[str, ColumnCounts] = field(default_factory=dict)
    repairs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    error: str = ""


def events_of(facts: RunFacts) -> Iterator[dict[str, Any]]:
    """Yield the events of a run, the first first: that it started, and that it ended or failed.

    Args:
        facts: What is recorded of it.
    """
    run = facts.run
    finished = run.finished or run.at
    yield _event("START", min(run.started or finished, finished), facts)
    yield _event("FAIL" if run.state == "failed" else "COMPLETE", finished, facts)


def _event(kind: Literal["START", "COMPLETE", "FAIL"], at: datetime, facts: RunFacts) -> dict[str, Any]:
    run = facts.run
    ended = kind == "COMPLETE"
    return {
        "eventType": kind,
        "eventTime": at.isoformat(),
        "producer": PRODUCER,
        "schemaURL": _EVENT,
        "run": {"runId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{PRODUCER}/{facts.namespace}/{run.id}")), "facets": dict(_run_facets(kind, facts))},
        "job": {
            "namespace": facts.namespace,
            "name": f"{run.kind}.{run.dataset}",
            "facets": {"jobType": _facet("jobType", processingType="BATCH", integration="SLUICE", jobType="JOB")},
        },
        "inputs": [_input(facts, ended=ended)],
        "outputs": [_clean(facts), _quarantine(facts)] if ended else [],
    }


def _run_facets(kind: str, facts: RunFacts) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "processing_engine", _facet("processing_engine", name="sluice", version=__version__)
    yield "nominalTime", _facet("nominalTime", nominalStartTime=facts.run.at.isoformat())
    if kind == "FAIL":
        yield "errorMessage", _facet("errorMessage", message=facts.error or "unknown", programmingLanguage="Python")


def _input(facts: RunFacts, *, ended: bool) -> dict[str, Any]:
    name = facts.source or facts.clean
    facets: dict[str, Any] = {}
    if ended:
        facets["dataQualityAssertions"] = _facet("dataQualityAssertions", assertions=[_assertion(one) for one in facts.assertions])
        metrics = {column: {"nullCount": one.nulls, "distinctCount": one.distinct, "count": one.rows - one.nulls} for column, one in facts.counts.items()}
        facets["dataQualityMetrics"] = _facet("dataQualityMetrics", rowCount=facts.run.rows, columnMetrics=metrics)
    return {"namespace": name.namespace, "name": name.name, "facets": {}, "inputFacets": facets}


def _assertion(one: Assertion) -> dict[str, Any]:
    column = {"column": one.columns[0]} if len(one.columns) == 1 else {}
    return {
        "assertion": one.rule.partition(":")[0],
        "success": one.passed,
        **column,
        "severity": _SEVERITIES[one.severity],
        "name": one.rule,
        "description": one.text,
        "params": {"rows": one.rows, "failed": one.failed, "columns": list(one.columns)},
    }


def _clean(facts: RunFacts) -> dict[str, Any]:
    fields = [{"name": column.name, "type": column.type} for column in facts.columns]
    facets = {"schema": _facet("schema", fields=fields), "columnLineage": _facet("columnLineage", fields=dict(_lineage(facts)))}
    return _output(facts.clean, facets, facts.run.versions.get("clean"), facts.run.good)


def _quarantine(facts: RunFacts) -> dict[str, Any]:
    return _output(facts.quarantine, {}, facts.run.versions.get("quarantine"), facts.run.bad)


def _output(name: DatasetName, facets: Mapping[str, Any], version: int | None, rows: int) -> dict[str, Any]:
    pinned = {} if version is None else {"version": _facet("version", datasetVersion=str(version))}
    statistics = {"outputStatistics": _facet("outputStatistics", rowCount=rows)}
    return {"namespace": name.namespace, "name": name.name, "facets": {**facets, **pinned}, "outputFacets": statistics}


def _lineage(facts: RunFacts) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield for each column from which columns of the input its cells come, and what repaired some of them."""
    name = facts.source or facts.clean
    for column in facts.columns:
        repairs = [(cleaner, count) for (repaired, cleaner), count in sorted(facts.repairs.items()) if repaired == column.name]
        steps = [{"type": "DIRECT", "subtype": "IDENTITY", "masking": False}]
        steps += [{"type": "DIRECT", "subtype": "TRANSFORMATION", "masking": False, "description": f"{one}: {cells} cells"} for one, cells in repairs]
        sources = column.path or (column.name,)
        inputs = [{"namespace": name.namespace, "name": name.name, "field": str(source), "transformations": steps} for source in sources]
        yield column.name, {"inputFields": inputs}


def _facet(facet: str, /, **values: Any) -> dict[str, Any]:  # noqa: ANN401  # values of JSON
    return {"_producer": PRODUCER, "_schemaURL": f"{_SPEC}/facets/{_FACETS[facet]}", **values}
