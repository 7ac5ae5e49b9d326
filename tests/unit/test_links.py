"""Check that relative links of the documentation point to files that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.zh.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
GENERATED = {ROOT / "docs" / name for name in ("configuration.md", "cli.md", "api.md", "renames.md")}  # written by `make docs`
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)")  # of an image that is itself a link: the outer target
REFERENCE = re.compile(r"^\[[^\]]+\]:\s*<?(\S+?)>?\s*$", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)


def relative_links(text: str) -> Iterator[str]:
    """Yield the targets that are no addresses; text in code marks is no link, but code may be the label of one."""
    prose = CODE.sub(lambda code: "code" if code[0].count("`") == 2 else "", text)
    for target in (*LINK.findall(prose), *REFERENCE.findall(prose)):
        if not re.match(r"[a-z][a-z0-9+.-]*:", target):
            yield target


def anchors(text: str) -> set[str]:
    """Return the anchors of headings, as GitHub makes them."""
    titles = HEADING.findall(re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(page: Path) -> list[str]:
    """Return the links of a page whose file or heading does not exist."""
    broken = []
    for link in relative_links(page.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists():
            broken += [link] if target not in GENERATED else []
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text(encoding="utf-8")):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_point_to_files_and_headings_that_exist(page: Path) -> None:
    assert broken_links(page) == []


def test_links_in_code_are_not_followed() -> None:
    text = "[a](a.md) `[b](b.md)` [`c`](c.md#d)\n```\n[e](e.md)\n```\n[f](https://f.org) ![g](g.png)\n[h]: h.md\n"
    assert list(relative_links(text)) == ["a.md", "c.md#d", "g.png", "h.md"]


def test_a_missing_file_and_a_missing_heading_are_reported(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One heading, two\n[a](#one-heading-two) [b](#three) [c](missing.md) [d](page.md#one-heading-two)\n")
    assert broken_links(page) == ["#three", "missing.md"]
