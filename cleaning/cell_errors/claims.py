"""Find out whether several sources state the cells of one thing: many sites that report the times of one flight."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cleaning.cell_errors.table import Table, is_missing

Claims = Mapping[str, Mapping[str, Sequence[str]]]  # sources by the value that they state, by thing
_FEWEST, _ROWS_PER_VALUE = 5, 5  # distinct things and sources, and rows of each on average
_UNIQUE = 0.98  # distinct pairs of thing and source a row, from which they identify it
_MIN_AGREEMENT = 0.3  # agreement of the rows of a thing beyond chance, averaged over the columns
_MAX_DISTINCT = 0.9  # distinct values a row, from which a column identifies rows
_MIN_MAJORITY, _MAX_OPINIONS = 0.45, 0.6  # mean share of the most frequent claim, and distinct claims a claim, in groups of three or more


@dataclass(frozen=True, slots=True)
class Reports:
    """Say which columns name the thing and the source of a row, and which ones hold what is stated of the thing.

    Attributes:
        thing: Place of the column of the thing.
        source: Place of the column of the source.
        stated: Places of the columns on which sources may disagree.
    """

    thing: int
    source: int
    stated: tuple[int, ...]


def find_reports(table: Table) -> Reports | None:
    """Return the columns of things and sources, if a table has any: together they identify a row, and the rows of a thing agree."""
    distinct = [len(counts) for counts in table.counts]
    keys = [place for place in range(table.width) if _FEWEST <= distinct[place] <= table.height / _ROWS_PER_VALUE]
    pairs = [(thing, source) for thing in keys for source in keys if thing != source and _identify(table, thing, source)]
    if not pairs:
        return None
    agreement = {thing: _agreement(table, thing, source) for thing, source in pairs}
    thing, source = max(pairs, key=lambda pair: agreement[pair[0]])
    if agreement[thing] < _MIN_AGREEMENT:
        return None
    others = [place for place in range(table.width) if place not in (thing, source) and 2 <= distinct[place] <= _MAX_DISTINCT * table.height]
    stated = tuple(place for place in others if _is_stated(claims_of(table, thing, source, place)))
    return Reports(thing, source, stated) if stated else None


def claims_of(table: Table, thing: int, source: int, column: int) -> Claims:
    """Return who states which value of a column, for each thing; missing cells state nothing."""
    claims: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, name, value in zip(table.columns[thing], table.columns[source], table.columns[column], strict=True):
        if not is_missing(value):
            claims[key][value].append(name)
    return claims


def _identify(table: Table, thing: int, source: int) -> bool:
    return len(set(zip(table.columns[thing], table.columns[source], strict=True))) >= _UNIQUE * table.height


def _agreement(table: Table, thing: int, source: int) -> float:
    others = [place for place, counts in enumerate(table.counts) if place not in (thing, source) and 2 <= len(counts) <= _MAX_DISTINCT * table.height]
    return sum(_beyond_chance(table, thing, place) for place in others) / max(1, len(others))


def _beyond_chance(table: Table, thing: int, column: int) -> float:
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for key, value in zip(table.columns[thing], table.columns[column], strict=True):
        if not is_missing(value):
            groups[key][value] += 1
    everything = Counter({value: count for value, count in table.counts[column].items() if not is_missing(value)})
    agreeing = sum(_pairs(count) for group in groups.values() for count in group.values()) / max(1, sum(_pairs(group.total()) for group in groups.values()))
    chance = sum(map(_pairs, everything.values())) / max(1, _pairs(everything.total()))
    return (agreeing - chance) / (1 - chance + 1e-9)


def _pairs(count: int) -> int:
    return count * (count - 1)


def _is_stated(claims: Claims) -> bool:
    """Return True where the sources of a thing mostly say one of few values."""
    sizes = [[len(sources) for sources in values.values()] for values in claims.values()]
    several = [counts for counts in sizes if sum(counts) >= 3]
    if not several:
        return False
    majority = sum(max(counts) / sum(counts) for counts in several) / len(several)
    opinions = sum(len(counts) / sum(counts) for counts in several) / len(several)
    return majority >= _MIN_MAJORITY and opinions <= _MAX_OPINIONS
