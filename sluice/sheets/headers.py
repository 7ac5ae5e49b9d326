"""Name the columns of a sheet of held rows, and recognise them when it comes back, in any language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sluice.domain import Message, Schema
from sluice.messages import languages, render

_OWN = " (Sluice)"  # behind a name that a column of the dataset has too
_ANY = "\0"


def row_header(schema: Schema, language: str) -> str:
    """Return the name of the column of row ids."""
    return fixed_header(Message.of("sheet_row"), schema, language)


def fixed_header(name: Message, schema: Schema, language: str) -> str:
    """Return the name of a column that Sluice adds; no column of the dataset has it.

    Args:
        name: The name as a message.
        schema: Schema of the dataset.
        language: Language of the sheet.
    """
    header = render(name, language)
    return header + _OWN if key_of(header) in set(map(key_of, schema.names)) else header


def right_header(column: str, language: str) -> str:
    """Return the name of the column that right values of a column are written into."""
    return render(Message.of("sheet_right", column=column), language)


def row_headers(schema: Schema) -> frozenset[str]:
    """Return the keys of the names that the column of row ids has in all languages."""
    return frozenset(key_of(row_header(schema, language)) for language in languages())


def right_headers(schema: Schema) -> Mapping[str, str]:
    """Return by key the column whose right values a column holds, in all languages.

    Example:
        >>> from sluice.domain import Column
        >>> right_headers(Schema("items", columns=(Column("price"),)))[key_of("Right value of price ")]
        'price'
    """
    return {key_of(right_header(name, language)): name for language in languages() for name in schema.names}


def known_headers(schema: Schema) -> frozenset[str]:
    """Return the keys of the columns that a sheet has and that nobody reads: what is wrong, where, and the cells as they are."""
    fixed = (Message.of("sheet_reason"), Message.of("sheet_file"), Message.of("sheet_place"))
    added = (fixed_header(name, schema, language) for name in fixed for language in languages())
    return frozenset(map(key_of, [*added, *schema.names]))


def is_right_header(header: str) -> bool:
    """Return True where a column is called as if it held right values, whether or not the dataset has such a column."""
    key = key_of(header)
    return any(key.startswith(begin) and key.endswith(end) for begin, end in _affixes())


def column_named(header: str) -> str:
    """Return the name of the column that a column of right values names."""
    key = key_of(header)
    names = (key.removeprefix(begin).removesuffix(end) for begin, end in _affixes() if key.startswith(begin) and key.endswith(end))
    return next(names, header)


def _affixes() -> Iterable[tuple[str, str]]:
    for language in languages():
        begin, _, end = key_of(right_header(_ANY, language)).partition(_ANY)
        yield begin, end


def key_of(header: str) -> str:
    """Return a name without its case and surplus blanks, by which columns are recognised."""
    return " ".join(header.split()).casefold() if _ANY not in header else header.casefold()
