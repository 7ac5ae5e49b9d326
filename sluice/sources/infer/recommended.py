"""Tells what could be recommended to whom: which dataset holds what users did, which one the items, and what describes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import polars as pl

from sluice.config.found import Found
from sluice.domain import Column
from sluice.sources.infer.names import is_digits_as_text, names_rows, words

Suggested: TypeAlias = tuple[str, object, str]  # a setting of `recommender`, its value, and why

_PEOPLE = ("user", "customer", "client", "visitor", "viewer", "shopper", "buyer", "member", "account", "reader", "listener", "reviewer", "player", "person")
_KINDS = frozenset({"event", "type", "kind", "action", "activity", "behavior", "behaviour"})
_TITLES = ("title", "name")
_TEXTS = frozenset({"description", "summary", "abstract", "overview", "synopsis", "plot", "text", "body", "details"})
_LINKS = frozenset({"url", "uri", "link", "href"})
_NO_WISH = ("review", "remove", "cancel", "return", "refund", "delete", "dislike", "unlike")
_WORTH: Mapping[str, int] = {  # how much a kind of event says, by a part of its name; the first that fits counts
    **dict.fromkeys(("purchase", "buy", "bought", "order", "transaction", "sale", "checkout"), 5),
    **dict.fromkeys(("cart", "basket", "wish", "favo", "like", "save"), 3),
    **dict.fromkeys(("view", "click", "visit", "look", "detail", "watch", "play", "listen", "read"), 1),
}
SELDOM = 0.001  # a value of fewer rows is taken for a typing error


def recommended(found: Sequence[Found], rows: Mapping[str, pl.DataFrame]) -> list[Suggested]:
    """The part `recommender` that the datasets suggest; empty where none holds what users did with the items of another.

    Args:
        found: The datasets.
        rows: Some of each one's rows.
    """
    first = next(_pairs(found), None)
    if first is None:
        return []
    events, items, user = first
    return [
        ("events", events.dataset, "what users did"),
        ("items", items.dataset, "what is recommended"),
        ("user", user, ""),
        ("item", items.key[0], "names the item in both"),
        ("time", events.time, ""),
        *_kinds(events, rows[events.dataset]),
        *_described(items, rows[items.dataset]),
    ]


def _pairs(found: Sequence[Found]) -> Iterator[tuple[Found, Found, str]]:
    """Each dataset of events with the items that it tells of and its column of users, the largest first."""
    keyed = {each.key[0]: each for each in found if len(each.key) == 1}
    for events in sorted(found, key=lambda each: -each.rows):
        names = [column.name for column, _ in events.columns]
        users = [name for name in names if _names_people(name)]
        told = [keyed[name] for name in names if name in keyed and keyed[name] is not events and not _names_people(name)]
        if events.time and events.mode != "snapshot" and users:
            yield from ((events, items, users[0]) for items in told)


def _names_people(name: str) -> bool:
    said = words(name)
    return bool(said) and (said[0] in _PEOPLE or said[0].removesuffix("id") in _PEOPLE) and (len(said) == 1 or names_rows(name))


def _kinds(events: Found, rows: pl.DataFrame) -> Iterator[Suggested]:
    """The column that says what happened, and what each kind is worth, where its values are known words."""
    called = [column.name for column, _ in events.columns if column.type == "string" and _KINDS & set(words(column.name)[-1:])]
    for name in (each for each in called if each in rows.columns):
        counts = rows[name].drop_nulls().value_counts(sort=True, name="count")
        values = counts.filter(pl.col("count") >= SELDOM * rows.height)[name].to_list()
        worth = {value: weight for value in values if (weight := _worth(value))}
        left_out = ", ".join(value for value in values if value not in worth)
        if worth:
            yield "kind", name, ""
            yield "weights", dict(sorted(worth.items(), key=lambda each: each[1])), f"left out: {left_out}" if left_out else "how much each kind counts"
            return


def _worth(value: str) -> int | None:
    said = value.lower()
    return None if any(part in said for part in _NO_WISH) else next((weight for part, weight in _WORTH.items() if part in said), None)


def _described(items: Found, rows: pl.DataFrame) -> Iterator[Suggested]:
    """What people call an item, what is written about it, and what it is like."""
    columns = [column for column, _ in items.columns if column.name not in items.key and column.name in rows.columns and not column.personal]
    strings = [column.name for column in columns if column.type == "string"]
    title = next((name for last in _TITLES for name in strings if words(name)[-1:] == [last]), None)
    texts = [name for name in strings if name != title and _TEXTS & set(words(name))]
    attributes = [each.name for each in columns if each.name not in {title, *texts} and _tells_apart(each, rows)]
    if title:
        yield "title", title, "shown to people"
    if texts:
        yield "text", [*([title] if title else []), *texts], "read by a language model"
    if attributes:
        yield "attributes", attributes, "what an item is like; strike out what tells nothing"


def _tells_apart(column: Column, rows: pl.DataFrame) -> bool:
    """Are there several items of a value, and several values?"""
    different = rows[column.name].drop_nulls().n_unique()
    if names_rows(column.name) or is_digits_as_text(column.name) or _LINKS & set(words(column.name)):
        return False
    return different > 1 and (column.type in {"integer", "number"} or (column.type in {"string", "boolean"} and different <= rows.height / 2))
