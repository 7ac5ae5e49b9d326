"""Choose the language of the command line, and write its sentences in that language: the catalogues below `locales` name them by their English text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from sluice.translations import load_translations

if TYPE_CHECKING:
    from sluice.domain import Message

LOCALES = Path(__file__).parent / "locales"
Spoken: TypeAlias = Literal["en", "zh"]
ENGLISH: Literal["en"] = "en"
CHINESE: Literal["zh"] = "zh"
COLUMN = "column"  # the context, in a catalogue, of the headers of tables
WORD = "word"  # the context of stored words, such as states, that stand in cells and sentences
_KEY = re.compile(r"""^language[ \t]*:[ \t]*["']?([a-z]+)""", re.MULTILINE)
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set counts
_CHOSEN: dict[str, Spoken] = {"language": ENGLISH}  # one for the process: the threads of `sluice serve` write in it too


def choose_language(configuration: str, environment: Mapping[str, str]) -> Spoken:
    r"""Return the language of the command line: the one that sluice.yaml names, else that of the environment, as gettext reads it, else English.

    Args:
        configuration: Text of sluice.yaml; empty where there is none. It need not be valid, so that its mistakes are listed in its language.
        environment: Variables of the environment.

    Example:
        >>> choose_language("shop: Cups\nlanguage: zh\n", {"LANG": "de_DE.UTF-8"}), choose_language("", {"LANG": "zh_CN.UTF-8"}), choose_language("", {})
        ('zh', 'zh', 'en')
    """
    if match := _KEY.search(configuration):
        return CHINESE if match[1] == CHINESE else ENGLISH
    locale = next((value for name in _LOCALE if (value := environment.get(name))), "")
    if locale in ("C", "POSIX"):  # of scripts that read the output
        return ENGLISH
    preferred = [name.replace("-", "_").split("_")[0].split(".")[0].lower() for name in (environment.get("LANGUAGE") or locale).split(":")]
    return CHINESE if next((name for name in preferred if name in (ENGLISH, CHINESE)), ENGLISH) == CHINESE else ENGLISH


def writes_json(arguments: Sequence[str]) -> bool:
    """Return True where a command line requests JSON, whose reader is a program: nothing of its output depends on a language.

    Example:
        >>> writes_json(["gate", "events", "--format", "json"]), writes_json(["gate", "events"])
        (True, False)
    """
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return any(first in ("--format=json", "-fjson") or (first in ("-f", "--format") and second == "json") for first, second in pairs)


def speak(language: Spoken) -> None:
    """Set the language in which this process writes."""
    _CHOSEN["language"] = language


def spoken() -> Spoken:
    """Return the language in which this process writes."""
    return _CHOSEN["language"]


def tr(english: str, /, **values: object) -> str:
    """Return a sentence in the chosen language, its fields filled in.

    Example:
        >>> tr("no dataset is called {name}", name="cups")
        'no dataset is called cups'
    """
    text = english if spoken() == ENGLISH else load_translations(LOCALES, spoken()).gettext(english)
    return text.format(**values) if values else text


def ntr(one: str, many: str, count: int, /, **values: object) -> str:
    """Return a sentence that depends on a number in the chosen language, its fields filled in; `{count}` is the number.

    Example:
        >>> ntr("1 file", "{count} files", 1200)
        '1,200 files'
    """
    chosen = one if count == 1 else many
    text = chosen if spoken() == ENGLISH else load_translations(LOCALES, spoken()).ngettext(one, many, count)
    return text.format(count=f"{count:,}", **values)


def header(column: str) -> str:
    """Return the header of a column of a table; one without a translation, such as the name of a shop's column, stays as it is."""
    return column if spoken() == ENGLISH else load_translations(LOCALES, spoken()).pgettext(COLUMN, column)


def word(stored: str) -> str:
    """Return a stored word, such as a state; one without a translation stays as it is."""
    return stored if spoken() == ENGLISH else load_translations(LOCALES, spoken()).pgettext(WORD, stored)


def stage_word(stage: str) -> str:
    """Return the name of a stage of a run (`sluice.ports.stages`), for which other words stand in a row's life; or another step, stored as a message."""
    if stage.startswith("{"):
        from sluice.domain import Message

        return render(Message.loads(stage))
    return stage if spoken() == ENGLISH else load_translations(LOCALES, spoken()).pgettext("stage", stage)


def render(message: Message) -> str:
    """Return the sentence of a message in the chosen language."""
    from sluice.messages import render

    return render(message, spoken())


def error_text(error: BaseException) -> str:
    """Return the reason of an error in the chosen language; its text where it has no code."""
    if spoken() == ENGLISH:
        return str(error)
    from sluice.messages import error_message

    return render(error_message(error))


def render_for(dataset: str, file: str, message: Message) -> str:
    """Return the sentence of a message behind its dataset and file, in the chosen language."""
    from sluice.messages import render_for

    return render_for(dataset, file, message, spoken())
