"""Answer what became of each batch: runs, and the verdicts on one."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sluice.api.answers import Answer, MessageAnswer, Moment
from sluice.api.errors import not_there
from sluice.api.operation import Call, Operation, require_dataset
from sluice.api.parameters import DatasetName, Identifier, Number, Parameters, Size
from sluice.app.facts import run_facts, verdict_facts
from sluice.domain import GateState, Run, RunKind, Severity, Status
from sluice.store.dashboard_queries import StoredVerdict, run_verdicts


class RunsQuery(Parameters):
    """Choose runs."""

    dataset: DatasetName | None = None
    kind: RunKind | None = None
    state: Literal["intent", "published", "failed"] | None = None
    size: Size = 50
    before: Number | None = Field(None, description="`next` of the page before")


class OfRun(Parameters):
    """Name a run."""

    run: Identifier


class RunAnswer(Answer):
    """Describe a run."""

    dataset: str
    at: Moment = Field(description="time that the batch was judged at: the end of its period")
    run: str
    kind: RunKind
    rows: int
    clean: int
    held: int
    copies: int
    superseded: int
    replaced: int
    repaired: int
    arrival: float | None = Field(description="score of the rows as they arrived, 0 to 100")
    published: float | None = Field(description="score of the rows that were published, 0 to 100")
    worst: float | None = Field(description="score of the worst dimension of the published rows, 0 to 100")
    configuration: int | None = Field(description="number of the version of the configuration that it was judged by, where that is recorded")
    decision: GateState
    reasons: MessageAnswer | None
    state: Literal["intent", "published", "failed"]
    file: str | None
    started: Moment | None
    finished: Moment | None


class RunsAnswer(Answer):
    """List runs, the newest first."""

    items: list[RunAnswer]
    next: int | None = Field(description="`before` of the next page; null on the last one")


class VerdictAnswer(Answer):
    """Say what a rule says of a batch in one phase: as it arrived, once it was cleaned, and of what is published."""

    phase: str
    rule: str
    state: Status
    severity: Severity
    rows: int
    failed: int
    message: MessageAnswer | None
    observed: MessageAnswer | None
    dimension: str
    on_fail: str
    columns: list[str]


class RunDetailsAnswer(RunAnswer):
    """Describe a run with its verdicts."""

    dimensions: dict[str, float | None] = Field(description="score of each dimension of the published rows, 0 to 100")
    verdicts: list[VerdictAnswer]


def _list_runs(call: Call, query: RunsQuery) -> object:
    dataset = require_dataset(call, query.dataset) if query.dataset else None
    runs = call.app.store.runs.page(query.size + 1, dataset=dataset, state=query.state, kind=query.kind, before=query.before, among=call.among)
    listed = runs[: query.size]
    return {"items": [_facts(run) for _, run in listed], "next": listed[-1][0] if len(runs) > query.size else None}


def _show_run(call: Call, parameters: OfRun) -> object:
    run = call.app.store.runs.get(parameters.run)
    if run is None or not call.sees(run.dataset):
        raise not_there(f"run {parameters.run}", "run", "listRuns")
    return {**_facts(run), "dimensions": run.published.dimensions, "verdicts": [_verdict(verdict) for verdict in run_verdicts(call.app.store, run.id)]}


def _facts(run: Run) -> dict[str, object]:
    file = run.uri.rsplit("/", 1)[-1] or None
    facts = {name: fact for name, fact in run_facts(run).items() if name != "guarded"}  # is measured for the newest batch alone
    return {**facts, "kind": run.kind, "state": run.state, "file": file, "started": run.started, "finished": run.finished}


def _verdict(verdict: StoredVerdict) -> dict[str, object]:
    others = {"dimension": verdict.dimension, "on_fail": verdict.on_fail, "columns": verdict.columns}
    return {"phase": verdict.phase, **verdict_facts(verdict), **others}


OPERATIONS = (
    Operation("listRuns", "GET", "/v1/runs", "List runs, the newest first.", RunsQuery, RunsAnswer, _list_runs),
    Operation("getRun", "GET", "/v1/runs/{run}", "Describe one run, with what each rule says of it.", OfRun, RunDetailsAnswer, _show_run),
)
