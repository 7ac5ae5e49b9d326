"""Find the fields of nested columns that are worth a column of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sluice.domain.nested_path import quote_field
from sluice.rules.naming.column_names import is_identifier, role, words
from sluice.rules.naming.vocabulary import split_words
from sluice.sources.nested.documents import cell_text

MAX_DEPTH = 3  # objects within objects that are flattened
MAX_NAMES = 60  # an object with more names, each of them rare, is a map from ids, no record
MIN_KEY_SHARE = 0.001  # keys of a list of keys and values that are rarer are left out
_DESCRIPTIONS = split_words(
    "category categories tag tags label labels image images picture pictures photo photos media attribute attributes option options property properties"
    " collection collections channel channels breadcrumb breadcrumbs related kategorie kategorien bilder merkmale categoria categorias imagenes"
)  # lists that describe a record: as rows of their own they would repeat it, and its key
_KEYS, _VALUE = ("key", "name"), "value"


@dataclass(frozen=True, slots=True)
class Field:
    """Describe a value that stands at a path.

    Attributes:
        path: The path.
        names: Names on the way to it, that of the column first.
    """

    path: str
    names: tuple[str, ...]


@dataclass(slots=True)
class Fields:
    """Collect the fields of one column.

    Attributes:
        single: Fields with one value a record.
        lists: Lists of objects by their paths: the fields of their elements.
        omitted: Paths of what is left out.
    """

    single: list[Field] = field(default_factory=list)
    lists: dict[str, list[Field]] = field(default_factory=dict)
    omitted: list[str] = field(default_factory=list)


def find_fields(root: str, documents: Sequence[object]) -> Fields:
    """Return the fields of a column's documents.

    Objects are flattened to a depth of three; lists of objects with a key and a value give one field for each key; other lists and deeper
    objects are fields whose value is JSON text.

    Args:
        root: Name of the column.
        documents: Objects and arrays of its cells.
    """
    fields = Fields()
    _visit(Field(quote_field(root), (root,)), documents, 0, fields)
    return fields


def _visit(place: Field, values: Sequence[object], depth: int, fields: Fields) -> None:
    filled = [value for value in values if value is not None]
    objects = [value for value in filled if isinstance(value, dict)]
    lists = [value for value in filled if isinstance(value, list)]
    if objects and len(objects) == len(filled) and depth < MAX_DEPTH and not _is_map(objects):
        names = dict.fromkeys(str(name) for value in objects for name in value)
        for name in names:
            _visit(_below(place, name), [value.get(name) for value in objects], depth + 1, fields)
    elif lists and len(lists) == len(filled) and (elements := [element for value in lists for element in value]):
        _visit_list(place, elements, fields)
    elif any(cell_text(value) not in {None, "{}", "[]"} for value in filled):
        fields.single.append(place)


def _visit_list(place: Field, elements: Sequence[object], fields: Fields) -> None:
    objects = [element for element in elements if isinstance(element, dict)]
    key = next((name for name in _KEYS if _is_key_list(objects, name)), None)
    if len(objects) < len(elements):
        fields.single.append(place)
    elif key:
        _visit_keys(place, objects, key, fields)
    else:
        inner = Fields()
        _visit(Field(f"{place.path}[]", place.names), objects, 1, inner)
        fields.lists[place.path] = [*inner.single, *(Field(path, (*place.names, path.rpartition(".")[2])) for path in inner.lists)]


def _is_key_list(objects: Sequence[Mapping[str, object]], key: str) -> bool:
    return bool(objects) and all(isinstance(element.get(key), str) and set(element) - {key} <= {_VALUE, "type"} for element in objects)


def _visit_keys(place: Field, objects: Sequence[Mapping[str, object]], key: str, fields: Fields) -> None:
    """Add a field for each frequent key; `.value.*` where the value is an object with one field for each type."""
    counts = Counter(str(element[key]) for element in objects)
    frequent = [name for name, count in counts.most_common(MAX_NAMES) if count >= MIN_KEY_SHARE * len(objects)]
    typed = any(isinstance(element.get(_VALUE), dict) for element in objects)
    for name in frequent:
        path = f"{place.path}[{key}={quote_field(name)}].{_VALUE}" + (".*" if typed else "")
        fields.single.append(Field(path, (*place.names, name)))
    fields.omitted += [f"{place.path}[{key}={quote_field(name)}]" for name in counts if name not in frequent]


def _is_map(objects: Sequence[Mapping[str, object]]) -> bool:
    """Return True where the names of the fields are values, such as ids: many, and no record has more than a few of them."""
    names = {name for value in objects for name in value}
    return len(names) > MAX_NAMES and max(map(len, objects)) < len(names) / 4


def _below(place: Field, name: str) -> Field:
    return Field(f"{place.path}.{quote_field(name)}", (*place.names, name))


def exploded_list(fields: Mapping[str, list[Field]]) -> Iterator[str]:
    """Yield the lists whose elements may be rows, the widest first: those whose elements have an id or a time, and do more than describe their record."""
    identified = (path for path, inner in fields.items() if any(is_identifier(last := field_.names[-1]) or role(last) == "time" for field_ in inner))
    yield from sorted((path for path in identified if not _DESCRIPTIONS & set(words(path)[-1:])), key=lambda path: -len(fields[path]))
