"""Infer which columns identify a row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

import polars as pl

from sluice.domain import Column
from sluice.rules.naming.column_names import is_identifier, role, words
from sluice.rules.naming.event_words import EVENTS, HAN_EVENTS, HAN_ITEMS, ITEMS, names_person
from sluice.rules.naming.vocabulary import split_words
from sluice.rules.repeated_keys import contradictions

MIN_UNIQUE = 0.97  # share of rows whose key must be unique; dirty data repeat some
MAX_COLUMNS = 4
MAX_BLANK = 0.005  # share of the rows that may lack a key by mistake
MAX_PHRASES = 0.1  # share of the values of a key up to which phrases are no values of it; titles are phrases, nearly all
MIN_EXPECTED_REPEATS = 5.0  # repeats of independent columns: fewer, and that there are none may be chance (probability e^-5)
_PARTS = split_words(
    "line position pos posnr lang language locale country region market store shop site currency channel variant size color colour warehouse sequence seq"
    " lineitem zeile sprache land filiale langue pays idioma pais"
)
_HAN_PARTS = ("行号", "序号", "语言", "国家", "店铺", "规格")
_NEVER = split_words("parent zip zipcode postcode postal plz cp phone mobile tel telefon telefono telephone fax ip agent iban version ref referrer")
_OF_MAKERS = split_words(
    "ean gtin upc isbn mpn barcode barkod streckkod stregkode strekkode vonalkod kreskowy carovy barre barras barra batang"
)  # not the shop's own: blank or shared at times
_ROWS = EVENTS | split_words("row record line index uuid guid insert")
_ORDERS = split_words("order orders bestellung auftrag commande pedido ordine zamowienie zamowienia siparis pesanan")
_QUANTITIES = split_words("quantity qty menge anzahl quantite cantidad quantita quantidade aantal ilosc antal antall adet jumlah")
_HAN_ORDERS, _HAN_LINES = ("订单", "注文", "受注", "주문"), ("子订单", "明细", "明細", "行号")
_LINES = split_words("line lines lineitem row record position zeile riga linea ligne")  # of an order


def infer_key(
    frames: Sequence[pl.DataFrame],
    columns: Sequence[Column],
    table: Sequence[str] = (),
    *,
    has_event_time: bool = False,
    refused: Collection[tuple[str, ...]] = (),
) -> tuple[str, ...]:
    """Return the fewest columns whose values are unique in each file; none where uniqueness may be chance. A time is never a key by itself.

    Args:
        frames: Rows of each file.
        columns: Columns of the dataset.
        table: Words that name its rows, from the names of its files.
        has_event_time: Whether a column holds the time of an event; then a person or an item that does not repeat is no key.
        refused: Keys that repeat among rows that are not in `frames`.
    """
    usable = [column.name for column in columns if column.type in {"string", "integer"}]
    identifiers = [name for name in usable if role(name) in {"id", "code"} or name == usable[0]]
    numbers_of_people = {column.name for column in columns if column.personal and role(column.name) == "code"}  # such as a telephone
    allowed = [name for name in identifiers if name not in numbers_of_people and _may_be_key(name, columns, table, has_event_time=has_event_time)]
    singles = [name for name in allowed if (name,) not in refused and uniqueness(frames, (name,)) >= _limit(name) and not _is_of_some_rows(frames, name)]
    if singles:
        return (max(singles, key=lambda name: (_rank(name, columns, table), round(uniqueness(frames, (name,)), 2))),)
    return _composite(frames, columns, refused)


def _is_of_some_rows(frames: Sequence[pl.DataFrame], name: str) -> bool:
    """Return True where rows of another kind have no such code, or a phrase in its place, as fees among payments: they would be held day by day.

    One blank may be a mistake. Titles are phrases too, nearly all of them.
    """
    cells = pl.concat([frame[name].cast(pl.String) for frame in frames if name in frame.columns])
    phrases = int(cells.str.contains(r"\p{L}{3,} \p{L}").sum())
    return 0 < phrases < MAX_PHRASES * cells.len() or cells.null_count() > max(1, MAX_BLANK * cells.len())


def is_key(frames: Sequence[pl.DataFrame], key: tuple[str, ...]) -> bool:
    """Return whether columns are unique enough in each file to be its key.

    Args:
        frames: These columns of each file, all rows.
        key: The columns.
    """
    return uniqueness(frames, key) >= (_limit(key[0]) if len(key) == 1 else MIN_UNIQUE)


def _limit(name: str) -> float:
    return MIN_UNIQUE if role(name) in {"id", "code"} else 1.0


def _may_be_key(name: str, columns: Sequence[Column], table: Sequence[str], *, has_event_time: bool) -> bool:
    """Return False for identifiers of something else than the row: parents, and people or items in a table of events."""
    parts = set(words(name))
    if parts & _NEVER or role(name) in {"quantity", "count", "time"}:
        return False
    others = [column.name for column in columns if column.name != name and is_identifier(column.name)]
    names_row = bool(parts & (_ROWS | set(table))) or parts <= {"id", "key", "no", "number", "nr"} or any(part in name for part in HAN_EVENTS)
    return names_row or not (has_event_time and (others or names_person(name)))


def _rank(name: str, columns: Sequence[Column], table: Sequence[str]) -> tuple[bool, ...]:
    """Rank keys: identifiers before other names, then those of the lines of orders, then those named after the table, then the first column."""
    parts = words(name)
    is_id = role(name) in {"id", "code"}
    of_table = {*table, *(word.removesuffix("s") for word in table)}
    compound = any(part.startswith(word) and len(word) > 3 for part in parts for word in of_table)  # Artikelnummer
    names_row = (len(parts) == 1 and is_id) or bool(set(parts) & of_table) or (is_id and compound)
    names_line = bool(set(parts) & _LINES) or {"item"} < set(parts) & (_ORDERS | {"item"}) or ("transaction" in parts and _has_listings(columns))
    names_line = names_line or any(part in name for part in _HAN_LINES)
    of_maker = bool(set(parts) & _OF_MAKERS)
    return (is_id, names_line and _is_of_lines(columns), not of_maker, names_row, role(name) == "id", name == columns[0].name)


def _has_listings(columns: Sequence[Column]) -> bool:
    """Return True for exports of Etsy, whose transactions are the lines of an order; elsewhere they are its payments."""
    return any("listing" in words(column.name) for column in columns)


def _is_of_lines(columns: Sequence[Column]) -> bool:
    """Return True where each row is an item of an order: it has an order, an item and a quantity of it."""
    names = [set(words(column.name)) for column in columns]
    counts = [column.name for column in columns if role(column.name) == "count"]
    if any(part in column.name for column in columns for part in _HAN_ORDERS):
        return bool(counts) and any(part in column.name for column in columns for part in HAN_ITEMS)
    quantities = any(set(words(name)) & _QUANTITIES for name in counts)
    return quantities and any(parts & ITEMS for parts in names) and any(parts & _ORDERS for parts in names)


def _composite(frames: Sequence[pl.DataFrame], columns: Sequence[Column], refused: Collection[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the smallest combination of identifiers, parts of keys and days that is unique, more than by chance.

    Copies of whole rows do not count against it; two rows that differ do, since nothing but their names says that these columns are a key.
    """
    candidates = [column.name for column in columns if _may_be_part(column)]
    repeating = [name for name in candidates if (name,) in refused or _repeats(frames, name)][:10]
    for size in range(2, MAX_COLUMNS + 1):
        unique = [key for key in combinations(repeating, size) if any(is_identifier(name) or role(name) == "code" for name in key)]
        unique = [
            key
            for key in unique
            if key not in refused
            and uniqueness(frames, key) >= MIN_UNIQUE
            and ((_is_structural(key) and _needs_all(frames, key)) or _expected_repeats(frames, key) >= MIN_EXPECTED_REPEATS)
            and not any(contradictions(frame, key) for frame in frames)
        ]
        if unique:
            return max(unique, key=lambda key: (_is_structural(key), round(uniqueness(frames, key), 2)))
    return ()


