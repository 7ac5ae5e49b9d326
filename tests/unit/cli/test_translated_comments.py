"""The comments that `init` writes are Chinese under `zh`: every sentence of a known system has its Chinese, and a written file has no English one."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.cli.language import speak
from sluice.cli.main import outcome
from sluice.config import load
from sluice.config.checks import Check
from sluice.config.write import check_line
from sluice.domain import Message
from sluice.messages import render
from sluice.sources.infer.personal_text import _KINDS
from sluice.sources.infer.personal_values import _CHECKED, _PATTERNS
from sluice.sources.platforms import Platform

ROOT = Path(__file__).parents[3]
COMMENT = re.compile(r"(?:^|  )# (.+)$", re.MULTILINE)
ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")


def phrases() -> Iterator[str]:
    """The titles of known systems, what is to be known of them, and kinds of personal content."""
    for path in sorted((ROOT / "sluice" / "sources" / "platforms").glob("[a-z]*.py")):
        for tables in vars(importlib.import_module(f"sluice.sources.platforms.{path.stem}")).values():
            for platform in tables if isinstance(tables, tuple) else ():
                if isinstance(platform, Platform):
                    yield from (platform.title, *platform.remarks)
    yield from (phrase for content in (*_PATTERNS, *_CHECKED, *(kind.content for kind in _KINDS)) for phrase in (content, f"{content} within its text"))


@pytest.mark.parametrize("phrase", sorted(set(phrases())))
def test_every_phrase_has_its_chinese(phrase: str) -> None:
    message = Message.of("init_remark", remark=phrase)
    assert render(message) == phrase
    assert render(message, "zh") != phrase


def test_a_check_is_written_in_both_languages() -> None:
    check = Check(Message.of("init_currency_sign", unit="EUR"), "guess", "items", "price")
    assert check_line(check) == "# CHECK: price: its currency sign is read as EUR; change `unit` if it is another currency"
    assert check_line(check, "zh") == "# CHECK: price\uff1a其货币符号读作 EUR\uff1b若是其他币种\uff0c请更改 `unit`"


def test_init_writes_chinese_comments_and_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "landing").mkdir()
    rows = "".join(f"i{number},Mug {number},{number}.50,info{number}@shop.example\n" for number in range(60))
    (tmp_path / "landing" / "items.csv").write_text(f"item_id,title,price,email\n{rows}", encoding="utf-8")
    written: dict[str, str] = {}
    for language in ("en", "zh"):
        monkeypatch.setenv("LANGUAGE", language)
        assert outcome(["init", str(tmp_path / "landing"), "--to", str(tmp_path / f"{language}.yaml")]) == 0
        written[language] = (tmp_path / f"{language}.yaml").read_text(encoding="utf-8")
    speak("en")
    comments = [comment for comment in COMMENT.findall(written["zh"]) if "yaml-language-server" not in comment]
    assert len(comments) == len(COMMENT.findall(written["en"])) - 1
    assert [comment for comment in comments if ENGLISH.search(re.sub(r"`[^`]*`", "", comment))] == []
    assert load(tmp_path / "zh.yaml").datasets == load(tmp_path / "en.yaml").datasets
    assert "已写入" in capsys.readouterr().err
