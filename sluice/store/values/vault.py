"""Search the lake, the database and the state folder for a value, and erase it there."""

from __future__ import annotations

import functools
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Table, select, update

from sluice.domain import EventColumns, Message
from sluice.domain.value_places import LAKE_DRAFTS, LAKE_RECORDS, PLACES, SQLITE_PAGES, STATE_DRAFTS, Root, ValuePlace, place_of_file
from sluice.ports import Lease
from sluice.rules.keyed_digests import KeyedDigests
from sluice.store.activity_log import log_act, without_salts
from sluice.store.blobs import Blobs
from sluice.store.database import Database, database_errors
from sluice.store.lake import Lake
from sluice.store.lake_records import change_values
from sluice.store.lake_tables import Table as LakeTable
from sluice.store.remembered_digests import put_records_under_key, put_under_key
from sluice.store.sealing import Sealing
from sluice.store.tables import ACTIVITY, METADATA
from sluice.store.values.event_rows import LOGS, count_rows, delete_rows
from sluice.store.values.key_rows import KeyRows, read_key_rows
from sluice.store.values.lake_erasure import erase_in_table
from sluice.store.values.query import ValueQuery
from sluice.store.values.rewritten_files import rows_in_parts

_LAKE_RECORDS = next(place for place in PLACES if place.name == LAKE_RECORDS)
_DRAFTS = {LAKE_DRAFTS, STATE_DRAFTS}
_SQLITE_PAGES = next(place for place in PLACES if place.name == SQLITE_PAGES)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Represent a value that was found.

    Attributes:
        place: Where it was found, as registered.
        where: Table, folder or file; for the database, table and column.
        count: Number of rows, or of times in text; rows of older versions of a table count too.
    """

    place: ValuePlace
    where: str
    count: int


class ValueStore:
    """Search and erase values in what Sluice itself stores."""

    def __init__(
        self,
        database: Database,
        lake: Lake,
        state: Path,
        events: EventColumns | None = None,
        sealing: Sealing | None = None,
        digests: KeyedDigests | None = None,
    ) -> None:
        """Touch nothing yet.

        Args:
            database: The records.
            lake: The Delta tables and models.
            state: The folder `.sluice`.
            events: Columns whose values recorded events repeat; None where no recommender is configured.
            sealing: Opens the bytes of models that are encrypted.
            digests: Put digests that are remembered under a key.
        """
        self._sealing, self._digests = sealing or Sealing(), digests or KeyedDigests()
        self._database, self._lake, self._events = database, lake, events
        self._blobs = Blobs(lake.root, lake.options)
        self._state = Blobs(str(state), {})

    def find(self, query: ValueQuery) -> list[Occurrence]:
        """Return where a value is stored: in the lake, the state folder and the database."""
        records = self._in_records(query)
        pages = [] if records else self._in_free_pages(query)  # the files hold what the records hold
        return [*self._in_files("lake", self._blobs, query), *self._in_files("state", self._state, query), *records, *pages]

    def key_rows(self, dataset: str, keys: Mapping[str, frozenset[str]], personal: Sequence[str]) -> KeyRows:
        """Return the rows of a key in a dataset, with the values that only they hold; see `read_key_rows`."""
        return read_key_rows(self._lake, dataset, keys, personal)

    def erase_table(self, table: LakeTable, lease: Lease, versions: Collection[int], query: ValueQuery, substitute: str) -> list[int]:
        """Erase a value in a Delta table; see `erase_in_table`."""
        return erase_in_table(self._lake, table, lease, versions, query.in_dataset(lease.name), substitute)

    def erase_lake_records(self, occurrence: Occurrence, query: ValueQuery, substitute: str) -> None:
        """Replace a value in the records of published runs that lie in the lake."""
        for name in self._blobs.names(occurrence.where):
            text = self._blobs.get(name).decode()
            changed = change_values(text, functools.partial(query.replace, substitute=substitute))
            if changed != text:
                self._blobs.put(name, changed.encode())

    def put_records_under_key(self) -> None:
        """Put digests in the records of published runs under the present key; see `put_records_under_key`."""
        put_records_under_key(self._blobs, self._digests)

    def erase_records(self, query: ValueQuery, substitute: str, *, by: str, at: datetime) -> None:
        """Replace a value in the records, and delete recorded events and exposures that hold it.

        Digests that are remembered are put under the present key. The activity log tells how many of its own texts were erased, by whom and when.

        Args:
            query: The value.
            substitute: Stands in its place.
            by: Who erases it.
            at: When.
        """
        erased = 0
        with self._database.write() as connection:
            delete_rows(connection, query, self._events)
            put_under_key(connection, self._digests)
            for place, table, columns in _record_columns():
                if place.eraser != "replace":
                    continue
                keys = list(table.primary_key.columns)
                for row in connection.execute(select(*keys, *(table.c[name] for name in columns))).mappings().all():
                    cells = {name: query.replace(row[name], substitute) for name in columns if query.count(_text(row[name]))}
                    if table is ACTIVITY:
                        cells, salted = without_salts(connection, row["id"], cells)
                        erased += salted
                    if cells:
                        connection.execute(update(table).where(*(key == row[key.name] for key in keys)).values(cells))
            if erased:
                log_act(connection, at=at, who=by, what="erase from the log", subject=Message.of("about_texts", texts=erased), erased=erased)
        self.overwrite_free_pages()

    def delete_file(self, occurrence: Occurrence) -> None:
        """Delete the file that a value was found in."""
        (self._blobs if occurrence.place.root == "lake" else self._state).delete(occurrence.where)

    def cached_texts(self) -> list[str]:
        """Return the files of the cache of texts: since its keys are hashes, a value within a text is not found in it."""
        return [name for name in self._state.names("text") if place_of_file("state", name)]

    def overwrite_free_pages(self) -> None:
        """Remove from the files of the database what its records no longer hold: SQLite's are written anew, and the tables of PostgreSQL that store values.

        A table of PostgreSQL that another program uses for longer than ten seconds, or that belongs to another role, is left to a later `VACUUM (FULL)`.
        """
        engine = self._database.engine
        sqlite = engine.dialect.name == "sqlite"
        tables = sorted({f'VACUUM (FULL) "{name}"' for place in PLACES for name in place.columns})
        statements = ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"] if sqlite else ["SET lock_timeout = '10s'", *tables, "RESET lock_timeout"]
        with database_errors(engine), closing(engine.raw_connection()) as connection:  # SQLAlchemy's own connections begin a transaction
            if not sqlite:
                connection.rollback()
                connection.driver_connection.autocommit = True  # type: ignore[union-attr]  # it is that of pg8000
            for statement in statements:
                with nullcontext() if sqlite else suppress(engine.dialect.loaded_dbapi.Error):
                    connection.cursor().execute(statement)
            if not sqlite:
                connection.driver_connection.autocommit = False  # type: ignore[union-attr]  # likewise

    def _in_files(self, root: Root, blobs: Blobs, query: ValueQuery) -> list[Occurrence]:
        counts: Counter[tuple[ValuePlace, str]] = Counter()
        for name in blobs.names():
            place = place_of_file(root, name)
            if place is not None and place.name not in _DRAFTS:
                counts[place, _folder_of(place, name)] += count_in_file(blobs, name, query, self._sealing)
        return [Occurrence(place, where, count) for (place, where), count in counts.items() if count]

    def _in_free_pages(self, query: ValueQuery) -> list[Occurrence]:
        """Return the files of SQLite that hold a value which no record holds: in free pages, or in the write-ahead log."""
        url = self._database.engine.url
        if url.get_backend_name() != "sqlite" or not url.database:
            return []
        files = [Path(f"{url.database}{ending}") for ending in ("", "-wal", "-journal")]
        counts = {path.name: count_in_bytes(path.read_bytes(), query) for path in files if path.is_file()}
        return [Occurrence(_SQLITE_PAGES, name, count) for name, count in counts.items() if count]

    def _in_records(self, query: ValueQuery) -> list[Occurrence]:
        counts: Counter[tuple[ValuePlace, str]] = Counter()
        with self._database.read() as connection:
            for place, table, columns in _record_columns():
                if table in LOGS:
                    counts.update({(place, f"{table.name}.{name}"): count for name, count in count_rows(connection, table, query, self._events).items()})
                    continue
                for row in connection.execute(select(*(table.c[name] for name in columns))).mappings():
                    for name in columns:
                        counts[place, f"{table.name}.{name}"] += query.count(_text(row[name]))
        return [Occurrence(place, where, count) for (place, where), count in counts.items() if count]


def count_in_file(blobs: Blobs, name: str, query: ValueQuery, sealing: Sealing | None = None) -> int:
    """Count a value in a file: rows of Parquet, else times in its text; in a cache of texts also a text that is the value."""
    if name.endswith(".parquet"):
        rows = query.in_dataset(name.split("/")[1])  # <table>/<dataset>/, or landing/<dataset>/
        return sum(int(rows.rows(part).sum()) for part in rows_in_parts(blobs.address(name), blobs.options))
    content = (sealing or Sealing()).open(name, blobs.get(name))
    if place_of_file("lake", name) is _LAKE_RECORDS:
        return _count_in_record(content.decode(), query)
    hashed = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in query.texts]
    return count_in_bytes(content, query) + sum(map(content.count, hashed))


def count_in_bytes(content: bytes, query: ValueQuery) -> int:
    """Count a value in bytes of text among others; those without it are not decoded."""
    if not any(form.encode("utf-8", "surrogatepass") in content for form in query.forms):
        return 0
    return query.count(content.decode("utf-8", "replace"))


def _count_in_record(text: str, query: ValueQuery) -> int:
    cells: list[object] = []

    def keep(cell: object) -> object:
        cells.append(cell)
        return cell

    change_values(text, keep)
    return sum(query.count(_text(cell)) for cell in cells)


def _record_columns() -> Iterator[tuple[ValuePlace, Table, tuple[str, ...]]]:
    for place in PLACES:
        for name, columns in place.columns.items():
            yield place, METADATA.tables[name], columns


def _folder_of(place: ValuePlace, name: str) -> str:
    """Return the table of a file of the lake, else the file."""
    return "/".join(name.split("/")[:2]) if place.root == "lake" and place.eraser != "refit" else name


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False, default=str)
