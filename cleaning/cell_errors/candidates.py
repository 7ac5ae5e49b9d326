"""Propose values for a cell that is wrong, each by a generator that may be right in one column and wrong in another."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cleaning.cell_errors.evidence import Evidence, Reference
from cleaning.cell_errors.programs import Program, learn_programs
from cleaning.cell_errors.table import is_missing

PRIORS: Mapping[str, float] = {
    "sources": 0.85,
    "dependency": 0.8,
    "near_duplicate": 0.75,
    "moved": 0.7,
    "plain_characters": 0.6,
    "number_before_unit": 0.55,
    "number": 0.5,
    "emptied": 0.5,
    "program": 0.3,
    "without_last_word": 0.25,
    "constant": 0.2,
    "last_word_of": 0.2,
}
"""How probably a generator is right before there are labels, by its name; set before anything was measured."""

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_DIGITS = 14  # significant digits of a number, beyond which they come from binary fractions
_NOT_PLAIN = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, eq=False)
class Corrections:
    """Hold what the corrections of one column teach.

    Attributes:
        programs: Programs that rewrite its texts.
        pairs: The wrong and right texts.
        constants: Right values of each wrong one, with their number.
    """

    programs: Sequence[Program]
    pairs: Sequence[tuple[str, str]]
    constants: Mapping[str, Mapping[str, int]]

    @classmethod
    def of(cls, pairs: Sequence[tuple[str, str]], values: Sequence[str]) -> Corrections:
        """Learn from the wrong and right texts of a column, beside some of its values."""
        constants: dict[str, Counter[str]] = defaultdict(Counter)
        for wrong, right in pairs:
            constants[wrong][right] += 1
        return cls(learn_programs(pairs, values), pairs, constants)

    def without(self, wrong: str, right: str) -> Corrections:
        """Return the corrections less one of them, whose generators are judged by it; programs are explained by several, and stay."""
        left = {value: count - (value == right) for value, count in self.constants.get(wrong, {}).items()}
        return Corrections(self.programs, self.pairs, {**self.constants, wrong: {value: count for value, count in left.items() if count > 0}})

    def rewritten(self, value: str) -> dict[str, str]:
        """Return what the first program that fits makes of a text, by the name of its generator: one apart for texts that no correction is like."""
        for program in self.programs:
            if (text := program.apply(value)) is not None:
                return {"program" if program.is_shown(value, self.pairs) else "program beyond": text}
        return {}


def propose(reference: Reference, evidence: Evidence, row: int, place: int, corrections: Corrections) -> dict[str, str]:
    """Return the value that each generator proposes for a cell; only values that differ from it.

    Args:
        reference: What is usual.
        evidence: Evidence on the row.
        row: Place of the row.
        place: Place of the column.
        corrections: What the corrections of the column teach.
    """
    value = evidence.table.cell(row, place)
    near = reference.profiles[place].neighbour(value)
    proposed: dict[str, str | None] = {
        "sources": evidence.winner(row, place),
        "dependency": evidence.determined[place][row],
        "near_duplicate": near.value if near else None,
        "moved": evidence.moved.get((row, place)),
        **_rewritten(value),
        **corrections.rewritten(value),
        "constant": max(sorted(rights), key=lambda right: rights[right]) if (rights := corrections.constants.get(value)) else None,
        **(_last_words(evidence, row, place) if value == "" else {}),
    }
    return {name: text for name, text in proposed.items() if text is not None and text != value}


def _rewritten(value: str) -> dict[str, str | None]:
    number, first = _NUMBER.search(value), _NUMBER.match(value)
    words = value.split(" ")
    return {
        "plain_characters": _NOT_PLAIN.sub("", value),
        "number": _plain_number(number.group()) if number else None,
        "number_before_unit": first.group() if first else None,
        "emptied": "" if is_missing(value) else None,
        "without_last_word": " ".join(words[:-1]) if len(words) > 1 else None,
    }


def _plain_number(number: str) -> str:
    """Return a number without zeros after the point, and without the digits that binary fractions leave (`0.055999999999999994`)."""
    digits = number.lstrip("+-0.").replace(".", "")
    return f"{float(number):.{_DIGITS}g}" if "." in number and len(digits) > _DIGITS else re.sub(r"\.0+$", "", number)


def _last_words(evidence: Evidence, row: int, place: int) -> dict[str, str | None]:
    names = evidence.table.names
    words = {other: evidence.table.cell(row, other).split(" ") for other in range(len(names)) if other != place}
    return {f"last_word_of {names[other]}": texts[-1] for other, texts in words.items() if len(texts) > 1}
