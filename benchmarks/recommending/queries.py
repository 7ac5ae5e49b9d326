"""Generate search queries for known items: some words of a title, one of them mistyped."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

WORD = re.compile(r"[^\W_]+")
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
LETTERS = "".join(KEYS)
CHOSEN_ON = 1000  # items that choices were made on
SHORTEST = 4  # letters of a word that is mistyped


@dataclass(frozen=True, slots=True)
class Query:
    """Hold a query for one known item, as intended and as typed."""

    item: int
    intended: str
    typed: str


def queries(titles: Sequence[str], seed: int, count: int, *, chosen_on: bool = False) -> list[Query]:
    """Draw queries of 2 to 4 words of a title for random items.

    Args:
        titles: One an item.
        seed: Of the draw.
        count: How many items are drawn; some have too few words.
        chosen_on: Draw from the items that choices were made on, instead of from the others.
    """
    order = random.Random(0).sample(range(len(titles)), len(titles))
    rng = random.Random(seed)
    items = order[:CHOSEN_ON] if chosen_on else order[CHOSEN_ON:]
    drawn = [_query(item, titles[item], rng) for item in rng.sample(items, min(count, len(items)))]
    return [query for query in drawn if query]


def words(title: str) -> list[str]:
    """Split a title into its words, in lower case and without accents; the search has a rule of its own."""
    plain = unicodedata.normalize("NFKD", title).lower()
    return WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


def _query(item: int, title: str, rng: random.Random) -> Query | None:
    tokens, size = list(dict.fromkeys(words(title))), rng.choice((2, 3, 4))
    if len(tokens) < size:
        return None
    chosen = [tokens[place] for place in sorted(rng.sample(range(len(tokens)), size))]
    long = [place for place, word in enumerate(chosen) if len(word) >= SHORTEST and word.isalpha()]
    if not long:
        return None
    wrong = rng.choice(long)
    typed = [mistype(word, rng) if place == wrong else word for place, word in enumerate(chosen)]
    return Query(item, " ".join(chosen), " ".join(typed))


def mistype(word: str, rng: random.Random) -> str:
    """Insert, drop, replace or swap a letter of a word; the first letter stays."""
    place = rng.randrange(1, len(word))
    beside = rng.choice(_beside(word[place]))
    before, after = word[:place], word[place + 1 :]
    match rng.choice(("in", "out", "beside", "swapped")):
        case "in":
            return before + beside + word[place:]
        case "out":
            return before + after
        case "beside":
            return before + beside + after
        case _:
            place = min(place, len(word) - 2)
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _beside(letter: str) -> str:
    for row, keys in enumerate(KEYS):
        column = keys.find(letter)
        if column >= 0:
            around = "".join(keys[max(column - 1, 0) : column + 2] for keys in KEYS[max(row - 1, 0) : row + 2])
            return around.replace(letter, "")
    return LETTERS
