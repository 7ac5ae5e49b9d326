"""Derive pseudonyms of a person's cells under a key: the same text always gets the same one, and nobody without the key can compute it."""

from __future__ import annotations

import hmac
import re
import unicodedata
from dataclasses import dataclass

MIN_LENGTH = 3  # a shorter value would be found in everything
MIN_KEY = 16  # characters
_PREFIX = "forgotten"
_DIGITS, _LABEL = 16, 8
_USER = re.compile(rf"user-([0-9a-f]{{{_LABEL}}})-[0-9a-f]{{{2 * _DIGITS}}}")
_PSEUDONYM = re.compile(rf"{_PREFIX}-(?:[0-9a-f]{{{_LABEL}}}-)?[0-9a-f]{{{_DIGITS}}}")


def is_identifying(value: str, *, key: bool = False) -> bool:
    """Return whether a value is one person's, so that it may be erased wherever it stands: not a word such as a city or first name.

    Args:
        value: The value.
        key: Whether it is the key, which is an identifier by itself.

    Example:
        >>> [is_identifying(value) for value in ("ann@mail.example", "Rose", "Ann Planted", "80331")]
        [True, False, True, False]
    """
    if value.isdecimal():
        return len(value) >= 7  # a shorter number is found in prices and codes
    if key and len(value) >= MIN_LENGTH:
        return True
    return (len(value) >= 5 and re.search(r"[\d@]", value) is not None) or (len(value) >= 8 and " " in value.strip())


def normalize(text: str) -> str:
    """Return the form in which identifiers are compared: blanks and width of letters do not count, nor the case of an address.

    Example:
        >>> normalize(" Ann@Mail.example"), normalize("U17 ")
        ('ann@mail.example', 'U17')
    """
    plain = " ".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).split())
    return plain.casefold() if "@" in plain else plain


def is_pseudonym(text: str) -> bool:
    """Return True for a text that stands in the place of another."""
    return _PSEUDONYM.fullmatch(text) is not None


def key_of_user(name: str) -> str | None:
    """Return the label of the key under which the log of exposures names a user; None for another text, and for a name of an earlier version.

    Example:
        >>> key = Pseudonyms("a key for examples")
        >>> key_of_user(key.users(key.digest("u17"))[0]) == key.label, key_of_user("u17")
        (True, None)
    """
    match = _USER.fullmatch(name)
    return match and match[1]


class Pseudonyms:
    """Compute digests under a key; neither its repr nor an error shows the key.

    Attributes:
        key_id: Names the key without telling it.
        label: Its first letters.
    """

    def __init__(self, key: str, *, first: str = "") -> None:
        """Keep the key.

        Args:
            key: The key.
            first: Names the key under which people were forgotten first. Pseudonyms of another key say of which; those of the first are older than
                rotation, and do not.

        Raises:
            ValueError: It has fewer than 16 characters.
        """
        if len(key.strip()) < MIN_KEY:
            raise ValueError(f"a key needs {MIN_KEY} characters or more")
        self._key = key.strip().encode()
        self.key_id = self._digest("key")[:_DIGITS]
        self.label = self.key_id[:_LABEL]
        self._label = f"{self.label}-" if first not in ("", self.key_id) else ""

    def pseudonym(self, digest: str) -> str:
        """Return the pseudonym of the text that has a digest.

        Example:
            >>> Pseudonyms("a key for examples").pseudonym("0123456789abcdef0123")
            'forgotten-0123456789abcdef'
        """
        return f"{_PREFIX}-{self._label}{digest[:_DIGITS]}"

    def users(self, digest: str) -> tuple[str, str]:
        """Return the names of a user in the log of exposures: the one that is written, which says under which key, and the one that earlier versions wrote.

        Args:
            digest: Digest of the user's id under the key.
        """
        name = digest[: 2 * _DIGITS]
        return f"user-{self.label}-{name}", f"user-{name}"

    def digest(self, text: str, person: str = "") -> str:
        """Return the digest of a text, or of the text of one person: it then differs from that of others with the same text."""
        return self._digest(f"{person}\0{normalize(text)}")

    def _digest(self, text: str) -> str:
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Hold the key under which people are forgotten, and those under which they were before.

    Attributes:
        present: The key of people who are forgotten from now on.
        former: The others.
    """

    present: Pseudonyms
    former: tuple[Pseudonyms, ...] = ()

    @property
    def keys(self) -> tuple[Pseudonyms, ...]:
        """Return all of them, the present one first."""
        return (self.present, *self.former)

    def require(self, key_id: str) -> Pseudonyms:
        """Return the key of that name.

        Raises:
            KeyError: It is not at hand.
        """
        return {key.key_id: key for key in self.keys}[key_id]

    def digests(self, text: str) -> list[str]:
        """Return the digest of a text under each key."""
        return [key.digest(text) for key in self.keys]

    def users(self, text: str) -> list[str]:
        """Return the names that a user may have in the log of exposures."""
        return [name for key in self.keys for name in key.users(key.digest(text))]


@dataclass(frozen=True, slots=True)
class PersonPseudonyms:
    """Give the cells of one person their pseudonyms.

    Attributes:
        pseudonyms: Computes digests.
        identifiers: Digests of the person's identifiers.
        person: One of them, which tells the person's other cells from those of others with the same text.
    """

    pseudonyms: Pseudonyms
    identifiers: frozenset[str]
    person: str

    def of(self, text: str) -> str:
        """Return the pseudonym of a cell: of an identifier the same for whoever has it, of a word such as a city one of this person alone.

        Example:
            >>> keyed = Pseudonyms("a key for examples")
            >>> ann, bo = (PersonPseudonyms(keyed, frozenset([keyed.digest(name)]), keyed.digest(name)) for name in ("u17", "u18"))
            >>> ann.of("u17") == bo.of("u17"), ann.of("Berlin") == bo.of("Berlin"), ann.of(ann.of("u17")) == ann.of("u17")
            (False, False, True)
        """
        if is_pseudonym(text):
            return text
        digest = self.pseudonyms.digest(text)
        shared = digest in self.identifiers or is_identifying(text)
        return self.pseudonyms.pseudonym(digest if shared else self.pseudonyms.digest(text, self.person))
