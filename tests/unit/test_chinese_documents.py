"""The Chinese pages hold the commands, settings and figures of the English ones, so that they cannot drift apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHINESE = ROOT / "docs" / "zh"
PAGES = sorted((CHINESE / "howto").glob("*.md"))
PAIRS = [(ROOT / "README.md", ROOT / "README.zh.md"), *((ROOT / "docs" / "howto" / page.name, page) for page in PAGES)]
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r"(^|\s+)# .*$")


def blocks(text: str) -> list[list[str]]:
    """The blocks of code of a page without their comments, which are translated."""
    return [[COMMENT.sub("", line).rstrip() for line in block.splitlines()] for block in FENCE.findall(text)]


def code(text: str) -> set[str]:
    """What stands in code marks in the prose of a page: commands, options, keys and values."""
    return set(re.findall(r"`[^`\n]+`", FENCE.sub("", text)))


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=[chinese.name for _, chinese in PAIRS])
def test_a_chinese_page_has_every_command_and_block_of_the_english_one(english: Path, chinese: Path) -> None:
    source, translated = english.read_text(encoding="utf-8"), chinese.read_text(encoding="utf-8")
    assert blocks(translated) == blocks(source)
    assert code(source) - code(translated) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_how_to_names_the_page_that_it_renders_and_has_its_headings_and_rows(page: Path) -> None:
    english, chinese = (path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "howto" / page.name, page))
    assert f"[English](../../howto/{page.name})" in chinese
    assert len(re.findall(r"^#+ ", FENCE.sub("", chinese), re.MULTILINE)) == len(re.findall(r"^#+ ", FENCE.sub("", english), re.MULTILINE))
    assert len(re.findall(r"^\|", chinese, re.MULTILINE)) == len(re.findall(r"^\|", english, re.MULTILINE))


def test_the_index_lists_every_chinese_page() -> None:
    index = (CHINESE / "index.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if f"(howto/{page.name})" not in index] == []
    assert "(README.zh.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
