"""Recognise personal columns by their names, by their values, and by the table that they are in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

import polars as pl

from sluice.domain import EMPTY, Message
from sluice.rules.naming.column_names import is_identifier, role, words
from sluice.rules.naming.event_words import HAN_ITEMS, ITEMS, names_events
from sluice.rules.naming.vocabulary import split_words
from sluice.sources.infer.person_names import are_person_names
from sluice.sources.infer.personal_values import content_of
from sluice.sources.infer.personal_words import (
    BUYERS,
    COMPOUND_ENDINGS,
    DETAILS,
    FLAGS,
    HAN_BUYERS,
    HAN_PERSONS,
    HAN_STRONG,
    HAN_WEAK,
    NAMES,
    PAIRS,
    PERSON_COMPOUNDS,
    PERSONS,
    STRONG,
    SYSTEMS,
    WEAK,
)
from sluice.sources.infer.things import PRICES, describes_things

MIN_STRONG = 2  # personal columns that make a table one about persons
MIN_PERSONS = 0.6  # share of the names of customers that must be those of persons, where firms buy too
_BESIDE = frozenset({"code", "codigo", "number", "display", "of", "de", "der", "do", "da", "di", "del", "van"})  # beside a word for a person
_BESIDE_PLACE = frozenset({"code", "codigo", "number", "display", "to", "from", "of", "de", "der", "do", "da", "di", "del", "van"})
_OF = frozenset({"of", "de", "der", "do", "da", "di", "del", "van"})
_HAN_NAME = re.compile("(?:者|先|客|員|员|家|人)(?:姓|名|氏名)?(?:姓|名|カナ|かな)$")  # 注文者姓, 送付先名カナ
_PERSON_NAME = r"^\p{L}.*[\p{Ll}\p{Lo}]"  # begins with a letter, and is no code in capitals
_NOT_PERSONAL = split_words(
    "id ids type method count status verified opt consent domain hash mac page web mode rating ratings feature features accessory accessories marketing"
    " subscribed subscription compatible compatibles model modelo case cover"
)
_OF_PRODUCTS = re.compile(r"\(product\.metafields\.[\w.-]+\)")  # fields of a product in Shopify's exports


def personal_columns(rows: pl.DataFrame, table: Sequence[str]) -> Mapping[str, Message]:
    """Return the personal columns of a table, each with the reason.

    A name such as `email`, or values such as e-mail addresses, suffice. A name such as `city` counts with a word for a person (`billing_city`), or in a
    table about persons: one named so, or one with other personal columns.

    Args:
        rows: Rows of the table.
        table: Words of its name and of its files' names.

    Example:
        >>> rows = pl.DataFrame({"customer": ["c1"], "Vorname": ["Ann"], "Ort": ["Kiel"], "tier": ["gold"]})
        >>> [(name, reason.code) for name, reason in personal_columns(rows, ["kunden"]).items()]
        [('Vorname', 'init_by_name'), ('Ort', 'init_by_name_in_table')]
    """
    reasons = {cells.name: _own_reason(cells) for cells in rows}
    reasons |= dict.fromkeys(_of_systems(rows.columns), Message.of("init_by_name"))
    reasons |= dict.fromkeys(_of_rates(rows.columns), EMPTY)
    personal = sum(map(bool, reasons.values()))
    things = describes_things(rows)
    if not things and (personal or _is_of_orders(rows.columns)):
        reasons |= {cells.name: Message.of("init_by_name_of_persons") for cells in rows if not reasons[cells.name] and _is_full_name(cells)}
    about_persons = bool(PERSONS & set(table)) or _has_any("".join(table), HAN_PERSONS) or (personal >= MIN_STRONG and not things)
    if about_persons:
        reasons |= {cells.name: Message.of("init_by_name_in_table") for cells in rows if not reasons[cells.name] and _is_weak(cells)}
    return {name: reason for name, reason in reasons.items() if reason}


def _of_systems(names: Sequence[str]) -> Iterator[str]:
    """Yield the names that mean persons in the system whose mark is among them."""
    return (name for mark, personal in SYSTEMS.items() if mark in names for name in names if name in personal)


def _of_rates(names: Sequence[str]) -> Iterator[str]:
    """Yield the names of what identifies a rate of tax, beside that rate: elsewhere a tax id is the number of who pays."""
    if any(set(words(name)) >= {"tax", "rate"} for name in names):
        yield from (name for name in names if words(name) == ["tax", "id"])


def _is_of_orders(names: Sequence[str]) -> bool:
    """Return True for a table that names orders, and neither items nor prices: a name in it is that of who ordered."""
    ordered = any(role(name) in {"id", "code"} and names_events([name]) for name in names)
    return ordered and not any(set(words(name)) & (ITEMS | PRICES) or _has_any(name, HAN_ITEMS) for name in names)


def _is_full_name(cells: pl.Series) -> bool:
    """Return True for a column that is called nothing but a name, as `Nom` is, and holds names of persons."""
    return set(words(cells.name)) <= NAMES and bool(words(cells.name)) and are_person_names(cells)


def _own_reason(cells: pl.Series) -> Message:
    """Return why a column is personal in any table."""
    if cells.null_count() == len(cells):
        return Message.of("init_by_name") if _is_strong(cells.name) else EMPTY
    if _is_strong(cells.name) and not _is_flag(cells):
        return Message.of("init_by_name")
    if _is_detail_of_person(cells.name) and cells.dtype == pl.String and not _is_flag(cells):
        return Message.of("init_by_name")
    if _names_person(cells.name) and _is_weak(cells):
        return Message.of("init_by_name")
    if _is_of_person(cells.name) and are_person_names(cells, MIN_PERSONS):
        return Message.of("init_by_name_of_persons")
    content = content_of(cells) if not is_identifier(cells.name) or cells.dtype == pl.String else ""
    return Message.of("init_holds", content=content) if content else EMPTY


def _is_flag(cells: pl.Series) -> bool:
    """Return True where a column says yes or no."""
    if cells.dtype == pl.Boolean:
        return True
    return cells.dtype == pl.String and bool(cells.str.to_lowercase().drop_nulls().is_in(list(FLAGS)).all())


def _is_detail_of_person(name: str) -> bool:
    """Return True where a name says nothing but details and a person, as `detalles_cliente` does."""
    parts = set(_without_of(words(name)))
    return bool(parts & DETAILS) and bool(parts & BUYERS) and parts <= DETAILS | BUYERS


def _is_strong(name: str) -> bool:
    parts = words(name)
    if _OF_PRODUCTS.search(name):
        return False
    if _NOT_PERSONAL & set(parts[-1:]) and not PAIRS & set(pairwise(parts)):
        return False
    compounds = any(part.endswith(COMPOUND_ENDINGS) for part in parts)
    return bool(STRONG & set(parts)) or compounds or bool(PAIRS & set(pairwise(_without_of(parts)))) or _has_any(name, HAN_STRONG)


def _names_person(name: str) -> bool:
    return bool(PERSONS & set(words(name))) or any(part.startswith(PERSON_COMPOUNDS) for part in words(name)) or _has_any(name, HAN_PERSONS)


def _is_of_person(name: str) -> bool:
    """Return True where a name says nothing but a person, as `Kunde` does: what the column holds of the person is said by its values."""
    parts = _without_of(words(name))
    return bool(parts) and (set(parts) <= BUYERS or name.strip() in HAN_BUYERS)


def _is_weak(cells: pl.Series) -> bool:
    """Return True where a name may be about a person: its weak word stands alone or with words for persons, and a name has the values of names."""
    if _has_any(cells.name, HAN_WEAK) or _HAN_NAME.search(cells.name):
        return True
    parts = words(cells.name)
    weak = [part for part in parts if part in WEAK or (part.startswith(PERSON_COMPOUNDS) and part.endswith(tuple(NAMES)))]
    others = [part for part in parts if part not in WEAK and part not in PERSONS and part not in _BESIDE_PLACE and part not in weak]
    if not weak or others or cells.dtype == pl.Boolean:
        return False
    return not any(part.endswith(tuple(NAMES)) for part in weak) or _holds_names(cells)


def _holds_names(cells: pl.Series) -> bool:
    values = cells.drop_nulls()
    return cells.dtype == pl.String and len(values) > 0 and float(values.str.contains(_PERSON_NAME).sum()) >= 0.9 * len(values)


def _without_of(parts: Sequence[str]) -> list[str]:
    return [part for part in parts if part not in _OF]


def _has_any(text: str, parts: Collection[str]) -> bool:
    return any(part in text for part in parts)
