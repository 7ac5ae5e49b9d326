"""Hold lists of words that texts of a shop should not contain, and find them in texts."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from importlib.resources import files

import polars as pl

LISTS = ("advertising_zh", "health_claims_en", "health_claims_zh")
_SCRIPTS = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # letters of scripts without blanks between words
_LETTERS = re.compile(f"[{_SCRIPTS}]")
_EDGE = r"[^\pL\pN]|[\x{3040}-\x{30ff}\x{3400}-\x{9fff}\x{ac00}-\x{d7af}]"  # what may stand beside a word, in the syntax of Polars


@lru_cache
def read_list(name: str) -> tuple[str, ...]:
    """Return the words of a list, one a line; what follows # is a comment.

    Args:
        name: One of `LISTS`.

    Example:
        >>> "最佳" in read_list("advertising_zh")
        True
    """
    text = files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return tuple(word for line in text.splitlines() if (word := line.partition("#")[0].strip()))


def choose_words(lists: Sequence[str], words: Sequence[str], without: Collection[str]) -> tuple[str, ...]:
    """Return the words of some lists and further ones, without some, each once.

    Example:
        >>> choose_words((), ("Cure", "miracle", "cure"), {"miracle"})
        ('cure',)
    """
    every = [word.lower() for word in [*(word for name in lists for word in read_list(name)), *words]]
    left_out = {word.lower() for word in without}
    return tuple(dict.fromkeys(word for word in every if word not in left_out))


def contains_words(column: str, words: Sequence[str]) -> pl.Expr:
    """Return an expression that is True where a text contains one of some words, in any case.

    Words of scripts that write blanks between words are found as whole words; Chinese, Japanese and Korean ones anywhere in the text.

    Example:
        >>> texts = pl.DataFrame({"title": ["A cure-all", "Secured", "国家级 mug", "全网NO.1品牌"]})
        >>> texts.select(contains_words("title", ("cure", "国家级", "no.1"))).to_series().to_list()
        [True, False, True, True]
    """
    anywhere = [word for word in words if _LETTERS.search(word)]
    whole = [re.escape(word) for word in words if not _LETTERS.search(word)]
    text = pl.col(column).str.to_lowercase()
    conditions = [text.str.contains_any(anywhere)] if anywhere else []
    if whole:
        conditions.append(text.str.contains(rf"(?:^|{_EDGE})(?:{'|'.join(whole)})(?:$|{_EDGE})"))
    return pl.any_horizontal(conditions) if conditions else pl.lit(value=False)
