"""Help and mistakes of usage are written in Chinese: every text has its entry, lines fit a terminal, and nothing heavy is loaded."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer.main

from sluice.cli.command_groups import GROUPS
from sluice.cli.help_text import FRAME, HELP_OF_HELP, PROBLEMS, columns, split_paragraphs, translate_frame, wrap
from sluice.cli.language import LOCALES, speak
from sluice.cli.main import app, build_command, outcome
from sluice.messages.template import fields_of
from sluice.translations import load_translations

AROUND = (
    *FRAME,
    *PROBLEMS,
    HELP_OF_HELP,
    "Usage: ",
    "Options:",
    "Arguments:",
    "Commands:",
    *(f"{group}:" for group, _ in GROUPS),
    "required",
    "default: {value}",
    "env var: {value}",
)
CHINESE = {"LANG": "zh_CN.UTF-8", "LANGUAGE": "", "LC_ALL": ""}


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in CHINESE.items():
        monkeypatch.setenv(name, value)
    yield
    speak("en")


def texts(command: object, path: str = "sluice") -> Iterator[tuple[str, str]]:
    """Every paragraph of the help of a command, of its parameters and of the commands below it."""
    for text in (getattr(command, "help", None), *(getattr(parameter, "help", None) for parameter in getattr(command, "params", ()))):
        yield from ((path, paragraph) for paragraph in (split_paragraphs(text) if text else ()))
    for name, below in getattr(command, "commands", {}).items():
        yield from texts(below, f"{path} {name}")


def commands_in(text: str) -> list[str]:
    return sorted(set(re.findall(r"`[^`]+`|(?<![\w-])--[\w-]+", text)))


def test_every_text_of_the_help_has_a_translation_with_the_same_commands_and_options() -> None:
    catalogue = load_translations(LOCALES, "zh")
    listed = list(texts(typer.main.get_command(app)))
    assert len(listed) > 400
    assert [(where, text) for where, text in listed if catalogue.gettext(text) == text] == []
    assert [(where, text) for where, text in listed if commands_in(catalogue.gettext(text)) != commands_in(text)] == []


@pytest.mark.parametrize("text", AROUND)
def test_what_typer_writes_around_them_has_a_translation_with_the_same_fields(text: str) -> None:
    translated = load_translations(LOCALES, "zh").gettext(text)
    assert translated != text
    assert fields_of(translated) == fields_of(text)


def test_no_entry_of_the_catalogue_of_the_help_is_unused() -> None:
    used = {text for _, text in texts(typer.main.get_command(app))}
    entries = re.findall(r'^msgid "(.+)"$', (LOCALES / "zh" / "help.po").read_text(encoding="utf-8"), re.MULTILINE)
    assert [entry for entry in entries if entry.replace('\\"', '"') not in used] == []


@pytest.mark.usefixtures("chinese")
def test_the_help_of_a_command_is_chinese_and_fits_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["quarantine", "export", "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("用法\uff1asluice quarantine export")
    assert {"参数\uff1a", "选项\uff1a"} <= set(lines)
    assert any("[必填]" in line for line in lines)
    assert max(map(columns, lines)) <= 80


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("arguments", "mistake"),
    [
        (["gate"], "缺少参数 'dataset'"),
        (["gate", "events", "--nope"], "没有选项 --nope"),
        (["rnu"], "没有命令 'rnu'"),
        (["gate", "events", "--format", "xml"], "'--format' / '-f' 的值无效\uff1a'xml' 不是以下之一"),
        (["recommend", "u1", "-k", "-3"], "'-k' 的值无效\uff1a应不小于 1"),
    ],
)
def test_a_mistake_of_usage_is_chinese(arguments: list[str], mistake: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(arguments) == 2
    assert mistake in capsys.readouterr().err


def test_an_unknown_sentence_of_typer_stays_as_it_is() -> None:
    assert translate_frame("Something new happened.") == "Something new happened."


def test_lines_break_between_characters_and_no_line_begins_with_a_closing_sign() -> None:
    assert wrap("被隔离的行\uff0c以及决定", 10) == ["被隔离的", "行\uff0c以及决", "定"]
    assert wrap("用 `sluice run` 发布", 13) == ["用 `sluice", "run` 发布"]


def test_chinese_help_loads_no_library_of_data() -> None:
    code = (
        "import sys\n"
        "from sluice.cli import main\n"
        "sys.argv = ['sluice', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "sys.exit(str([name for name in ('polars', 'sqlalchemy', 'pydantic', 'numpy', 'rich', 'sluice.messages') if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, env={**os.environ, **CHINESE})
    assert "用法" in done.stdout
    assert done.stderr.strip() == "[]"


def test_every_command_stands_in_one_group() -> None:
    names = [name for _, names in GROUPS for name in names]
    assert sorted(names) == sorted(build_command([]).commands)  # type: ignore[attr-defined]  # all commands together are a group
