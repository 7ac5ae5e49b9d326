"""What the dashboard says, in the reader's language: English stands in the code, other languages in catalogues of gettext's form (.po)."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from babel.messages.pofile import read_po

from sluice.domain import Message
from sluice.messages import render

LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "中文"}
SENTENCE = "sentence"  # the context, in a catalogue, of what the program's rules say with values filled in

_PLACE = re.compile(r"\\\{(\w+)\\\}")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language: texts by their English, and sentences by a pattern that finds the values in the English one."""

    texts: Mapping[str, str]
    sentences: tuple[tuple[re.Pattern[str], str], ...]

    def text(self, english: str) -> str:
        """The text in this language; the English one where there is none."""
        return self.texts.get(english) or english

    def sentence(self, english: str) -> str:
        """A finished English sentence in this language; its values are translated too where they can be."""
        if english in self.texts:
            return self.texts[english]
        for pattern, translation in self.sentences:
            if found := pattern.fullmatch(english):
                return translation.format(**{name: self.sentence(value) for name, value in found.groupdict().items()})
        return english


@functools.cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language; English, having none, is empty."""
    path = Path(__file__).parent / "locales" / language / "messages.po"
    if not path.is_file():
        return Catalogue({}, ())
    with path.open("rb") as file:
        messages = [(str(each.id), str(each.string), each.context) for each in read_po(file) if each.id and each.string]
    texts = {english: translation for english, translation, context in messages if context is None}
    told = sorted(((english, translation) for english, translation, context in messages if context == SENTENCE), key=_plain, reverse=True)
    sentences = [(_pattern(english), translation) for english, translation in told]
    return Catalogue(texts, tuple(sentences))


def _plain(told: tuple[str, str]) -> int:
    """How much of a sentence is fixed: the one that says most is tried first."""
    return len(re.sub(r"\{\w+\}", "", told[0]))


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(english)), re.DOTALL)


def choose() -> None:
    """Draw the switch; the choice stays with the session, and in the address for whoever it is sent to."""
    if "language" not in st.session_state:
        st.session_state["language"] = _wanted()
    st.sidebar.segmented_control("Language / 语言", list(LANGUAGES), key="language", format_func=LANGUAGES.__getitem__, required=True)
    st.query_params["lang"] = current()


def _wanted() -> str:
    asked = st.query_params.get("lang") or (st.context.locale or "")[:2]
    return asked if asked in LANGUAGES else "en"


def current() -> str:
    """The reader's language."""
    return st.session_state.get("language") or "en"


def tr(english: str, /, **values: object) -> str:
    """A text of the dashboard in the reader's language, its places filled in."""
    return catalogue(current()).text(english).format(**values)


def said(message: object) -> str:
    """What a rule, a job or the gate said, in the reader's language where a translation is known."""
    known = Message.loads(message) if isinstance(message, str) else Message.from_json(message)
    return catalogue(current()).sentence(str(known)) if known.code == "text" else render(known, current())
