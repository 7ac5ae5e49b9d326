"""The command line writes in the language of sluice.yaml, else in that of the environment; JSON is the same in each."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.cli.language import choose_language, error_text, speak
from sluice.cli.main import outcome
from sluice.cli.output import Format, show
from sluice.domain import Message
from sluice.errors import SourceError
from sluice.messages import make_error


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    speak("en")


@pytest.mark.parametrize(
    ("configuration", "environment", "language"),
    [
        ("", {}, "en"),
        ("", {"LANG": "zh_CN.UTF-8"}, "zh"),
        ("", {"LANG": "zh"}, "zh"),
        ("", {"LANG": "zh-Hans"}, "zh"),
        ("", {"LANG": "de_DE.UTF-8"}, "en"),
        ("", {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ("", {"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ("", {"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh"),
        ("", {"LANG": "zh_CN.UTF-8", "LANGUAGE": "en:zh_CN"}, "en"),
        ("", {"LANG": "zh_CN.UTF-8", "LANGUAGE": "de:zh"}, "zh"),
        ("", {"LC_ALL": "C", "LANGUAGE": "zh"}, "en"),
        ("shop: Cups\nlanguage: zh\n", {"LANG": "en_US.UTF-8"}, "zh"),
        ("language: 'zh' # of the team\n", {}, "zh"),
        ("language: en\n", {"LANG": "zh_CN.UTF-8"}, "en"),
        ("alerts:\n  - {name: desk, to: x, language: zh}\n", {}, "en"),
        ("# language: zh\n", {}, "en"),
    ],
)
def test_the_configuration_names_the_language_else_the_environment_as_gettext_reads_it(configuration: str, environment: dict[str, str], language: str) -> None:
    assert choose_language(configuration, environment) == language


def test_a_table_and_an_error_have_sentences_in_the_chosen_language(capsys: pytest.CaptureFixture[str]) -> None:
    speak("zh")
    show([{"run": "b1", "reasons": Message.of("rows_rejected", rows=2)}], Format.table)
    assert "已拒绝 2 行" in capsys.readouterr().out
    assert error_text(make_error(SourceError, "file_empty", file="a.csv")).startswith("a.csv\uff1a")
    assert error_text(ValueError("as it is")) == "as it is"


def shop_in(language: str, published_shop: Path, folder: Path) -> Path:
    path = folder / "sluice.yaml"
    store = published_shop.parent / ".sluice"
    text = published_shop.read_text(encoding="utf-8").replace("landing/", f"{published_shop.parent}/landing/")
    path.write_text(f"language: {language}\ndatabase: sqlite:///{store}/sluice.db\nlake: {store}/lake\n{text}", encoding="utf-8")
    return path


def test_a_gate_says_why_in_chinese_and_its_json_stays_as_it_is(published_shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(shop_in("zh", published_shop, tmp_path))
    outcome(["gate", "events", "--config", path])
    assert "33.3% 的行被隔离" in capsys.readouterr().out
    outcome(["gate", "events", "--config", path, "--format", "json"])
    chinese = json.loads(capsys.readouterr().out)
    outcome(["gate", "events", "--config", str(published_shop), "--format", "json"])
    assert json.loads(capsys.readouterr().out)["reasons"] == chinese["reasons"]


@pytest.mark.parametrize(
    ("environment", "head"),
    [
        ({"PYTHONIOENCODING": "latin-1"}, ["dataset", "held for", "rows"]),
        ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, ["dataset", "held for", "rows"]),
        ({"PYTHONIOENCODING": "gbk"}, ["数据集", "隔离原因", "行数"]),
        ({"PYTHONIOENCODING": "utf-8"}, ["数据集", "隔离原因", "行数"]),
    ],
    ids=["latin-1", "ascii", "gbk", "utf-8"],
)
def test_sentences_are_english_where_stdout_cannot_encode_chinese(environment: dict[str, str], head: list[str], published_shop: Path, tmp_path: Path) -> None:
    finished = command(environment, "quarantine", "list", "--config", str(shop_in("zh", published_shop, tmp_path)))
    text = finished.stdout.decode(environment.get("PYTHONIOENCODING", "ascii"))
    assert (finished.returncode, finished.stderr) == (0, b"")
    assert [re.split(" {2,}", line) for line in text.splitlines()[:1]] == [head]


def test_an_argument_that_the_locale_cannot_read_is_a_mistake_of_usage(published_shop: Path) -> None:
    finished = command({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "find", "杯".encode(), "--config", str(published_shop))
    assert finished.returncode == 2
    assert finished.stderr.startswith(rb"sluice: \udce6\udc9d\udcaf is not text in the encoding of this terminal")


def command(environment: dict[str, str], *arguments: str | bytes) -> subprocess.CompletedProcess[bytes]:
    call = [sys.executable, "-c", "from sluice.cli.main import main; main()", *arguments]
    return subprocess.run(call, env={**os.environ, **environment}, capture_output=True, timeout=120, check=False)
