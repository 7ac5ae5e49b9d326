"""What `recommender` names must be there: its datasets, and columns that they declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sluice.config.models import Config
from sluice.config.recommender import Ads, Funnel, Recommender, Relations, Rerank, Reviews

Place: TypeAlias = tuple[int | str, ...]  # where a name stands in sluice.yaml
Named: TypeAlias = Iterator[tuple[Place, str, str | None]]  # a place below `recommender`, the dataset, and the column; None: the dataset itself is named
HOLDS: Mapping[int | str, tuple[str, ...]] = {"margin_column": ("number", "integer"), "bid": ("number", "integer"), "fresh_column": ("date", "timestamp")}
OF_EVENTS, OF_ITEMS = ("user", "item", "time", "kind"), ("item", "title", "image")


@dataclass(frozen=True, slots=True)
class Misnamed:
    """A name that stands for nothing.

    Attributes:
        where: Where it stands in the file.
        told: What is wrong.
        name: The name.
        known: Those that there are.
    """

    where: Place
    told: str
    name: str
    known: Sequence[str]


def misnamed(config: Config) -> Iterator[Misnamed]:
    """Every dataset that `recommender` names and that is not configured, and every column that its dataset does not declare, or declares otherwise."""
    declared = {name: list(dataset.columns) for name, dataset in config.datasets.items()}
    for place, dataset, column in _named(config.recommender) if config.recommender else ():
        where = ("recommender", *place)
        if column is None and dataset not in declared:
            yield Misnamed(where, f"there is no dataset {dataset}", dataset, list(declared))
        elif column is not None and (columns := declared.get(dataset)) and column not in columns:
            yield Misnamed(where, f"{dataset} declares no column {column}", column, columns)
        elif column is not None and (kind := _unfit(config, place, dataset, column)):
            yield Misnamed(where, f"{column} of {dataset} is declared as {kind}; this needs {' or '.join(HOLDS[place[-1]])}", column, ())


def _unfit(config: Config, place: Place, dataset: str, column: str) -> str | None:
    """The type of a column that does not hold what a setting needs; None where it fits, or is not known."""
    kind = config.datasets[dataset].columns[column].type if dataset in config.datasets and config.datasets[dataset].columns else None
    return None if kind is None or kind in HOLDS.get(place[-1], (kind,)) else kind


def _named(settings: Recommender) -> Named:
    yield ("events",), settings.events, None
    yield ("items",), settings.items, None
    yield from _single(settings, OF_EVENTS, settings.events)
    yield from _single(settings, OF_ITEMS, settings.items)
    yield from _listed((), "attributes", settings.attributes, settings.items)
    yield from _listed((), "text", settings.text, settings.items)
    for key, table, columns in (("reviews", settings.reviews, ("item", "text")), ("relations", settings.relations, ("user", "other"))):
        if table:
            yield (key, "dataset"), table.dataset, None
            yield from _single(table, columns, table.dataset, key)
    if settings.funnel:
        yield from _single(settings.funnel, ("session",), settings.events, "funnel")
        yield from _listed(("funnel",), "features", settings.funnel.features, settings.items)
    yield from _single(settings.rerank, ("margin_column", "fresh_column"), settings.items, "rerank")
    if settings.rerank.ads:
        yield from _single(settings.rerank.ads, ("bid",), settings.items, "rerank", "ads")


def _single(part: Recommender | Reviews | Relations | Funnel | Rerank | Ads, keys: Sequence[str], dataset: str, *below: str) -> Named:
    """The columns that settings of one part name."""
    yield from (((*below, key), dataset, column) for key in keys if (column := getattr(part, key)) is not None)


def _listed(below: Place, key: str, columns: Sequence[str], dataset: str) -> Named:
    """The columns of a setting that holds several."""
    yield from (((*below, key, index), dataset, column) for index, column in enumerate(columns))
