"""Compute the check digits of article numbers."""

from __future__ import annotations


def has_gs1_check_digit(digits: str) -> bool:
    """Return True where the last digit is the check digit of the others, by GS1's weights of 3 and 1 from the right.

    Example:
        >>> has_gs1_check_digit("4006381333931"), has_gs1_check_digit("4006381333932")
        (True, False)
    """
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return weighted % 10 == 0


def has_isbn10_check_digit(characters: str) -> bool:
    """Return True where the last character is the check digit of the first nine, X for ten.

    Example:
        >>> has_isbn10_check_digit("080442957X"), has_isbn10_check_digit("0804429570")
        (True, False)
    """
    values = [10 if character == "X" else int(character) for character in characters]
    return sum(value * (10 - place) for place, value in enumerate(values)) % 11 == 0


def with_gs1_check_digit(digits: str) -> str:
    """Append the check digit to the digits before it.

    Example:
        >>> with_gs1_check_digit("400638133393")
        '4006381333931'
    """
    return next(digits + str(digit) for digit in range(10) if has_gs1_check_digit(digits + str(digit)))
