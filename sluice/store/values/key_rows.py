"""Find and erase the rows of a key: its own cells, those of its personal columns, and the values that these hold, elsewhere too."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import polars as pl

from sluice.domain import OTHER, RAW, ROW, STATE
from sluice.rules.pseudonyms import MIN_LENGTH, KeyRing, is_identifying, normalize
from sluice.store.blobs import Blobs
from sluice.store.lake import Lake
from sluice.store.lake_errors import lake_errors, table_title
from sluice.store.lake_tables import Table
from sluice.store.rewriting import data_files
from sluice.store.values.query import RowQuery, ValueQuery
from sluice.store.values.rewritten_files import rows_in_parts

_ROW_TABLES: tuple[Table, ...] = ("clean", "quarantine", "repeats")  # the others name rows by their ids
_OF_ROWS = (ROW, RAW, "column", "old", "new")


@dataclass(frozen=True, slots=True)
class KeyRows:
    """Hold the rows of a key in one dataset.

    Attributes:
        keys: By column the values that select the rows, as `normalize` returns them.
        personal: Columns whose cells are erased, those of the keys among them.
        ids: Ids of the rows.
        cells: What their personal columns hold, as text.
        others: Which of them those columns hold in the rows of other keys too.
    """

    keys: Mapping[str, frozenset[str]]
    personal: tuple[str, ...]
    ids: frozenset[str]
    cells: frozenset[str]
    others: frozenset[str]


def read_key_rows(lake: Lake, dataset: str, keys: Mapping[str, frozenset[str]], personal: Sequence[str]) -> KeyRows:
    """Read which rows of the lake have a key, and what their personal columns hold.

    Args:
        lake: The tables.
        dataset: Name of the dataset.
        keys: By column the values that select the rows, as `normalize` returns them.
        personal: Its personal columns.

    Raises:
        StoreError: The lake does not answer.
    """
    columns = tuple(dict.fromkeys([*keys, *personal]))
    named = frozenset(chain.from_iterable(_of_keys(rows, keys) for table in _ROW_TABLES for rows in _parts(lake, table, dataset, columns)))
    ids = named | _superseded(lake, dataset, keys, named)
    cells: set[str] = set()
    others: set[str] = set()
    for own, _ in _divided(lake, (*_ROW_TABLES, "repairs"), dataset, columns, ids):
        cells |= cells_of(own, columns)
    for _, other in _divided(lake, _ROW_TABLES, dataset, columns, ids):  # once more, so that no cell of others is held that is none of the key's
        others |= cells_of(other, columns) & cells
    return KeyRows(keys, columns, ids, frozenset(cells), frozenset(others))


class KeyQuery(ValueQuery):
    """Search the rows of a key, and the values that only they hold in every other place.

    Attributes:
        key_rows: The rows of the key, by dataset.
        local: Number of values that are erased in those rows alone, since others have them too, or since they are words that others may use.
    """

    def __init__(self, key_rows: Mapping[str, KeyRows], values: Iterable[str], ring: KeyRing | None = None) -> None:
        """Decide which values are searched everywhere.

        Args:
            key_rows: The rows of the key, by dataset.
            values: The key, or several of one person.
            ring: Keys under which the log of exposures may name users; None: such names are not searched.
        """
        self.key_rows = key_rows
        keys = {value.strip() for value in values}
        cells = {*keys, *(cell for rows in key_rows.values() for cell in rows.cells)}
        others = set().union(*(rows.others for rows in key_rows.values()))
        super().__init__(*sorted({cell.strip() for cell in cells - (others - keys) if is_identifying(cell.strip(), key=cell in keys)}), keys=ring)
        self.texts = tuple(dict.fromkeys([*self.texts, *self.names_of(sorted(keys))]))  # a key is searched so however short it is
        self.local = len({cell.strip() for cell in cells}) - len(self._values)
        self.cells = frozenset(cells)
        self._numbers = {text: number for number, text in enumerate([*sorted({cell.strip() for cell in cells} - {*self.texts}), *self.texts], start=1)}

    def is_erasable(self, cell: str) -> bool:
        """Return whether a cell of a personal column is erased."""
        return cell in self.cells

    def in_dataset(self, dataset: str) -> RowQuery:
        """Return what searches the rows of a dataset."""
        return RowsOfKey(self, self.key_rows[dataset]) if dataset in self.key_rows else self

    def suffix(self, text: str) -> str:
        """Return what follows the substitute of a value; several columns may be the dataset's key together."""
        return f"-{self._numbers[text.strip()]}"


