"""Errors, findings of `doctor` and steps of a progress bar are written in Chinese: every sentence that is raised for a person has a template."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice import errors
from sluice.cli.language import LOCALES, speak
from sluice.cli.main import outcome
from sluice.cli.templates import REPORTS, error_text, translate_finished
from sluice.translations import load_templates
from tests.literals import filled

ROOT = Path(__file__).parents[3]
ROOMS = ("sluice/app", "sluice/config", "sluice/demo", "sluice/domain", "sluice/jobs", "sluice/serving", "sluice/store", "sluice/wiring", "sluice/worker")
FILES = [*(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))), *(ROOT / name for name in ("sluice/errors.py", "sluice/cron.py"))]
ERRORS = {name for name in vars(errors) if isinstance(getattr(errors, name), type)} - {"ConfigError", "Problem"}
INNER = (  # control flow within a run, a sentence of the Python API, and texts of other programs alone
    "the parts of the batch",
    "rows of the batch share a key",
    "rows must meet by",
    "has no model to continue from",
    "sluice.check takes",
    "the suite is wrong",
    "an event names its user",
    "the time of an event is",
    "an event of kind",
    "user, item and kind of an event",
    "7: cell_errors: 7",
    "7: 7",
    "not delivered yet",  # compared below, with what may follow
    "7 UTC",
    "7 7; 7",  # the key of pseudonyms, compared below
)
COMMAND = re.compile(r"`[^`]*`")
ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")
FIELD = re.compile(r"\{(\w+)\}")


def raised() -> Iterator[tuple[str, ast.expr]]:
    """The sentences of errors, each with its file; those with a code are rendered from it."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and node.args
                and ast.unparse(node.func) in (*ERRORS, "_Warning")
                and isinstance(node.args[0], ast.JoinedStr | ast.Constant)
            ):
                text = filled(node.args[0], "7")
                if " " in text and text not in INNER and not any(part in text for part in INNER if part != "7: 7"):
                    yield f"{path.relative_to(ROOT)}: {text}", node.args[0]


def findings() -> Iterator[tuple[str, ast.expr]]:
    """What the checks of `doctor` return."""
    for node in ast.walk(ast.parse((ROOT / "sluice" / "app" / "doctor.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name not in ("_describe", "_by_sink"):
            for returned in ast.walk(node):
                if (
                    isinstance(returned, ast.Return)
                    and isinstance(returned.value, ast.JoinedStr | ast.Constant)
                    and " " in filled(returned.value, "7")
                    and filled(returned.value, "7") not in INNER
                ):
                    yield f"doctor: {filled(returned.value, '7')}", returned.value


def steps() -> Iterator[tuple[str, ast.expr]]:
    """The names of steps that are reported while they last."""
    for room in ("sluice", "recommender", "detectors"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and ast.unparse(node.func).rpartition(".")[2] == "progress"
                    and node.args
                    and isinstance(node.args[0], ast.JoinedStr | ast.Constant)
                ):
                    yield f"step: {filled(node.args[0], '7')}", node.args[0]


@pytest.mark.usefixtures("_chinese")
@pytest.mark.parametrize(("name", "node"), [pytest.param(name, node, id=name[:90]) for name, node in (*raised(), *findings(), *steps())])
def test_every_sentence_for_a_person_has_a_template(name: str, node: ast.expr) -> None:
    variants = [filled(node, value) for value in ("7", "abc", "erasures", "7 datasets", "7 runs", "7 erasures", "detector")]
    translated = [translate_finished(variant, REPORTS) for variant in variants]
    assert any(chinese != english and not ENGLISH.search(COMMAND.sub("", chinese)) for chinese, english in zip(translated, variants, strict=True)), name


def test_a_template_and_its_translation_have_the_same_fields() -> None:
    templates = load_templates(LOCALES / "zh" / REPORTS)
    assert [english for english, chinese in templates.items() if set(FIELD.findall(english)) != set(FIELD.findall(chinese)) or english == chinese] == []


@pytest.mark.usefixtures("_chinese")
@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("no dataset is called 'evnts'; sluice.yaml has catalog, events", "没有名为 'evnts' 的数据集\uff1bsluice.yaml 中有 catalog, events"),
        ("items declares no column prise; did you mean price?", "items 没有声明列 prise\uff1b您是否想用 price\uff1f"),
        (
            (
                "2 alerts to desk not delivered yet; `sluice alerts list --state failed` says why, `sluice alerts test` tries the addresses; "
                "1 alert to old given up: the address is configured no longer"
            ),
            (
                "2 alerts to desk 尚未送达\uff1b`sluice alerts list --state failed` 说明原因\uff0c`sluice alerts test` 测试各地址\uff1b"
                "1 alert to old 已放弃\uff1a其地址已不在配置中"
            ),
        ),
        (
            "SLUICE_FORGET_KEY is not set; people are forgotten under a key, and without it their rows would come back; set it",
            "未设置 SLUICE_FORGET_KEY\uff1b遗忘是以密钥进行的\uff0c没有它\uff0c他们的行会重新出现\uff1b请设置它",
        ),
        ("items declares no column prise", "items 没有声明列 prise"),
        ("a sentence of a later version: with words", "a sentence of a later version: with words"),
    ],
)
def test_an_error_without_a_code_is_chinese_and_an_unknown_one_stays(english: str, chinese: str) -> None:
    assert error_text(errors.UsageError(english)) == chinese


def test_doctor_reports_in_chinese(published_shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LANGUAGE", "zh")
    outcome(["doctor", "--config", str(published_shop)])
    speak("en")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["内容", "状态", "发现"]
    assert [line for line in lines if re.search(r"\b(fine|broken|warning)\b", line)] == []
    assert any(line.split() == ["数据库", "正常", "sqlite", "有应答"] for line in lines)
