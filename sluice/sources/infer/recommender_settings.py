"""Suggest the settings of `recommender`: which dataset holds the events of users, which one the items, and which columns describe them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from sluice.config.inferred import InferredDataset
from sluice.config.recommender import MULTILINGUAL
from sluice.domain import EMPTY, Column, Message
from sluice.rules.naming.column_names import is_digits_as_text, is_identifier, words
from sluice.rules.naming.event_words import ITEMS, names_person
from sluice.rules.naming.references import entity, entity_of_dataset, names_key
from sluice.rules.naming.vocabulary import split_words
from sluice.rules.text_language import ENGLISH, main_language
from sluice.sources.cast import as_text

Suggestion: TypeAlias = tuple[str, object, Message]  # a setting of `recommender`, its value, and the reason

_KINDS = frozenset(
    {"event", "type", "kind", "metric", "action", "activity", "behavior", "behaviour", "interaction", "aktion", "typ", "ereignis", "accion", "tipo", "evento"}
)
_HAN_KINDS = ("行为", "类型", "事件", "动作")
_ANALYTICS_IDS = frozenset(  # of people, as systems of analytics call them
    {"distinct id", "profile id", "amplitude id", "appsflyer id", "adid", "gps adid", "idfa", "idfv", "gaid", "advertising id", "muid", "rdid"}
)
_SESSIONS = frozenset({"session", "cookie", "device", "basket"})
_TITLES = ("title", "name", "titel", "bezeichnung", "titre", "nom", "titulo", "nombre", "designation")
_HAN_TITLES = ("标题", "名称", "品名")
_TEXTS = split_words(
    "description desc summary abstract overview synopsis plot text body details beschreibung kurzbeschreibung resume descripcion resumen features"
)
_HAN_TEXTS = ("描述", "详情", "简介")
_LINKS = split_words("url urls uri link links href image images picture pictures bild bilder lien liens enlace enlaces imagen imagenes thumbnail")
_NEGATIVE = (
    "review",
    "remove",
    "cancel",
    "return",
    "refund",
    "delete",
    "dislike",
    "unlike",
    "storno",
    "annul",
    "retour",
    "devol",
    "entfern",
    "退",
    "取消",
    "删除",
)
_WEIGHTS: Mapping[str, int] = {  # weight of a kind of event, by a part of its name; the first match counts
    **dict.fromkeys(("purchase", "buy", "bought", "order", "transaction", "sale", "checkout", "kauf", "bestell", "achat", "command", "compra", "pedido"), 5),
    **dict.fromkeys(("购买", "下单", "支付", "成交"), 5),
    **dict.fromkeys(
        ("cart", "basket", "wish", "favo", "fav", "like", "save", "added", "collect", "warenkorb", "merk", "panier", "carrito", "收藏", "加购", "购物车"), 3
    ),
    **dict.fromkeys(("view", "click", "visit", "look", "detail", "watch", "play", "listen", "read", "ansicht", "klick", "vue", "clic", "vista"), 1),
    **dict.fromkeys(("浏览", "点击", "查看", "曝光"), 1),
}
_EXACT = {"pv": 1, "ipv": 1, "ver": 1}
MIN_CONTAINED = 0.5  # share of the events whose item must be in the catalog; delisted items are missing
MIN_SHARED = 0.1  # the same under an equal name, as a sample of a large catalog has few of its items
MAX_KINDS = 50  # so many kinds of events a shop may count
MIN_VALUE_SHARE = 0.001  # a value of fewer rows is taken for a typing error


def suggest_recommender(datasets: Sequence[InferredDataset], rows: Mapping[str, pl.DataFrame]) -> list[Suggestion]:
    """Return the settings of `recommender` that the datasets suggest; none where no dataset holds events of users with the items of another.

    Args:
        datasets: The inferred datasets.
        rows: A sample of the rows of each.
    """
    best = max(_pairs(datasets, rows), key=lambda pair: pair.rank, default=None)
    if best is None:
        return []
    events, items = best.events, best.items
    return [
        ("events", events.dataset, Message.of("init_events_of_users")),
        ("items", items.dataset, Message.of("init_recommended")),
        ("user", best.user, EMPTY),
        ("item", best.item, Message.of("init_item_in_both") if best.item == best.key else Message.of("init_item_with", column=best.key, dataset=items.dataset)),
        *([("item_key", best.key, EMPTY)] if best.item != best.key else []),
        ("time", events.time, EMPTY),
        *_kinds(events, rows[events.dataset]),
        *_item_columns(items, rows[items.dataset], best.key),
    ]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Hold a dataset of events and one of items, the columns that connect them, and how well they do."""

    events: InferredDataset
    items: InferredDataset
    user: str
    item: str
    key: str
    rank: tuple[float, ...]