def _repeats(frames: Sequence[pl.DataFrame], name: str) -> bool:
    """Return True where a value comes twice in a file: rows without one get no key by another column."""
    cells = (frame[name].drop_nulls() for frame in frames if name in frame.columns)
    return any(values.n_unique() < values.len() for values in cells)


def _may_be_part(column: Column) -> bool:
    """Return False for what describes a person or a place: it is shared by the rows of one, and unique by chance alone."""
    if column.personal or set(words(column.name)) & _NEVER:
        return False
    if column.type == "date":
        return True
    return column.type in {"string", "integer"} and (role(column.name) in {"id", "code"} or _is_part(column.name))


def _is_part(name: str) -> bool:
    return bool(set(words(name)) & _PARTS) or any(part in name for part in _HAN_PARTS)


def _is_structural(key: tuple[str, ...]) -> bool:
    """Return True for names that make a key: an identifier with a line, a language, a store."""
    return any(_is_part(name) for name in key) and any(is_identifier(name) or role(name) == "code" for name in key)


def _needs_all(frames: Sequence[pl.DataFrame], key: tuple[str, ...]) -> bool:
    """Return True where each of three parts or more tells rows apart that the others do not, more of them than by chance."""
    if len(key) < 3:
        return True
    rows = sum(frame.height for frame in frames)
    others = ([name for name in key if name != part] for part in key)
    return all(rows - sum(digests(frame.select(rest)).n_unique() for frame in frames) >= MIN_EXPECTED_REPEATS for rest in others)


def uniqueness(frames: Sequence[pl.DataFrame], key: tuple[str, ...]) -> float:
    """Return the lowest share, over the files, of rows that are the first with their key; rows without a key do not count as unique."""
    shares = []
    for frame in frames:
        if frame.height and all(name in frame.columns for name in key):
            shares.append(digests(frame.select(key).drop_nulls()).n_unique() / frame.height)
    return min(shares, default=0.0)


def digests(rows: pl.DataFrame) -> pl.Series:
    """Return a number of 64 bits for each row, equal for equal rows: numbers are counted and compared faster than texts.

    Example:
        >>> digests(pl.DataFrame({"id": ["a", "b", "a"]})).n_unique()
        2
    """
    return rows.hash_rows()


def _expected_repeats(frames: Sequence[pl.DataFrame], key: tuple[str, ...]) -> float:
    """Return how many pairs of rows would agree in the key, were its columns independent, summed over the files."""
    total = 0.0
    for frame in frames:
        agreement = 1.0
        for name in key:
            counts = frame[name].drop_nulls().value_counts()["count"].cast(pl.Float64) if name in frame.columns else pl.Series([0.0])
            agreement *= float((counts / max(1, frame.height)).pow(2).sum())
        total += frame.height * (frame.height - 1) / 2 * agreement
    return total
