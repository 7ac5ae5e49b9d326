"""Answer which datasets there are, and whether each may be learned from now."""

from __future__ import annotations

from pydantic import Field

from sluice.api.answers import Answer, MessageAnswer, Moment
from sluice.api.operation import Call, Operation, require_dataset
from sluice.api.parameters import DatasetName, Parameters
from sluice.app import App
from sluice.app.gate_answers import answer_gate
from sluice.config.duration import write_duration
from sluice.domain import GateState, Severity


class OfDataset(Parameters):
    """Name a dataset."""

    dataset: DatasetName


class ColumnAnswer(Answer):
    """Describe a declared column."""

    column: str
    type: str
    required: bool
    personal: bool


class DatasetAnswer(Answer):
    """Describe a dataset."""

    dataset: str
    mode: str
    every: str | None = Field(description="rhythm of its arrivals, such as 1d")
    key: list[str]
    time: str | None
    columns: list[ColumnAnswer]


class DatasetsAnswer(Answer):
    """List the datasets."""

    items: list[DatasetAnswer]


class ReportedAnswer(Answer):
    """Say how many rows of the newest batch fail a rule that holds nothing."""

    rule: str
    severity: Severity
    rows: int
    failed: int
    share: float


class GateAnswer(Answer):
    """Say whether a dataset may be learned from now, as `sluice gate --format json` does."""

    dataset: str
    state: GateState
    reasons: list[MessageAnswer]
    at: Moment
    score: float | None = Field(description="score of the newest batch, 0 to 100")
    guarded: float | None = Field(description="share of the cells that something guards, 0 to 1")
    newest: str | None = Field(description="id of the run of the newest batch")
    snapshot: str | None = Field(description="snapshot to learn from, where the gate is open")
    runs: list[str] = Field(description="runs whose rows may be learned from")
    override: str | None = Field(description="who opened the gate whatever the scores are")
    to_open: MessageAnswer | None = Field(description="what opens the gate")
    gone: list[MessageAnswer] = Field(description="lines of sluice.yaml about columns that the newest file lacks, or has under a new name")
    reported: list[ReportedAnswer]
    missing_keys: MessageAnswer | None = Field(description="published keys that a snapshot lacks since their rows are held")


def _list_datasets(call: Call, _: Parameters) -> object:
    return {"items": [_facts(call.app, name) for name in call.app.config.datasets if call.sees(name)]}


def _show_dataset(call: Call, parameters: OfDataset) -> object:
    return _facts(call.app, require_dataset(call, parameters.dataset))


def _show_gate(call: Call, parameters: OfDataset) -> object:
    return answer_gate(call.app, require_dataset(call, parameters.dataset)).facts()


def _facts(app: App, name: str) -> dict[str, object]:
    settings = app.config.datasets[name]
    schema = settings.schema_of(name)
    return {
        "dataset": name,
        "mode": settings.mode,
        "every": write_duration(settings.every) if settings.every else None,
        "key": list(settings.key.columns),
        "time": settings.time,
        "columns": [{"column": column.name, "type": column.type, "required": column.required, "personal": column.personal} for column in schema.columns],
    }


OPERATIONS = (
    Operation("listDatasets", "GET", "/v1/datasets", "List the datasets with their columns.", Parameters, DatasetsAnswer, _list_datasets),
    Operation("getDataset", "GET", "/v1/datasets/{dataset}", "Describe one dataset.", OfDataset, DatasetAnswer, _show_dataset),
    Operation(
        "getGate",
        "GET",
        "/v1/datasets/{dataset}/gate",
        "Say whether a dataset may be learned from now.",
        OfDataset,
        GateAnswer,
        _show_gate,
        shared=1.0,
    ),
)