class RowsOfKey:
    """Search the rows of one dataset for a key."""

    def __init__(self, query: KeyQuery, key: KeyRows) -> None:
        """Keep what is searched everywhere, and which rows the key has."""
        self._query, self._key = query, key

    @cached_property
    def _texts(self) -> ValueQuery:
        """Return what is replaced within texts of the key's own rows: messages and reasons quote cells."""
        return _Numbered(self._query, [cell for cell in sorted(self._query.cells) if len(cell.strip()) >= MIN_LENGTH])

    def rows(self, rows: pl.DataFrame) -> pl.Series:
        """Return which rows hold a value; see `RowQuery`."""
        own = self.own(rows)
        return self._query.rows(rows) | (own & (self._texts.rows(rows) | self._whole(rows, self._cells_of(rows, own))))

    def replace_in_rows(self, rows: pl.DataFrame, substitute: str) -> pl.DataFrame:
        """Return rows with the values replaced; see `RowQuery`."""
        own = self.own(rows)
        erased = self._texts.replace_in_rows(self._erase_cells(rows, self._cells_of(rows, own), substitute), substitute)
        others = self._query.replace_in_rows(rows, substitute)
        return rows.select(pl.when(own).then(erased[name]).otherwise(others[name]).alias(name) for name in rows.columns)

    def own(self, rows: pl.DataFrame) -> pl.Series:
        """Return which rows are the key's own."""
        own = select_rows(rows, self._key.keys)
        return own | rows[ROW].is_in(self._key.ids) if ROW in rows.columns else own

    def _cells_of(self, rows: pl.DataFrame, own: pl.Series) -> set[str]:
        """Return what the personal columns of the key's own rows hold, and is to be erased."""
        return {cell for cell in cells_of(rows.filter(own), self._key.personal) if self._query.is_erasable(cell)}

    def _whole(self, rows: pl.DataFrame, cells: set[str]) -> pl.Series:
        """Return which rows have a cell of a personal column that is one of the values, however short."""
        hits = pl.Series([False] * rows.height, dtype=pl.Boolean)
        for name in (name for name in self._key.personal if name in rows.columns):
            hits = hits | rows[name].cast(pl.String, strict=False).is_in(cells).fill_null(value=False)
        return hits | pl.Series([bool(set(_nested(row, self._key.personal)) & cells) for row in rows.iter_rows(named=True)], dtype=pl.Boolean)

    def _erase_cells(self, rows: pl.DataFrame, cells: set[str], substitute: str) -> pl.DataFrame:
        texts = {cell: substitute + self._query.suffix(cell) for cell in sorted(cells)}
        for name in (name for name in self._key.personal if name in rows.columns):
            column = rows[name]
            rows = rows.with_columns(column.replace(texts) if column.dtype == pl.String else pl.lit(None, column.dtype).alias(name))
        if RAW in rows.columns:
            raw = [_without(cells, self._key.personal, texts) for cells in rows[RAW].to_list()]
            rows = rows.with_columns(pl.Series(RAW, raw, rows[RAW].dtype))
        if {"column", "old", "new"} <= set(rows.columns):  # repairs
            personal = pl.col("column").is_in(self._key.personal)
            rows = rows.with_columns(pl.when(personal).then(pl.col(name).replace(texts)).otherwise(name).alias(name) for name in ("old", "new"))
        return rows


class _Numbered(ValueQuery):
    """Replace values with the suffixes that they have in another query."""

    def __init__(self, query: ValueQuery, texts: Iterable[str]) -> None:
        self._query = query
        super().__init__(*dict.fromkeys(text.strip() for text in texts))

    def suffix(self, text: str) -> str:
        return self._query.suffix(text)


