# ruff: noqa: RUF001  # Chinese is written with its own marks
"""Every text has its Chinese; reasons and answers are rendered from codes, and finished sentences stay as they are."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

import dashboard
from dashboard.i18n.labels import LABELS
from dashboard.i18n.language import LOCALES, render_message, tr
from dashboard.widgets.stages import STAGES
from sluice.domain import Message
from sluice.translations import load_translations

FOLDER = Path(dashboard.__file__).parent
CHINESE = load_translations(LOCALES, "zh")


def calls(name: str) -> list[list[str]]:
    """The constant arguments of every call of a function."""
    nodes = [node for path in sorted(FOLDER.rglob("*.py")) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    used = [node.args for node in nodes if isinstance(node.func, ast.Name) and node.func.id == name]
    return [[argument.value for argument in arguments if isinstance(argument, ast.Constant) and isinstance(argument.value, str)] for arguments in used]


def texts() -> list[str]:
    """Every text of `tr` and `ntr`, every label and every name of a stage."""
    return sorted({arguments[0] for name in ("tr", "ntr") for arguments in calls(name) if arguments} | {*LABELS.values(), *STAGES.values()})


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.i18n.language.current_language", lambda: "zh")


def test_texts_are_collected() -> None:
    assert {"Today", "Rows {first} to {last} of {total}", "Release or reject", "{count} row"} <= set(texts())


def test_every_text_has_its_chinese_with_the_same_fields() -> None:
    plurals = {arguments[0]: arguments[1] for arguments in calls("ntr")}
    translated = {text: CHINESE.ngettext(text, plurals[text], 1) if text in plurals else CHINESE.gettext(text) for text in texts()}
    assert [text for text, translation in translated.items() if translation == text] == []
    assert [text for text, translation in translated.items() if fields(translation) != fields(text)] == []


def test_translated_choices_are_drawn_by_the_functions_that_follow_a_switch_of_the_language() -> None:
    users = {path.name for path in FOLDER.rglob("*.py") if "format_func=" in path.read_text(encoding="utf-8")}
    assert users == {
        "choice.py",
        "language.py",
        "detectors.py",
        "values.py",
        "merge_form.py",
    }  # languages, rows of detectors, values of cells and ids read the same in every language


def test_no_translation_is_left_over() -> None:
    with (LOCALES / "zh" / "messages.po").open("rb") as file:
        ids = {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in read_po(file) if entry.id}
    assert ids <= set(texts())


def test_english_needs_no_catalogue() -> None:
    assert tr("Today") == "Today"


@pytest.mark.usefixtures("chinese")
def test_a_reason_is_rendered_from_its_code_and_parameters() -> None:
    reason = Message.of("worst_dimension_below", dimension="completeness", value=85.0, limit=90)
    assert render_message(reason) == "完整性得分为 85.0，低于 90"
    assert render_message(reason.dumps()) == render_message(reason)


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("sentence", ["completeness is 85.0, below 90", "Something {odd} happened", '{"no": "code"}'])
def test_a_sentence_that_was_stored_before_stays_as_it_is(sentence: str) -> None:
    assert render_message(sentence) == sentence


@pytest.mark.parametrize("name", ["today", "runs", "incidents", "quarantine", "detectors", "recommender", "activity", "row", "find"])
def test_no_label_of_a_page_is_left_in_english(corner: Any, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    app = corner.page(name, monkeypatch, lang="zh", row="e14000000000.1")
    widgets = (*app.metric, *app.selectbox, *app.button, *app.text_input, *app.tabs, *app.radio)
    labels = [*(widget.label for widget in widgets), *(element.value for element in (*app.title, *app.subheader, *app.caption))]
    headers = [header for table in app.dataframe for header in table.value.columns]
    columns = {column for dataset in corner.config.datasets.values() for column in dataset.columns} | set(corner.config.datasets)
    english = [text for text in (*labels, *headers) if text not in columns and not re.search(r"[\u4e00-\u9fff]", text)]
    assert [text for text in english if "@" not in text] == []
