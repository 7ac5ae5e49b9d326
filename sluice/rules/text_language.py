"""Name the language of short texts, such as titles, by their script, their most common words and their letters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

ENGLISH = "English"
MIN_SHARE = 0.1  # of the texts, from which a language counts beside English
MAX_TEXTS = 2000

_SCRIPTS: Mapping[str, str] = {  # the first that a text holds
    "Japanese": "\u3041-\u30fa\u30fd-\u30ff",
    "Korean": "\uac00-\ud7a3",
    "Chinese": "\u3400-\u4dbf\u4e00-\u9fff",
    "Russian": "\u0400-\u04ff",
    "Arabic": "\u0620-\u064a",
    "Thai": "\u0e01-\u0e30",
}
_WORDS: Mapping[str, str] = {
    ENGLISH: "and for with the of to by from your on",
    "German": "und für mit der das aus ohne von zum zur im ein eine",
    "French": "et pour avec le les des du sans sur une aux",
    "Spanish": "y para con el los las sin una del",
    "Italian": "per con di il gli senza della del dei nero",
    "Dutch": "voor met van het een zonder zwart",
    "Portuguese": "para com do da em sem dos das",
    "Polish": "do dla ze bez oraz na i z",
    "Turkish": "ve için ile bir olan",
}
_LETTERS: Mapping[str, str] = {
    "German": "äöüß",
    "French": "éèêàçœ",
    "Spanish": "ñáíóú",
    "Portuguese": "ãõ",
    "Polish": "łśżźćńęą",
    "Turkish": "ışğ",
}
_PATTERNS = {name: re.compile(f"[{letters}]") for name, letters in _SCRIPTS.items()}
_COMMON = {name: frozenset(words.split()) for name, words in _WORDS.items()}


def main_language(texts: Sequence[str]) -> str:
    """Return the language of most texts that are not English, where at least one in ten is of it; otherwise English.

    Example:
        >>> main_language(["Red mug", "Desk lamp with shade"])
        'English'
        >>> main_language(["红色马克杯", "台灯"]), main_language(["Tasse für Kaffee", "Lampe", "Küchenmesser"])
        ('Chinese', 'German')
    """
    read = [text for text in texts if text.strip()][:MAX_TEXTS]
    counts = Counter(language for text in read for language in _languages(text))
    english = counts.pop(ENGLISH, 0)
    language, count = max(counts.items(), key=lambda entry: entry[1], default=(ENGLISH, 0))
    enough = count >= MIN_SHARE * len(read) and (language in _SCRIPTS or count > english * MIN_SHARE)
    return language if enough else ENGLISH


def _languages(text: str) -> set[str]:
    """Return the languages whose words or letters a text holds: one by its script, else any by Latin letters."""
    script = next((name for name, pattern in _PATTERNS.items() if pattern.search(text)), None)
    if script:
        return {script}
    lower = text.lower()
    words = set(re.findall(r"[^\W\d_]+", lower))
    by_words = {name for name, common in _COMMON.items() if words & common}
    return by_words | {name for name, letters in _LETTERS.items() if any(letter in lower for letter in letters)}
