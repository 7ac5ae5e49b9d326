"""Read links: the standard form has scheme and host in lower case, and no port that the scheme implies."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from sluice.rules.forms.standard_value import LIKELY, StandardValue, respelled

_HOST = re.compile(r"(?:[\w](?:[\w-]{0,61}[\w])?\.)+[^\W\d_][\w-]{1,62}|\d{1,3}(?:\.\d{1,3}){3}|localhost")
_PORTS = {"http": 80, "https": 443}
_BARE = re.compile(r"(?i)^(?://|www\.)")


def read(text: str, region: str | None) -> StandardValue | None:
    """Return a link in its standard form; None for any other text.

    Path and query stay as they are. A link without a scheme (`//cdn.example.com/a.jpg`, `www.example.com`) gets `https:`, which a person has to confirm.

    Example:
        >>> read("HTTPS://Shop.Example.com:443/Mugs?id=7", None)
        StandardValue(text='https://shop.example.com/Mugs?id=7', confidence=0.98)
        >>> read("www.example.com/mugs", None)
        StandardValue(text='https://www.example.com/mugs', confidence=0.8)
    """
    _ = region
    written = text.strip()
    bare = bool(_BARE.match(written))
    try:
        parts = urlsplit(f"https://{written.removeprefix('//')}" if bare else written)
        port = parts.port
    except ValueError:  # a port or an IPv6 address that is none
        return None
    if parts.scheme.lower() not in _PORTS or not _HOST.fullmatch(parts.hostname or "") or re.search(r"\s", written):
        return None
    person, at, _place = parts.netloc.rpartition("@")
    suffix = "" if port in {None, _PORTS[parts.scheme.lower()]} else f":{port}"
    standard = urlunsplit((parts.scheme.lower(), f"{person}{at}{parts.hostname}{suffix}", parts.path, parts.query, parts.fragment))
    return StandardValue(standard, LIKELY) if bare else respelled(text, standard)
