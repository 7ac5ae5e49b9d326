"""Decide which values of a column are probably spellings of one thing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

import polars as pl

from sluice.domain import Schema, Spelling, SpellingGroup
from sluice.rules.typos import is_near
from sluice.rules.value_kinds import COUNT, VALUE, kind_of

MOST_VALUES = 20_000
"""Distinct values of a column up to which its spellings are compared: beyond, it is no column of words."""

_RARER = 10  # a typo is so many times rarer than the word
_MIN_LETTERS = 4  # of a word below which one edit makes another word
_MOST_WORDS = 2_000  # with which rare values are compared, the most frequent
_SHORT_CODE = re.compile(r"[A-Z]{2,3}(-[A-Z]{2,3})?")
_ACCENT = re.compile("([a-z])[\u0300-\u036f]+")  # of other scripts they make another letter


def may_have_spellings(schema: Schema, column: str, spellings: Sequence[Spelling]) -> bool:
    """Return True for a text column of words: no key, no personal column, no codes, links, measures or free text.

    Args:
        schema: Schema of the dataset.
        column: Name of one of its columns.
        spellings: Its values.
    """
    declared = {one.name: one for one in schema.columns}[column]
    if column in schema.key or declared.personal or schema.dtypes[column] != pl.String:
        return False
    counts = pl.DataFrame({VALUE: [one.value for one in spellings], COUNT: [one.rows for one in spellings]}, schema={VALUE: pl.String, COUNT: pl.Int64})
    return kind_of(column, counts.sort(COUNT, VALUE, descending=[True, False])) == "words"


def group_spellings(spellings: Iterable[Spelling]) -> list[SpellingGroup]:
    """Group the values of a column of words that are probably spellings of one thing, the group with the most rows first.

    Values that differ in case, white space, accents, width or signs alone are of one group. A rare value joins the group of a word that is ten times as
    frequent and from which few edits lead to it (`typos.is_near`); one that is near two words joins none. No short code (`IN`) is a spelling of another.

    Args:
        spellings: The distinct values of the column.

    Example:
        >>> [group] = group_spellings([Spelling("Nike", 4102), Spelling("NIKE ", 31), Spelling("Nkie", 2), Spelling("Puma", 900)])
        >>> [one.value for one in group.spellings]
        ['Nike', 'NIKE ', 'Nkie']
    """
    by_form: dict[str, list[Spelling]] = {}
    for one in sorted(spellings, key=lambda one: (-one.rows, one.value)):
        by_form.setdefault(form_of(one.value), []).append(one)
    rows = {form: sum(one.rows for one in group) for form, group in by_form.items()}
    words = sorted((form for form in by_form if _is_word(form)), key=lambda form: (-rows[form], form))[:_MOST_WORDS]
    joined = {form: word for form in by_form if _is_word(form) and (word := _word_of(form, words, rows)) is not None}
    groups = {form: list(group) for form, group in by_form.items() if form not in joined}
    for form, word in joined.items():
        groups[word if word not in joined else form] = [*groups.get(word if word not in joined else form, ()), *by_form[form]]
    several = (SpellingGroup(tuple(sorted(group, key=lambda one: (-one.rows, one.value)))) for group in groups.values() if len(group) > 1)
    return sorted(several, key=lambda group: (-sum(one.rows for one in group.spellings), group.most_frequent))


def form_of(value: str) -> str:
    """Return what is left of a value without its case, white space, signs, width, and accents of Latin letters.

    Signs between digits stay, since 1.5 is not 15. A short code, and a value with less than two letters and digits, stays as it is.

    Example:
        >>> form_of(" Müller & Söhne "), form_of("IN"), form_of("Size 1.5"), form_of("A+")
        ('mullersohne', 'IN', 'size1.5', 'A+')
    """
    if _SHORT_CODE.fullmatch(value):
        return value
    plain = _ACCENT.sub(r"\1", unicodedata.normalize("NFKD", value.casefold()))
    rest = "".join(letter for place, letter in enumerate(plain) if not _is_sign(letter) or _is_between_digits(plain, place))
    return unicodedata.normalize("NFC", rest) if sum(map(str.isalnum, rest)) > 1 else value


def mapping_of(group: SpellingGroup, keep: str, others: Collection[str] = ()) -> Mapping[str, str]:
    """Return the right value by each wrong one: of all others of a group, or of those named.

    Args:
        group: The group.
        keep: The right value.
        others: Values of the group that become the right one; empty means all.
    """
    return {one.value: keep for one in group.spellings if one.value != keep and (not others or one.value in others)}


def chosen_values(groups: Iterable[SpellingGroup], keep: str, replaced: Collection[str] = ()) -> Mapping[str, str]:
    """Return the right value by each wrong one: of the values that are replaced, whatever group they are of, else of all others of the right one's group.

    Args:
        groups: Groups of spellings of the column.
        keep: The right value.
        replaced: Values that become the right one; empty means all others of its group.

    Example:
        >>> group = SpellingGroup((Spelling("Nike", 40), Spelling("NIKE", 2)))
        >>> chosen_values([group], "Nike"), chosen_values([group], "Bosch", ["Bosch GmbH"]), chosen_values([group], "Bosch")
        ({'NIKE': 'Nike'}, {'Bosch GmbH': 'Bosch'}, {})
    """
    if replaced:
        return {value: keep for value in replaced if value != keep}
    group = next((group for group in groups if keep in (one.value for one in group.spellings)), None)
    return mapping_of(group, keep) if group else {}


def _is_sign(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PSZC"


def _is_between_digits(text: str, place: int) -> bool:
    return text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()


def _is_word(form: str) -> bool:
    return sum(map(str.isalpha, form)) >= _MIN_LETTERS and _SHORT_CODE.fullmatch(form) is None


def _word_of(form: str, words: Sequence[str], rows: Mapping[str, int]) -> str | None:
    """Return the only frequent word that is near a rare form; None where there is none, or more than one."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    least = max(rows[form], 1) * _RARER
    candidates = process.extract(form, words, scorer=OSA.distance, score_cutoff=3, limit=20)
    near = [word for word, _, _ in candidates if word != form and rows[word] >= least and is_near(form, word)]
    return near[0] if len(near) == 1 else None