def _pairs(datasets: Sequence[InferredDataset], rows: Mapping[str, pl.DataFrame]) -> Iterator[_Pair]:
    """Yield each dataset of events with its datasets of items.

    They are ranked by whether most events name their user, by names that speak of items, by shared values, and by the number of events with a user.
    """
    for events in datasets:
        frame = _declared(events, rows)
        users = _users(frame)
        if events.time is None or not users:
            continue
        user, filled = users[0], _filled(frame[users[0]])
        for items in datasets:
            if items is not events:
                for item, key, rank in _shared_items(events, items, rows, user):
                    yield _Pair(events, items, user, item, key, (filled >= MIN_CONTAINED, *rank, filled * events.rows))


def _users(frame: pl.DataFrame) -> list[str]:
    """Return the columns that may name the user, the best first: people and sessions by what is filled; where no person is, e-mail, then phone."""
    names = sorted((name for name in frame.columns if _is_user(name)), key=lambda name: (frame[name].null_count(), _is_session(name)))
    names = sorted(names, key=_is_session) if not names or _filled(frame[names[0]]) < MIN_CONTAINED else names
    contacts = [name for is_contact in (_is_address, _is_phone) for name in frame.columns if is_contact(name) and _filled(frame[name]) >= MIN_CONTAINED]
    return names if any(not _is_session(name) and _filled(frame[name]) >= MIN_CONTAINED for name in names) else [*contacts, *names]


def _shared_items(events: InferredDataset, items: InferredDataset, rows: Mapping[str, pl.DataFrame], user: str) -> Iterator[tuple[str, str, tuple[float, ...]]]:
    """Yield columns of events whose values are in a column of items that is unique there; an equal name alone counts only where there is no value."""
    catalog, frame = _declared(items, rows), _declared(events, rows)
    keys = [name for name in catalog.columns if _may_name_item(name, catalog, items)]
    for item in (name for name in frame.columns if name != user and not _is_user(name) and frame.schema[name] in {pl.String, pl.Int64}):
        for key in keys:
            same = item == key
            if not same and not names_key(item, key, items.dataset):
                continue
            values, identifiers = as_text(frame[item]).drop_nulls(), as_text(catalog[key]).drop_nulls()
            share = values.is_in(identifiers.implode()).mean()
            contained = share if isinstance(share, float) else 0.0
            nothing_to_compare = values.is_empty() or identifiers.is_empty()
            if contained >= (MIN_SHARED if same else MIN_CONTAINED) or (same and nothing_to_compare):
                speaks_of_items = entity(words(item)) == "item" or entity_of_dataset(items.dataset) == "item"
                yield item, key, (speaks_of_items, round(contained, 1), same, (key,) == items.key, min(values.n_unique(), 20))


