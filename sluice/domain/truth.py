"""List the words for true and false in the languages of shops, in lower case."""

from __future__ import annotations

TRUE_WORDS = frozenset({"true", "t", "yes", "y", "1", "1.0", "on", "ja", "oui", "si", "sí", "sim", "vrai", "wahr", "verdadero", "da", "是", "真", "有", "对"})
FALSE_WORDS = frozenset(
    {"false", "f", "no", "n", "0", "0.0", "off", "nein", "non", "nao", "não", "faux", "falsch", "falso", "nej", "niet", "否", "假", "不是", "不", "无"}
)
