"""The comments that `init` writes are Chinese under `zh`: every sentence that it may write has a template, and a written file has no English one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.cli.comments import translate_comment, translate_line
from sluice.cli.language import LOCALES, speak
from sluice.cli.main import outcome
from sluice.cli.templates import COMMENTS, COUNTS
from sluice.config import load
from sluice.messages.template import fields_of
from sluice.translations import load_templates
from tests.literals import filled

ROOT = Path(__file__).parents[3]
MODULES = [
    *sorted((ROOT / "sluice" / "sources" / "infer").glob("*.py")),
    *sorted((ROOT / "sluice" / "sources" / "platforms").glob("*.py")),
    *(ROOT / name for name in ("sluice/config/write.py", "sluice/app/config_growth.py", "cleaning/suggest.py", "cleaning/suggest_sources.py")),
]
SENTENCE = re.compile(r"\b(the|is|are|its|it|of|by|that|than|and|no|which|as|begins)\b")
NO_SENTENCE = re.compile(r"[\\|^]|\?:|\[\w|^\S+( \S+){0,1}$")  # patterns, names, single words
FRAGMENTS = (  # what stands within a sentence, and what stands in a table or an error
    " and ",
    "; ",
    "if a file brings only",
    "so they may be local times",
    "it is not UTF-8",
    "a template",
    "the one with the most rows",
    "ahead of",
    "of its files cannot",
    "left out, since no file",
    "holds no CSV",
    "no format is recognized",
    "it is empty",
    "there is no such folder",
    " and {",
    "{', '.join(map(str, lines))} of",
    "{', '.join(map(str, shorter.footer))} of",
    "yes no y n",
    "the last records on line",
    " within its text",
    "its days begin at",
    "its times are",
    "id ids type method",
)
COMMENT = re.compile(r"(?:^|  )# (.+)$", re.MULTILINE)
ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")


def literals(path: Path) -> Iterator[ast.expr]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))]
    inner = {id(part) for node in strings if isinstance(node, ast.JoinedStr) for part in ast.walk(node) if part is not node}
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    yield from (node for node in strings if id(node) not in inner | docstrings)


def sentences() -> Iterator[tuple[str, ast.expr]]:
    for path in MODULES:
        for node in literals(path):
            text = filled(node, "7")
            source = ast.unparse(node)[2:-1] if isinstance(node, ast.JoinedStr) else text
            if SENTENCE.search(text) and not NO_SENTENCE.search(text) and not any(part in source for part in FRAGMENTS):
                yield f"{path.name}: {text}", node


@pytest.mark.usefixtures("_chinese")
@pytest.mark.parametrize(("name", "node"), [pytest.param(name, node, id=name[:80]) for name, node in sentences()])
def test_every_sentence_that_init_may_write_has_a_template(name: str, node: ast.expr) -> None:
    variants = [filled(node, value) for value in ("7", "abc", "7%")]
    variants = [variant.removeprefix("# ").strip() for variant in variants]
    assert any(not ENGLISH.search(re.sub(r"`[^`]*`", "", translate_comment(variant))) and translate_comment(variant) != variant for variant in variants), name


@pytest.mark.usefixtures("_chinese")
@pytest.mark.parametrize(
    "sentence",
    [
        "`footer: true`: the last records on line 7, 8 of a.csv have fewer fields than the header and are left out, as totals are",
        "personal: holds e-mail addresses within its text",
        "its times are 8 h ahead of those of created_at, so they may be local times; write the shop's zone above `datasets`: `zone: Asia/Shanghai`, say",
        (
            "its days begin at 08:00 by the names of the files, as where a day of UTC is exported with local times, "
            "so they may be local times; write the shop's zone above `datasets`: such as `zone: Europe/Berlin`"
        ),
        "3 of its files cannot be read, such as a.csv",
        "a guess from one file: each file replaces the one before; if rows are events, declare `mode: append` and `time: ts`",
        "`sheet: Data`: the one with the most rows, of Data (3), Notes (1); make a dataset of each that holds data",
        "`encoding: gb18030`: it is not UTF-8, and reads \u4f8b there; change `encoding` if those letters are wrong",
    ],
)
def test_a_sentence_of_several_parts_is_translated_as_a_whole(sentence: str) -> None:
    assert not re.search(r"[a-z]{2,} [a-z]{2,}", re.sub(r"`[^`]*`", "", translate_comment(sentence)))


def test_a_template_and_its_translation_have_the_same_fields() -> None:
    templates = load_templates(LOCALES / "zh" / COMMENTS)
    assert len(templates) > 150
    assert [english for english, chinese in templates.items() if fields_of(english) != fields_of(chinese) or english == chinese] == []
    assert set().union(*map(fields_of, templates)) > COUNTS - {"line"}


@pytest.mark.usefixtures("_chinese")
@pytest.mark.parametrize(
    ("line", "translated"),
    [
        ("  mode: append  # each file brings new rows", "  mode: append  # 每个文件带来新的行"),
        (
            "      a: {type: string}  # digits, but no quantity; personal: by its name",
            "      a: {type: string}  # 是数字\uff0c但不是数量\uff1b个人信息\uff1a根据列名",
        ),
        ("  # CHECK: price: its currency sign is read as EUR; change `unit` if it is another currency", None),
        ("      a: {type: string}  # seen by a person; and kept", "      a: {type: string}  # seen by a person; and kept"),
        ('shop: "a  # each file"', 'shop: "a  # each file"'),
        ("datasets:", "datasets:"),
    ],
)
def test_a_line_keeps_its_setting_and_an_unknown_comment(line: str, translated: str | None) -> None:
    expected = translated or "  # CHECK: price\uff1a其货币符号读作 EUR\uff1b若是其他币种\uff0c请更改 `unit`"
    assert translate_line(line) == expected


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
