"""Suggest the settings of `recommender`: which dataset holds the events of users, which one the items, and which columns describe them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import polars as pl

from sluice.config.inferred import InferredDataset
from sluice.domain import Column
from sluice.sources.infer.column_names import is_digits_as_text, is_identifier, words

Suggestion: TypeAlias = tuple[str, object, str]  # a setting of `recommender`, its value, and the reason

_PEOPLE = ("user", "customer", "client", "visitor", "viewer", "shopper", "buyer", "member", "account", "reader", "listener", "reviewer", "player", "person")
_KINDS = frozenset({"event", "type", "kind", "action", "activity", "behavior", "behaviour"})
_TITLES = ("title", "name")
_TEXTS = frozenset({"description", "summary", "abstract", "overview", "synopsis", "plot", "text", "body", "details"})
_LINKS = frozenset({"url", "uri", "link", "href"})
_NEGATIVE = ("review", "remove", "cancel", "return", "refund", "delete", "dislike", "unlike")
_WEIGHTS: Mapping[str, int] = {  # weight of a kind of event, by a part of its name; the first match counts
    **dict.fromkeys(("purchase", "buy", "bought", "order", "transaction", "sale", "checkout"), 5),
    **dict.fromkeys(("cart", "basket", "wish", "favo", "like", "save"), 3),
    **dict.fromkeys(("view", "click", "visit", "look", "detail", "watch", "play", "listen", "read"), 1),
}
MIN_VALUE_SHARE = 0.001  # a value of fewer rows is taken for a typing error


def suggest_recommender(datasets: Sequence[InferredDataset], rows: Mapping[str, pl.DataFrame]) -> list[Suggestion]:
    """Return the settings of `recommender` that the datasets suggest; none where no dataset holds events of users with the items of another.

    Args:
        datasets: The inferred datasets.
        rows: A sample of the rows of each.
    """
    first = next(_pairs(datasets), None)
    if first is None:
        return []
    events, items, user = first
    return [
        ("events", events.dataset, "events of users"),
        ("items", items.dataset, "what is recommended"),
        ("user", user, ""),
        ("item", items.key[0], "names the item in both"),
        ("time", events.time, ""),
        *_kinds(events, rows[events.dataset]),
        *_item_columns(items, rows[items.dataset]),
    ]


def _pairs(datasets: Sequence[InferredDataset]) -> Iterator[tuple[InferredDataset, InferredDataset, str]]:
    """Yield each dataset of events with its dataset of items and its column of users, the largest first."""
    keyed = {dataset.key[0]: dataset for dataset in datasets if len(dataset.key) == 1}
    for events in sorted(datasets, key=lambda dataset: -dataset.rows):
        names = [column.name for column, _ in events.columns]
        users = [name for name in names if _is_user(name)]
        item_datasets = [keyed[name] for name in names if name in keyed and keyed[name] is not events and not _is_user(name)]
        if events.time and events.mode != "snapshot" and users:
            yield from ((events, items, users[0]) for items in item_datasets)


def _is_user(name: str) -> bool:
    parts = words(name)
    return bool(parts) and (parts[0] in _PEOPLE or parts[0].removesuffix("id") in _PEOPLE) and (len(parts) == 1 or is_identifier(name))


def _kinds(events: InferredDataset, rows: pl.DataFrame) -> Iterator[Suggestion]:
    """Yield the column of the kind of event, and the weight of each kind, where its values are known words."""
    names = [column.name for column, _ in events.columns if column.type == "string" and _KINDS & set(words(column.name)[-1:])]
    for name in (column for column in names if column in rows.columns):
        counts = rows[name].drop_nulls().value_counts(sort=True, name="count")
        values = counts.filter(pl.col("count") >= MIN_VALUE_SHARE * rows.height)[name].to_list()
        weights = {value: weight for value in values if (weight := _weight(value))}
        omitted = ", ".join(value for value in values if value not in weights)
        if weights:
            yield "kind", name, ""
            yield "weights", dict(sorted(weights.items(), key=lambda item: item[1])), f"left out: {omitted}" if omitted else "how much each kind counts"
            return


def _weight(value: str) -> int | None:
    lower = value.lower()
    return None if any(part in lower for part in _NEGATIVE) else next((weight for part, weight in _WEIGHTS.items() if part in lower), None)


def _item_columns(items: InferredDataset, rows: pl.DataFrame) -> Iterator[Suggestion]:
    """Yield the title of an item, the columns of text about it, and its attributes."""
    columns = [column for column, _ in items.columns if column.name not in items.key and column.name in rows.columns and not column.personal]
    strings = [column.name for column in columns if column.type == "string"]
    title = next((name for last in _TITLES for name in strings if words(name)[-1:] == [last]), None)
    texts = [name for name in strings if name != title and _TEXTS & set(words(name))]
    attributes = [column.name for column in columns if column.name not in {title, *texts} and _is_attribute(column, rows)]
    if title:
        yield "title", title, "shown to people"
    if texts:
        yield "text", [*([title] if title else []), *texts], "read by a language model"
    if attributes:
        yield "attributes", attributes, "describe an item; remove those that do not"


def _is_attribute(column: Column, rows: pl.DataFrame) -> bool:
    """Return True where several items share a value, and there are several values."""
    distinct = rows[column.name].drop_nulls().n_unique()
    if is_identifier(column.name) or is_digits_as_text(column.name) or _LINKS & set(words(column.name)):
        return False
    return distinct > 1 and (column.type in {"integer", "number"} or (column.type in {"string", "boolean"} and distinct <= rows.height / 2))
