"""Check that the datasets and columns that `recommender` and `score_by` name are declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sluice.config.models import Config, Dataset
from sluice.config.recommender import DERIVED, Ads, Funnel, Recommender, Relations, Rerank, Reviews
from sluice.domain import Message

Place: TypeAlias = tuple[int | str, ...]  # of a name in sluice.yaml
Named: TypeAlias = Iterator[tuple[Place, str, str | None]]  # a place below `recommender`, the dataset, and the column; None: the dataset itself is named
COLUMN_TYPES: Mapping[int | str, tuple[str, ...]] = {"margin_column": ("number", "integer"), "bid": ("number", "integer"), "released_at": ("date", "timestamp")}
SIDE_TYPES = ("string", "boolean", "integer", "number")  # of columns that `users` and `context` name
EVENT_COLUMNS, ITEM_COLUMNS = ("user", "item", "time", "kind", "region"), ("item_key", "title", "image")


@dataclass(frozen=True, slots=True)
class Misnamed:
    """Report a name that is not declared, or is declared otherwise than its use needs.

    Attributes:
        where: Its place in the file.
        message: What is wrong.
        name: The name.
        candidates: Names that are declared.
    """

    where: Place
    message: Message
    name: str
    candidates: Sequence[str]


def misnamed(config: Config) -> Iterator[Misnamed]:
    """Yield every dataset that `recommender` names and that is not configured, and every column that its dataset does not declare, or declares otherwise.

    Columns of `score_by` are declared, are not personal, and are named once.
    """
    for name, settings in config.datasets.items():
        yield from _misnamed_scores(name, settings)
    if config.recommender:
        yield from _misread_conditions(config, config.recommender)
        yield from _personal_region(config, config.recommender)
    declared = {name: list(dataset.columns) for name, dataset in config.datasets.items()}
    for place, dataset, column in _named(config.recommender) if config.recommender else ():
        where = ("recommender", *place)
        if column is None and dataset not in declared:
            yield Misnamed(where, Message.of("no_dataset", dataset=dataset), dataset, list(declared))
        elif column is not None and (columns := declared.get(dataset)) and column not in columns:
            yield Misnamed(where, Message.of("declares_no_column", dataset=dataset, column=column), column, columns)
        elif column is not None and (dtype := _wrong_type(config, place, dataset, column)):
            yield Misnamed(where, Message.of("declared_otherwise", column=column, dataset=dataset, type=dtype, types=_needed_types(place)), column, ())


def _misread_conditions(config: Config, settings: Recommender) -> Iterator[Misnamed]:
    """Yield every condition of the rules of answers that compares a column of numbers with something else."""
    columns = config.datasets[settings.items].columns if settings.items in config.datasets else {}
    for place, condition in settings.answers.conditions():
        column = columns.get(condition.column)
        if column is not None and column.type in ("number", "integer") and condition.number is None:
            message = Message.of("column_holds_numbers", column=condition.column, dataset=settings.items, value=condition.value)
            yield Misnamed(("recommender", "answers", *place), message, condition.value, ())


def _personal_region(config: Config, settings: Recommender) -> Iterator[Misnamed]:
    """Refuse a personal column of regions: what is popular at one person's address would tell of them."""
    columns = config.datasets[settings.events].columns if settings.events in config.datasets else {}
    if settings.region is not None and settings.region in columns and columns[settings.region].personal:
        yield Misnamed(("recommender", "region"), Message.of("region_personal", column=settings.region, dataset=settings.events), settings.region, ())


def _misnamed_scores(dataset: str, settings: Dataset) -> Iterator[Misnamed]:
    for place, column in enumerate(settings.score_by):
        where = ("datasets", dataset, "score_by", place)
        if column not in settings.columns:
            yield Misnamed(where, Message.of("declares_no_column", dataset=dataset, column=column), column, list(settings.columns))
        elif settings.columns[column].personal:
            yield Misnamed(where, Message.of("scored_column_personal", column=column, dataset=dataset), column, ())
        elif column in settings.score_by[:place]:
            yield Misnamed(where, Message.of("named_twice", column=column), column, ())


def _wrong_type(config: Config, place: Place, dataset: str, column: str) -> str | None:
    """Return the declared type of a column where a setting needs another; None where it fits, or is not known."""
    dtype = config.datasets[dataset].columns[column].type if dataset in config.datasets and config.datasets[dataset].columns else None
    return None if dtype is None or dtype in (_needed_types(place) or (dtype,)) else dtype


def _needed_types(place: Place) -> tuple[str, ...]:
    """Return the types that a setting needs its column to have; none where every type fits."""
    return SIDE_TYPES if place[0] == "context" or place[:2] == ("users", "columns") else COLUMN_TYPES.get(place[-1], ())


def _named(settings: Recommender) -> Named:
    yield ("events",), settings.events, None
    yield ("items",), settings.items, None
    yield from _single(settings, EVENT_COLUMNS, settings.events)
    if settings.item_key is None:
        yield ("item",), settings.items, settings.item
    yield from _single(settings, ITEM_COLUMNS, settings.items)
    yield from _listed((), "attributes", settings.attributes, settings.items)
    yield from _listed((), "text", settings.text, settings.items)
    for key, table, columns in (("reviews", settings.reviews, ("item", "text")), ("relations", settings.relations, ("user", "related_user"))):
        if table:
            yield (key, "dataset"), table.dataset, None
            yield from _single(table, columns, table.dataset, key)
    yield from ((place, dataset, name) for place, dataset, name in _listed((), "context", settings.context, settings.events) if name not in DERIVED)
    if settings.users:
        yield ("users", "dataset"), settings.users.dataset, None
        yield ("users", "user") if settings.users.user else ("users", "dataset"), settings.users.dataset, settings.users_key
        yield from _listed(("users",), "columns", settings.users.columns, settings.users.dataset)
    for place, condition in settings.answers.conditions():
        yield ("answers", *place), settings.items, condition.column
    if settings.funnel:
        yield from _single(settings.funnel, ("session",), settings.events, "funnel")
        yield from _listed(("funnel",), "features", settings.funnel.features, settings.items)
    yield from _single(settings.rerank, ("margin_column", "released_at"), settings.items, "rerank")
    if settings.rerank.ads:
        yield from _single(settings.rerank.ads, ("bid",), settings.items, "rerank", "ads")


def _single(part: Recommender | Reviews | Relations | Funnel | Rerank | Ads, keys: Sequence[str], dataset: str, *below: str) -> Named:
    """Yield the columns that settings of one part name."""
    yield from (((*below, key), dataset, column) for key in keys if (column := getattr(part, key)) is not None)


def _listed(below: Place, key: str, columns: Sequence[str], dataset: str) -> Named:
    """Yield the columns of a setting that holds several."""
    yield from (((*below, key, index), dataset, column) for index, column in enumerate(columns))
