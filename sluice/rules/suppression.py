"""Put pseudonyms in arriving rows of people who were forgotten, so that no re-sent export brings them back. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from sluice.domain import RAW, ROW
from sluice.rules.pseudonyms import PersonPseudonyms, Pseudonyms, is_pseudonym

_WORD = re.compile(r"[^\s,;:!?()<>\"'\[\]{}|]+")
_MOST_WORDS = 4  # of a name


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """Hold whom a dataset suppresses.

    Attributes:
        keys: Compute digests: one for each key under which people were forgotten.
        columns: By column with identifiers, the person of each digest that it may hold.
        personal: Columns whose cells get pseudonyms in the rows of these people.
        cells: Digests of other cells that identify one of them.
        deleted: The people of whom no row is stored, by the digest that names them.
    """

    keys: tuple[Pseudonyms, ...]
    columns: Mapping[str, Mapping[str, PersonPseudonyms]]
    personal: tuple[str, ...]
    cells: frozenset[str]
    deleted: frozenset[str] = frozenset()

    def owner(self, column: str, text: str) -> PersonPseudonyms | None:
        """Return the person whose identifier a text is in a column; None where it is nobody's who was forgotten."""
        people = self.columns.get(column, {})
        return next((people[digest] for key in self.keys if (digest := key.digest(text)) in people), None)


@dataclass(frozen=True, slots=True, eq=False)
class Suppressed:
    """Hold arriving rows without people who were forgotten.

    Attributes:
        rows: The rows that are left.
        pseudonymised: Number of rows with pseudonyms in place of cells.
        rejected: Ids of the rows that were taken out.
    """

    rows: pl.DataFrame
    pseudonymised: int
    rejected: tuple[str, ...] = ()


def suppress(rows: pl.DataFrame, people: SuppressionList) -> Suppressed:
    """Put pseudonyms in place of the personal cells of people who were forgotten, and take out the rows of those whose rows were deleted.

    In the rows of such a person also names and addresses within other texts are replaced; in the rows of others their mail addresses alone. Rows without an
    id are not taken out: they keep the pseudonym in the columns with identifiers, and nothing else.

    Args:
        rows: Arriving rows, cast or as text.
        people: Whom the dataset suppresses.
    """
    owners = _owners(rows, people)
    named = [name for name in rows.columns if name in {*people.columns, *people.personal}]
    for person in {id(one): one for one in owners if one is not None}.values():
        own = pl.Series([owner is person for owner in owners], dtype=pl.Boolean)
        erased = rows.with_columns(_pseudonymised(rows[name], own, person, people) for name in rows.columns if name in named or rows[name].dtype == pl.String)
        if RAW in rows.columns:
            erased = erased.with_columns(_without_raw(rows[RAW], named, person))
        rows = _choose(own, erased, rows)
    deleted = pl.Series([owner is not None and owner.person in people.deleted for owner in owners], dtype=pl.Boolean)
    changed = pl.Series([owner is not None for owner in owners], dtype=pl.Boolean)
    for name in (name for name in rows.columns if rows[name].dtype == pl.String):
        mailed = _without_addresses(rows[name], people)
        changed = changed | mailed.ne_missing(rows[name])
        rows = rows.with_columns(mailed)
    if ROW in rows.columns:
        return Suppressed(rows.filter(~deleted), int((changed & ~deleted).sum()), tuple(rows.filter(deleted)[ROW]))
    return Suppressed(_blank(rows, deleted, people.columns), int(changed.sum()))


def _blank(rows: pl.DataFrame, chosen: pl.Series, kept_columns: Collection[str]) -> pl.DataFrame:
    """Return rows with nothing but some columns in the chosen ones."""
    return rows.with_columns(pl.when(~chosen).then(rows[name]).alias(name) for name in rows.columns if name not in kept_columns)


def _choose(own: pl.Series, erased: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.when(own).then(erased[name]).otherwise(rows[name]).alias(name) for name in rows.columns)


def _owners(rows: pl.DataFrame, people: SuppressionList) -> list[PersonPseudonyms | None]:
    """Return for each row the person whose it is; None for a row of others."""
    owners: list[PersonPseudonyms | None] = [None] * rows.height
    for name in (name for name in people.columns if name in rows.columns):
        texts = rows[name].cast(pl.String, strict=False)
        by_pseudonym = {person.pseudonyms.pseudonym(digest): person for digest, person in people.columns[name].items()}
        by_text = {text: by_pseudonym.get(text) or people.owner(name, text) for text in texts.drop_nulls().unique().to_list()}
        suppressed = {text: person for text, person in by_text.items() if person is not None}
        if suppressed:
            owners = [owner or (None if text is None else suppressed.get(text)) for owner, text in zip(owners, texts.to_list(), strict=True)]
    return owners


def _pseudonymised(column: pl.Series, own: pl.Series, person: PersonPseudonyms, people: SuppressionList) -> pl.Series:
    """Return a column as it stands in the rows of a person: a pseudonym for a personal cell, none where the type has none, and in other texts no name."""
    if column.name in {*people.columns, *people.personal}:
        if column.dtype != pl.String:
            return pl.Series(column.name, [None], column.dtype).new_from_index(0, len(column))
        return column.replace({text: person.of(text) for text in column.filter(own).drop_nulls().unique().to_list() if text.strip()})
    texts = {text: _without_names(text, person, people.cells | person.identifiers) for text in column.filter(own).drop_nulls().unique().to_list()}
    return column.replace({text: changed for text, changed in texts.items() if text != changed})


def _without_raw(column: pl.Series, personal: Collection[str], person: PersonPseudonyms) -> pl.Series:
    cells = [one and [{**cell, "text": person.of(cell["text"]) if cell["column"] in personal else cell["text"]} for cell in one] for one in column.to_list()]
    return pl.Series(column.name, cells, column.dtype)


def _without_names(text: str, person: PersonPseudonyms, digests: Collection[str]) -> str:
    """Return a text without the words, and groups of words, that have one of some digests."""
    for start, end in _groups(text):
        if person.pseudonyms.digest(text[start:end]) in digests:
            return text[:start] + person.of(text[start:end]) + _without_names(text[end:], person, digests)
    return text


def _groups(text: str) -> Iterator[tuple[int, int]]:
    """Yield where groups of up to four words begin and end, the longest first."""
    words = [(word.start(), word.start() + len(word[0].rstrip("."))) for word in _WORD.finditer(text)]
    for first, (start, _) in enumerate(words):
        for last in reversed(range(first, min(first + _MOST_WORDS, len(words)))):
            yield start, words[last][1]


def _without_addresses(column: pl.Series, people: SuppressionList) -> pl.Series:
    likely = column.filter(column.str.contains("@", literal=True).fill_null(value=False)).unique().to_list() if people.cells else []
    texts = {text: _WORD.sub(lambda word: _address(word[0], people), text) for text in likely}
    changed = {text: other for text, other in texts.items() if text != other}
    return column.replace(changed) if changed else column


def _address(word: str, people: SuppressionList) -> str:
    bare = word.rstrip(".")
    if "@" not in bare or is_pseudonym(bare):
        return word
    pseudonyms = (key.pseudonym(digest) for key in people.keys if (digest := key.digest(bare)) in people.cells)
    return next(pseudonyms, bare) + word[len(bare) :]
