"""Hold entries of the activity log as links of a chain, and what a check of the chain finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sluice.domain.message import EMPTY, Message


@dataclass(frozen=True, slots=True)
class LogText:
    """Represent a text of an entry with the commitment to it.

    Attributes:
        text: The text.
        salt: Random text that the commitment is made with; empty once the text was erased, so that nobody can guess it from the commitment.
        digest: The commitment, which stays.
    """

    text: str
    salt: str
    digest: str


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Represent a link of the chain.

    Attributes:
        number: Its place in the chain, from 1.
        texts: What it is about, and why.
        erased: How many texts of earlier entries the act erased.
        key_id: Names the key of its digest; empty where there was none.
        digest: Digest of the entry and of the digest before it.
    """

    number: int
    at: datetime
    who: str
    what: str
    texts: tuple[LogText, ...]
    erased: int = 0
    key_id: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class LogCheck:
    """Represent what a check of the chain found.

    Attributes:
        entries: Number of its entries that were checked.
        erased: Number of texts that were erased.
        unkeyed: Number of entries that have no key: whoever can write the database could write them anew.
        unchained: Number of entries from before there was a chain.
        digest: Digest of the newest entry that was checked.
        broken: Number of the first entry that is wrong, where one is.
        problem: What is wrong; empty where the chain is intact.
    """

    entries: int = 0
    erased: int = 0
    unkeyed: int = 0
    unchained: int = 0
    digest: str = ""
    broken: int | None = None
    problem: Message = EMPTY
