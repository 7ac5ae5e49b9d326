"""Choose how a typo is told, by the kind of a column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from sluice.domain import Message
from sluice.rules.typos import form_of, is_malformed, is_near, shares_of
from sluice.rules.value_kinds import COUNT, VALUE, Kind, kind_of

_SHORT = 4  # letters below which a typo needs several determinants
_MANY = 3  # determinants that a typo of a short word needs
_SHORT_CODE = re.compile(r"[A-Z]{2,3}(-[A-Z]{2,3})?")  # of a country, a state, a currency, a language: one letter off is another one


@dataclass(frozen=True, slots=True)
class TypoTest:
    """Tell whether a value is a typo of the one that other columns determine.

    Words may be misspelt; codes and numbers may lack the form of their column; links and free text are never corrected.
    No short code (`IN`) is a typo of another (`ID`).

    Attributes:
        kind: Kind of the column.
        forms: Share of its rows with each form.
    """

    kind: Kind
    forms: Mapping[str, float]

    def accepts(self, value: str, best: str, determinants: int) -> bool:
        """Return True where a value is a typo of another, which a number of columns determine."""
        if self.kind in ("code", "measure"):
            return is_malformed(value, best, self.forms)
        if self.kind == "words" and _are_short_codes(value, best):
            return False
        long_enough = sum(map(str.isalpha, best)) >= _SHORT or determinants >= _MANY
        return self.kind == "words" and long_enough and is_near(value, best)

    def message(self, columns: Sequence[str]) -> Message:
        """Return the reason of a correction."""
        return Message.of("typo_of_determined" if self.kind == "words" else "malformed_code", columns=tuple(columns))


def _are_short_codes(value: str, best: str) -> bool:
    return _SHORT_CODE.fullmatch(value) is not None and _SHORT_CODE.fullmatch(best) is not None


def typo_test(name: str, counts: pl.DataFrame) -> TypoTest:
    """Return the test for a column.

    Args:
        name: Name of the column.
        counts: Its distinct values and their counts, as `count_values` returns them.
    """
    kind = kind_of(name, counts)
    return TypoTest(kind, shares_of(map(form_of, counts[VALUE]), counts[COUNT]) if kind in ("code", "measure") else {})
