"""Read e-mail addresses: the standard form has no blanks around it, and a domain in lower case."""

from __future__ import annotations

import re
import unicodedata

from sluice.rules.forms.standard_value import StandardValue, respelled

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[\w](?:[\w-]{0,61}[\w])?\.)+[^\W\d_][\w-]{1,62}")
_PREFIX = re.compile(r"(?i)^mailto:")


def read(text: str, region: str | None) -> StandardValue | None:
    """Return an address without blanks and `mailto:` around it, and with its domain in lower case; None for any other text.

    The part before the @ stays as it is, since its case may matter.

    Example:
        >>> read(" Ann.Weaver@Example.COM", None)
        StandardValue(text='Ann.Weaver@example.com', confidence=0.98)
        >>> read("ann.weaver@example", None) is None
        True
    """
    _ = region
    written = _PREFIX.sub("", unicodedata.normalize("NFKC", text).strip()).strip("<>")
    if not _ADDRESS.fullmatch(written) or ".." in written:
        return None
    name, _, domain = written.rpartition("@")
    if name.startswith(".") or name.endswith("."):
        return None
    return respelled(text, f"{name}@{domain.lower()}")
