"""Learn from corrections how the tokens of a text are rewritten: `4/2/15` to `15-04-02` in each row of a column."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

_WORDS = {True: re.compile(r"[^\W_]+(?:\.[^\W_]+)*\.?"), False: re.compile(r"[^\W_]+")}  # with points within tokens (12.5), and between them (1.2.26)
_MOST_TOKENS, _MOST_WRITTEN = 8, 6  # tokens of a text, and of its correction
_MOST_PROGRAMS = 6_000  # that are consistent with one correction; texts of more are ambiguous
_MOST_COMPARED = 50  # programs that explain as much, of which the likeness of what they write is compared
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
Token = tuple[int, str]  # place and text
_OF_LETTERS = ("capitals", "small letters", "title")


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

    def numbers(self, text: str) -> Mapping[int, float]:
        """Return the numbers among the tokens of a text, by their place."""
        tokens = _WORDS[self.points].findall(text)
        return {place: float(token) for place, token in enumerate(tokens) if token.isdecimal()}

    def is_shown(self, text: str, corrections: Sequence[tuple[str, str]]) -> bool:
        """Return True where no number of a text lies outside those of the corrections that the program explains: of `1/1/96` nothing is known by `1/1/11`.

        Example:
            >>> texts = [("4/2/15", "15-04-02"), ("12/31/09", "09-12-31")]
            >>> program = learn_programs(texts)[0]
            >>> program.is_shown("7/4/14", texts), program.is_shown("7/4/96", texts)
            (True, False)
        """
        corrected = [self.numbers(wrong) for wrong, right in corrections if self.apply(wrong) == right]
        for place, number in self.numbers(text).items():
            others = [numbers[place] for numbers in corrected if place in numbers]
            if others and not min(others) <= number <= max(others):
                return False
        return True


def learn_programs(corrections: Sequence[tuple[str, str]], values: Sequence[str] = ()) -> list[Program]:
    """Return the program that explains most of the corrections, one for each number of tokens.

    Args:
        corrections: Wrong and right text of cells of one column.
        values: Values of the column. Of programs that explain as much, the one is returned whose tokens stand in the same place of most
            values (no day is written `06` there), then the one with fewest changes.
    """
    explained: Counter[Program] = Counter()
    for wrong, right in corrections:
        for points in _WORDS:
            explained.update(_consistent(wrong, right, points=points))
    by_kind: dict[tuple[bool, int], list[Program]] = defaultdict(list)
    for program in sorted(explained, key=lambda program: (-explained[program], _changes(program), not program.points, program.written)):
        by_kind[program.points, program.tokens].append(program)
    written = {points: _tokens_by_place(values, points=points) for points in _WORDS}
    return [best for programs in by_kind.values() if (best := _best(programs, explained, corrections, values, written[programs[0].points])) is not None]


def _best(
    programs: Sequence[Program], explained: Mapping[Program, int], corrections: Sequence[tuple[str, str]], values: Sequence[str], tokens: Collection[Token]
) -> Program | None:
    """Return the best of programs that rewrite texts of one kind, those with fewest changes first; None where they explain too little."""
    most = explained[programs[0]]
    alike = sum(len(_WORDS[programs[0].points].findall(wrong)) == programs[0].tokens for wrong, _ in corrections)
    if most < max(2, _EXPLAINED * alike):
        return None
    equal = [program for program in programs if explained[program] == most][:_MOST_COMPARED]
    return max(equal, key=lambda program: _common_tokens(program, values, tokens)) if len(equal) > 1 else equal[0]


def _common_tokens(program: Program, values: Sequence[str], common_tokens: Collection[Token]) -> int:
    """Return how many tokens that a program writes stand in the same place of some value."""
    word = _WORDS[program.points]
    texts = (program.apply(value) for value in values)
    return sum(token in common_tokens for text in texts if text for token in enumerate(word.findall(text)))


def _tokens_by_place(values: Sequence[str], *, points: bool) -> Collection[Token]:
    return {token for value in values for token in enumerate(_WORDS[points].findall(value))}


def _consistent(wrong: str, right: str, *, points: bool) -> list[Program]:
    """Return the programs that make one text of another."""
    word = _WORDS[points]
    tokens, written = word.findall(wrong), word.findall(right)
    if not 0 < len(tokens) <= _MOST_TOKENS or not 0 < len(written) <= _MOST_WRITTEN:
        return []
    options = [[choice for place, token in enumerate(tokens) for choice in _changes_of(place, token, result)] for result in written]
    if not all(options) or math.prod(map(len, options)) > _MOST_PROGRAMS:
        return []
    between = tuple(word.split(right))
    return [Program(points, len(tokens), choice, between) for choice in itertools.product(*options)]


def _changes_of(place: int, token: str, result: str) -> Iterator[tuple[int, str]]:
    """Yield the changes that make one token of another; of those about letters only where it has any."""
    has_letters = any(map(str.isalpha, token))
    for name, change in CHANGES.items():
        if change(token) == result and (has_letters or name not in _OF_LETTERS):
            yield place, name


def _changes(program: Program) -> int:
    return sum(name != "same" for _, name in program.written)
