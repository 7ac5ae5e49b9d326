"""Read what sluice.yaml says of the products of a catalog: their columns, who refers to them, the file of their labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sluice.config.model import Step
from sluice.config.models import Config

_CLEANER = "record_linkage"
_TITLES = ("title", "name", "product_name", "product_title", "item_name", "标题", "名称")


@dataclass(frozen=True, slots=True)
class ProductColumns:
    """Name the columns by which products are compared.

    Attributes:
        key: Column of the ids.
        title: Column of the titles.
        texts: Further columns of text.
        amounts: Columns of numbers.
    """

    key: str
    title: str
    texts: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()

    @property
    def display_columns(self) -> tuple[str, ...]:
        """Return the columns that people see."""
        return (self.title, *self.texts, *self.amounts)


def product_columns(config: Config, dataset: str) -> ProductColumns | None:
    """Return the columns by which the products of a dataset are compared; None where it has no key of one text column, or a personal one, or no text.

    The cleaner `record_linkage` names them, its first text column as the title; otherwise they are all that are neither key nor personal, and the
    title is the recommender's, or the column that is called so, or the first text column. No personal column is among them: what is found is stored
    and shown unmasked.
    """
    schema = config.datasets[dataset].schema_of(dataset)
    columns = [column for column in schema.columns if column.name not in schema.key and not column.personal]
    texts = [column.name for column in columns if column.type == "string"]
    named = _settings(config, dataset)
    keys = [column for column in schema.columns if column.name in schema.key]
    if len(schema.key) != 1 or keys[0].type != "string" or keys[0].personal or not texts:
        return None
    chosen = [name for kind in ("text_columns", "exact_columns") for name in _names(named, kind) if name in texts]
    title = chosen[0] if _names(named, "text_columns") and chosen else _title(config, dataset, texts)
    named_amounts = _names(named, "numeric_columns") or tuple(column.name for column in columns if column.type in ("number", "integer"))
    amounts = tuple(column.name for column in columns if column.name in named_amounts)
    return ProductColumns(schema.key[0], title, tuple(name for name in chosen or texts if name != title), amounts)


def pairs_path(config: Config, dataset: str) -> Path:
    """Return the file of the labels of a dataset's pairs."""
    return Path(config.path(f"labels/{dataset}_pairs.csv"))


def _title(config: Config, dataset: str, texts: list[str]) -> str:
    recommender = config.recommender
    declared = recommender.title if recommender is not None and recommender.items == dataset else None
    return next((name for name in (declared, *_TITLES) if name in texts), texts[0])


def _settings(config: Config, dataset: str) -> Mapping[str, object]:
    step: Step | None = next((step for step in config.datasets[dataset].clean if step.name == _CLEANER), None)
    return step.settings if step is not None else {}


def _names(settings: Mapping[str, object], kind: str) -> tuple[str, ...]:
    names = settings.get(kind, ())
    return tuple(map(str, names)) if isinstance(names, list | tuple) else ()
