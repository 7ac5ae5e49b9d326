"""Learn from corrections how the tokens of a text are rewritten: `4/2/15` to `15-04-02` in each row of a column."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_WORDS = {True: re.compile(r"[^\W_]+(?:\.[^\W_]+)*\.?"), False: re.compile(r"[^\W_]+")}  # with points within tokens (12.5), and between them (1.2.26)
_MOST_TOKENS, _MOST_WRITTEN = 8, 6  # tokens of a text, and of its correction
_MOST_PROGRAMS = 6_000  # that are consistent with one correction; texts of more are ambiguous
_EXPLAINED = 0.5  # share of a column's corrections that a program must explain, and two at least


def _digits_only(change: Callable[[str], str]) -> Callable[[str], str | None]:
    return lambda token: change(token) if token.isdigit() else None


CHANGES: Mapping[str, Callable[[str], str | None]] = {
    "same": lambda token: token,
    "two digits": _digits_only(lambda token: token.zfill(2)),
    "no zeros before": _digits_only(lambda token: token.lstrip("0") or "0"),
    "no zeros after": lambda token: re.sub(r"\.0+$", "", token),
    "capitals": str.upper,
    "small letters": str.lower,
    "title": str.title,
}


@dataclass(frozen=True, slots=True)
class Program:
    """Rewrite a text of a number of tokens: some of them in another order, each changed, with other signs between them.

    Attributes:
        points: Whether a point is part of a token.
        tokens: Number of tokens of the texts that it rewrites.
        written: For each token of the result, its place in the text and the name of its change.
        between: Signs before, between and after them.

    Example:
        >>> learn_programs([("4/2/15", "15-04-02"), ("12/31/09", "09-12-31")])[0].apply("7/4/14")
        '14-07-04'
    """

    points: bool
    tokens: int
    written: tuple[tuple[int, str], ...]
    between: tuple[str, ...]

    def apply(self, text: str) -> str | None:
        """Return the rewritten text; None where it has another number of tokens, or a change does not apply."""
        tokens = _WORDS[self.points].findall(text)
        if len(tokens) != self.tokens:
            return None
        changed = [CHANGES[name](tokens[place]) for place, name in self.written]
        if any(token is None for token in changed):
            return None
        return self.between[0] + "".join(f"{token}{sign}" for token, sign in zip(changed, self.between[1:], strict=True))


def learn_programs(corrections: Sequence[tuple[str, str]]) -> list[Program]:
    """Return the program that explains most of the corrections, one for each number of tokens; the one with fewest changes among equal ones.

    Args:
        corrections: Wrong and right text of cells of one column.
    """
    explained: Counter[Program] = Counter()
    for wrong, right in corrections:
        for points in _WORDS:
            explained.update(_consistent(wrong, right, points=points))
    best: dict[tuple[bool, int], Program] = {}
    for program, count in sorted(explained.items(), key=lambda pair: (-pair[1], _changes(pair[0]), not pair[0].points, pair[0].written)):
        alike = sum(len(_WORDS[program.points].findall(wrong)) == program.tokens for wrong, _ in corrections)
        if count >= max(2, _EXPLAINED * alike):
            best.setdefault((program.points, program.tokens), program)
    return list(best.values())


def _consistent(wrong: str, right: str, *, points: bool) -> list[Program]:
    """Return the programs that make one text of another."""
    word = _WORDS[points]
    tokens, written = word.findall(wrong), word.findall(right)
    if not 0 < len(tokens) <= _MOST_TOKENS or not 0 < len(written) <= _MOST_WRITTEN:
        return []
    options = [[(place, name) for place, token in enumerate(tokens) for name, change in CHANGES.items() if change(token) == result] for result in written]
    if not all(options) or math.prod(map(len, options)) > _MOST_PROGRAMS:
        return []
    between = tuple(word.split(right))
    return [Program(points, len(tokens), choice, between) for choice in itertools.product(*options)]


def _changes(program: Program) -> int:
    return sum(name != "same" for _, name in program.written)