def _superseded(lake: Lake, dataset: str, keys: Mapping[str, frozenset[str]], ids: frozenset[str]) -> frozenset[str]:
    """Return the rows in whose place the key's own rows stand, where no table has their cells any more: their repairs hold some of these.

    A row of which a version of the table says that it has another key is none.
    """
    links = [
        rows.filter(pl.col(STATE) == "superseded").select(ROW, OTHER) for rows in _parts(lake, "repeats", dataset, (STATE, OTHER)) if OTHER in rows.columns
    ]
    linked, reached = pl.concat(links) if links else pl.DataFrame(schema={ROW: pl.String, OTHER: pl.String}), {*ids}
    while fresh := {*linked.filter(pl.col(OTHER).is_in(_series(reached)))[ROW]} - reached:  # a row may have been superseded several times
        reached |= fresh
    candidates = reached - ids
    for table in _ROW_TABLES if candidates else ():
        for rows in _parts(lake, table, dataset, tuple(keys)):
            filled = [pl.col(name).is_not_null() for name in keys if name in rows.columns]
            if filled and ROW in rows.columns:
                candidates -= {*rows.filter(pl.col(ROW).is_in(_series(candidates)) & pl.any_horizontal(filled))[ROW]}
    return frozenset(candidates)


def _series(ids: Collection[str]) -> pl.Series:
    return pl.Series([*ids], dtype=pl.String).implode()


def _divided(lake: Lake, tables: Sequence[Table], dataset: str, columns: Sequence[str], ids: frozenset[str]) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield the rows of some tables with one of some ids, and the others, some at a time."""
    chosen = _series(ids)
    for table in tables:
        for rows in _parts(lake, table, dataset, columns):
            if ROW in rows.columns:
                yield rows.filter(pl.col(ROW).is_in(chosen)), rows.filter(~pl.col(ROW).is_in(chosen))


def _parts(lake: Lake, table: Table, dataset: str, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Yield what is needed of the rows of all files of a table, those of older versions too, some at a time."""
    place, blobs = f"{table}/{dataset}", Blobs(lake.root, lake.options)
    with lake_errors(table_title(table, dataset)):
        for name in data_files(blobs, place):
            if name.endswith(".parquet"):
                yield from rows_in_parts(blobs.address(name), blobs.options, {*columns, *_OF_ROWS})


def select_rows(rows: pl.DataFrame, keys: Mapping[str, frozenset[str]]) -> pl.Series:
    """Return which rows have one of the values in one of the columns.

    Args:
        rows: Any rows; columns that they lack select none.
        keys: By column the values, as `normalize` returns them.
    """
    hits = pl.Series([False] * rows.height, dtype=pl.Boolean)
    for name in (name for name in keys if name in rows.columns):
        texts = rows[name].cast(pl.String, strict=False)
        equal = [text for text in texts.drop_nulls().unique().to_list() if normalize(text) in keys[name]]
        hits = hits | texts.is_in(equal).fill_null(value=False)
    return hits


def _of_keys(rows: pl.DataFrame, keys: Mapping[str, frozenset[str]]) -> list[str]:
    return rows.filter(select_rows(rows, keys))[ROW].to_list() if ROW in rows.columns else []


def cells_of(rows: pl.DataFrame, columns: Sequence[str]) -> set[str]:
    """Return the texts of some columns, of their cells that did not cast, and of their repairs."""
    plain = [rows[name].cast(pl.String, strict=False).drop_nulls().unique().to_list() for name in columns if name in rows.columns]
    nested = [_nested(row, columns) for row in rows.iter_rows(named=True)] if {RAW, "old"} & set(rows.columns) else []
    return {cell for cell in chain.from_iterable([*plain, *nested]) if cell.strip()}


def _nested(row: Mapping[str, object], columns: Sequence[str]) -> list[str]:
    cells = row.get(RAW)
    texts = [cell["text"] for cell in cells if cell["column"] in columns] if isinstance(cells, list) else []
    return [str(text) for text in [*texts, *((row.get("old"), row.get("new")) if row.get("column") in columns else ())] if text is not None]


def _without(cells: list[dict[str, str]] | None, columns: Sequence[str], texts: Mapping[str, str]) -> list[dict[str, str]] | None:
    return cells and [{**cell, "text": texts.get(cell["text"], cell["text"]) if cell["column"] in columns else cell["text"]} for cell in cells]
