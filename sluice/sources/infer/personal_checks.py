"""Compute the check digits of numbers that belong to persons."""

from __future__ import annotations

_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_luhn(number: str) -> bool:
    """Return True where the last digit is the check digit of Luhn's formula (ISO/IEC 7812-1).

    Example:
        >>> is_luhn("4111 1111 1111 1111")
        True
    """
    digits = [int(digit) for digit in number if digit.isdigit()]
    return sum(digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4) for place, digit in enumerate(reversed(digits))) % 10 == 0


def is_iban(text: str) -> bool:
    """Return True where an account number passes the test of ISO 13616: modulo 97."""
    plain = text.replace(" ", "").upper()
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def is_resident_id(text: str) -> bool:
    """Return True where a Chinese resident identity number has its check digit (GB 11643)."""
    total = sum(weight * int(digit) for weight, digit in zip(_RESIDENT_WEIGHTS, text, strict=False))
    return "10X98765432"[total % 11] == text[-1].upper()
