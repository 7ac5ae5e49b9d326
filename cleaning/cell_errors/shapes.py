"""Describe the form of a text: its classes of characters, in order."""

from __future__ import annotations

import re
from functools import lru_cache

_RUN = re.compile(r"(.)\1+", re.DOTALL)


@lru_cache(maxsize=200_000)
def shape_of(value: str) -> str:
    """Return a text with each digit as 9, each capital as A, each small letter as a, and any other letter as u.

    Example:
        >>> shape_of("AB-12 kg")
        'AA-99 aa'
    """
    return "".join(map(_class_of, value))


def runs_of(value: str) -> str:
    """Return the shape of a text with repeats of a class written as one and a plus.

    Example:
        >>> runs_of("12.0 oz")
        '9+.9 a+'
    """
    return _RUN.sub(r"\1+", shape_of(value))


def classes_of(value: str) -> str:
    """Return the classes of the characters of a text, each once, in the order in which they occur.

    Example:
        >>> classes_of("12.0 oz")
        '9. a'
    """
    return "".join(dict.fromkeys(shape_of(value)))


@lru_cache(maxsize=10_000)
def _class_of(letter: str) -> str:
    if letter.isdigit():
        return "9"
    if letter.isupper():
        return "A"
    if letter.islower():
        return "a"
    if letter.isspace():
        return " "
    return "u" if letter.isalpha() else letter
