"""No sentence, header or stored word of the command line is left in English: each has an entry in the catalogue, with the same fields."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.i18n.labels import LABELS
from sluice.cli import detectors, label, match, ports
from sluice.cli.language import COLUMN, LOCALES, WORD, header, ntr, speak, tr, word
from sluice.cli.output import Format, show
from sluice.messages.template import fields_of
from sluice.translations import load_translations

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "sluice" / "cli").glob("*.py"))
SPOKEN = ("say", "echo", "confirm", "UsageError", "SluiceError")  # what a person reads: their first argument is a sentence
CONSTANTS = (label._HELP, match._HELP, detectors.EMPTY, *detectors.TITLES.values(), *ports.NAMES.values(), "passed", "FAILED", "too few", "nothing to show")
SAME = frozenset({"HTTP API", "{dataset} {name}: {counts}"})  # read alike, but for a sign
IN_JSON = frozenset(  # keys that no table shows
    [
        "causes",
        "difference",
        "facts",
        "refused",
        "steps",
        "summary",
        "test",
        "unclear",
        "params",
        "code",
        "moves",
        "lines",
        "life",
        "cells",
        "conflict",
        "detectors",
        "missing_keys",
        "to_open",
        "gone",
        "reported",
        "questions",
        "broken",
        "calibration",
        "differs",
        "encoding",
        "entries",
        "erased",
        "intact",
        "moved",
        "patterns",
        "problem",
        "repeated",
        "repeats",
        "route",
        "runs",
        "unchained",
        "unkeyed",
        "will_be_held",
    ]
)
NO_FACTS = frozenset(  # keys of other mappings, and a word that both languages have
    [
        "alerts",
        "api",
        "audit",
        "closed",
        "cron",
        "dashboard",
        "detect",
        "heartbeat",
        "help_option_names",
        "ingest",
        "lineage",
        "vacuum",
        "language",
        "requests",
        "retrain",
        "suite",
        "labels",
        "trials",
        "unknown",
        "zh",
    ]
)
COMMAND = "sluice "  # keys of commands to try


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2], node


def literals(node: ast.expr) -> Iterator[str]:
    """The texts that an argument may be: a literal, or either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*literals(node.body), *literals(node.orelse))
    elif isinstance(node, ast.BoolOp):
        yield from (text for value in node.values for text in literals(value))


def sentences() -> Iterator[tuple[str, str]]:
    for path in FILES:
        for name, call in calls(path):
            arguments = [*(call.args[:1] if name in ("tr", *SPOKEN) else []), *(keyword.value for keyword in call.keywords if keyword.arg == "empty")]
            yield from ((f"{path.name}:{call.lineno}", text) for argument in arguments for text in literals(argument) if text.strip())
    yield from (("constant", text) for text in CONSTANTS)


def plurals() -> Iterator[tuple[str, str]]:
    for path in FILES:
        for name, call in calls(path):
            if name == "ntr":
                yield ast.literal_eval(call.args[0]), ast.literal_eval(call.args[1])


def test_every_sentence_has_a_translation_with_the_same_fields() -> None:
    catalogue = load_translations(LOCALES, "zh")
    listed = list(sentences())
    assert len(listed) > 150
    assert [entry for entry in listed if catalogue.gettext(entry[1]) == entry[1] and entry[1] not in SAME] == []
    assert [entry for entry in listed if fields_of(catalogue.gettext(entry[1])) != fields_of(entry[1])] == []


def test_every_sentence_that_depends_on_a_number_has_one_too() -> None:
    catalogue = load_translations(LOCALES, "zh")
    assert [one for one, many in plurals() if catalogue.ngettext(one, many, 2) == many] == []
    assert [one for one, many in plurals() if fields_of(catalogue.ngettext(one, many, 2)) != fields_of(many)] == []


def test_no_sentence_is_put_together_where_no_catalogue_holds_it() -> None:
    raw = [
        f"{path.name}:{call.lineno}: {ast.unparse(part)}"
        for path in FILES
        for name, call in calls(path)
        for argument in [*(call.args[:1] if name in SPOKEN else []), *(keyword.value for keyword in call.keywords if keyword.arg == "empty")]
        if isinstance(argument, ast.JoinedStr)
        for part in argument.values
        if isinstance(part, ast.Constant) and re.search(r"[A-Za-z]{3}", str(part.value).replace("sluice", "").replace("--since", "").replace("retrain", ""))
    ]
    assert raw == []


def test_no_entry_of_the_sentences_is_unused() -> None:
    used = {text for _, text in sentences()} | {one for one, _ in plurals()}
    entries = re.findall(r'^msgid "(.+)"$', (LOCALES / "zh" / "texts.po").read_text(encoding="utf-8"), re.MULTILINE)
    assert [entry for entry in entries if ast.literal_eval(f'"{entry}"') not in used] == []


def keys_of(path: Path) -> set[str]:
    """Every key that a file writes into a mapping of facts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        key.value for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def test_every_fact_that_a_table_shows_has_a_header() -> None:
    catalogue = load_translations(LOCALES, "zh")
    app = [ROOT / "sluice" / "app" / f"{name}.py" for name in ("facts", "backtests", "detector_reports", "suite_proposals", "config_growth")]
    facts = set().union(*map(keys_of, [*FILES, *app])) - IN_JSON - NO_FACTS
    assert sorted(key for key in facts if key and not key.startswith(COMMAND) and catalogue.pgettext(COLUMN, key) == key) == []


@pytest.mark.parametrize("stored", sorted(LABELS))
def test_a_stored_word_reads_as_on_the_dashboard(stored: str) -> None:
    dashboard = load_translations(ROOT / "dashboard" / "i18n" / "locales", "zh")
    assert load_translations(LOCALES, "zh").pgettext(WORD, stored) == dashboard.gettext(LABELS[stored])


def test_a_table_has_chinese_headers_and_words_and_leaves_cells_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    speak("zh")
    try:
        show([{"dataset": "open", "gate": "open", "brand": "Nike"}], Format.table)
        show([], Format.table, empty="no row is held")
        assert (tr("wrote {path}", path="a.yaml"), ntr("{count} file failed", "{count} files failed", 1200)) == ("已写入 a.yaml", "1,200 个文件失败")
        assert tr("") == header("") == word("") == ""
        assert (header("brand"), word("open")) == ("brand", "开放")
    finally:
        speak("en")
    written = capsys.readouterr()
    assert [line.split() for line in written.out.splitlines()] == [["数据集", "闸门", "brand"], ["open", "开放", "Nike"]]
    assert written.err == "没有被隔离的行\n"
