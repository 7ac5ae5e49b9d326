"""Answer which models there are, and which version of each serves."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ConfigDict, Field

from sluice.api.answers import Answer, Moment
from sluice.api.errors import not_there
from sluice.api.operation import Call, Operation
from sluice.api.parameters import Identifier, Number, Parameters, Size
from sluice.app.facts import model_facts
from sluice.domain import ModelState
from sluice.rules.people import dataset_of_model


class VersionsQuery(Parameters):
    """Choose versions of a model."""

    model: Identifier = Field(description="full name of a model, such as recommender or events.autoencoder")
    size: Size = 50
    before: Number | None = Field(None, description="`next` of the page before")


class VersionAnswer(Answer):
    """Describe a version of a model; its metrics over all users, such as recall@20, stand beside these fields."""

    model_config = ConfigDict(extra="allow")

    model: str
    version: int
    state: ModelState
    at: Moment
    kind: str | None
    rows: int | None


class ModelsAnswer(Answer):
    """List the version of each model that serves, or the newest one where none does."""

    items: list[VersionAnswer]


class VersionsAnswer(Answer):
    """List the versions of a model, the newest first."""

    items: list[VersionAnswer]
    next: int | None = Field(description="`before` of the next page; null on the last one")


def _list_models(call: Call, _: Parameters) -> object:
    return {"items": [_serving(call, name) for name in call.app.store.models.names() if _sees(call, name)]}


def _serving(call: Call, name: str) -> Mapping[str, object]:
    versions = call.app.store.models.versions(name)
    return model_facts(next((model for model in versions if model.state == "champion"), versions[0]))


def _sees(call: Call, name: str) -> bool:
    return call.sees(dataset_of_model(name, call.app.config.learns_from))


def _list_versions(call: Call, query: VersionsQuery) -> object:
    versions = call.app.store.models.page(query.model, query.size + 1, before=query.before)
    if (not versions and query.before is None) or not _sees(call, query.model):
        raise not_there(f"model {query.model}", "model", "listModels")
    listed = versions[: query.size]
    return {"items": [model_facts(model) for model in listed], "next": listed[-1].version if len(versions) > query.size else None}


OPERATIONS = (
    Operation("listModels", "GET", "/v1/models", "List the models, each with the version that serves.", Parameters, ModelsAnswer, _list_models),
    Operation("listVersions", "GET", "/v1/models/{model}", "List the versions of one model.", VersionsQuery, VersionsAnswer, _list_versions),
)