def _declared(dataset: InferredDataset, rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    frame = rows[dataset.dataset]
    return frame.select(column.name for column, _ in dataset.columns if column.name in frame.columns)


def _may_name_item(name: str, catalog: pl.DataFrame, items: InferredDataset) -> bool:
    if catalog.schema[name] not in {pl.String, pl.Int64} or _is_user(name):
        return False
    filled = catalog[name].drop_nulls()
    unique = filled.len() >= MIN_CONTAINED * catalog.height and filled.n_unique() == filled.len()  # rows with a picture alone have no SKU
    several = items.blank_key and items.key[:1] == (name,)  # rows for each variant or store view
    return (name,) == items.key or several or (is_digits_as_text(name) and unique)


def _is_user(name: str) -> bool:
    parts = words(name)
    if not parts:
        return False
    if " ".join(parts[-2:]) in _ANALYTICS_IDS or parts[-1] in _ANALYTICS_IDS:
        return True
    return (names_person(name) or _is_session(name)) and (len(parts) == 1 or is_identifier(name) or parts[-1] in {"no", "nr", "number"} or not name.isascii())


def _is_session(name: str) -> bool:
    return bool(_SESSIONS & set(words(name)))


def _is_address(name: str) -> bool:
    return bool({"email", "mail", "courriel", "correo"} & set(words(name)[-1:])) or "邮箱" in name


def _is_phone(name: str) -> bool:
    return bool({"phone", "telefon", "telephone", "telefono", "mobile", "handy"} & set(words(name)[-1:])) or any(part in name for part in ("手机", "电话"))


def _filled(cells: pl.Series) -> float:
    return 1 - cells.null_count() / max(1, cells.len())


def _kinds(events: InferredDataset, rows: pl.DataFrame) -> Iterator[Suggestion]:
    """Yield the column of the kind of event, and the weight of each kind, where its values are known words."""
    names = [column.name for column, _ in events.columns if column.type == "string" and _is_kind(column.name) and column.name in rows.columns]
    for name in names:
        counts = rows[name].drop_nulls().value_counts(sort=True, name="count")
        if not _are_kinds(counts, name):
            continue
        values = counts.filter(pl.col("count") >= MIN_VALUE_SHARE * rows.height)[name].to_list()
        weights = {value: weight for value in values if (weight := _weight(value))}
        omitted = tuple(value for value in values if value not in weights)
        if weights:
            yield "kind", name, EMPTY
            yield (
                "weights",
                dict(sorted(weights.items(), key=lambda item: item[1])),
                Message.of("init_left_out", names=omitted, more=EMPTY) if omitted else Message.of("init_weights"),
            )
            return


def _are_kinds(counts: pl.DataFrame, name: str) -> bool:
    """Return True where the values with known words are more than a few of many: "Square Basket" is a product, and nobody's cart."""
    weighted = counts.filter([_weight(value) is not None for value in counts[name].to_list()])
    return counts.height <= MAX_KINDS or int(weighted["count"].sum()) >= MIN_CONTAINED * int(counts["count"].sum())


def _weight(value: str) -> int | None:
    lower = value.lower()
    if lower in _EXACT or any(part in lower for part in _NEGATIVE):
        return _EXACT.get(lower)
    return next((weight for part, weight in _WEIGHTS.items() if part in lower), None)


def _is_kind(name: str) -> bool:
    parts = words(name)
    return (
        bool(_KINDS & set(parts[-1:]))
        or (parts[:1] == ["event"] and parts[1:2] not in (["properties"], ["params"]))
        or any(part in name for part in _HAN_KINDS)
    )


def _item_columns(items: InferredDataset, rows: pl.DataFrame, key: str) -> Iterator[Suggestion]:
    """Yield the title of an item, the columns of text about it, and its attributes."""
    columns = [column for column, _ in items.columns if column.name not in {*items.key, key} and column.name in rows.columns and not column.personal]
    strings = [column.name for column in columns if column.type == "string"]
    title = next((name for word in _TITLES for name in strings if word in words(name)[-1:] or word in words(name)[:1]), None)
    title = title or next((name for part in _HAN_TITLES for name in strings if part in name), None) or _called_item(strings, rows)
    texts = [name for name in strings if name != title and (_TEXTS & set(words(name)) or any(part in name for part in _HAN_TEXTS))]
    attributes = [column.name for column in columns if column.name not in {title, *texts} and _is_attribute(column, rows)]
    if title:
        yield "title", title, Message.of("init_title")
    if texts:
        yield "text", [*([title] if title else []), *texts], Message.of("init_text")
    language = main_language([text for name in (title, *texts) if name for text in rows[name].cast(pl.String).drop_nulls().to_list()])
    if language != ENGLISH:
        yield "language_model", MULTILINGUAL, Message.of("init_language", language=language)
    if attributes:
        yield "attributes", attributes, Message.of("init_attributes")


def _called_item(strings: Sequence[str], rows: pl.DataFrame) -> str | None:
    """Return the column that is called `Item` and the like, and holds phrases: codes are no titles."""
    named = (name for name in strings if len(words(name)) == 1 and set(words(name)) <= ITEMS)
    return next((name for name in named if rows[name].cast(pl.String).str.contains(r"\p{L}\s\p{L}").sum() > rows.height / 2), None)


def _is_attribute(column: Column, rows: pl.DataFrame) -> bool:
    """Return True where several items share a value, and there are several values."""
    distinct = rows[column.name].drop_nulls().n_unique()
    if is_identifier(column.name) or is_digits_as_text(column.name) or _LINKS & set(words(column.name)):
        return False
    return distinct > 1 and (column.type in {"integer", "number"} or (column.type in {"string", "boolean"} and distinct <= rows.height / 2))
