"""What pydantic finds wrong is described by the type of its error: in its own words in English, and in Chinese."""

import string
from typing import Any, Literal

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core._pydantic_core import list_all_errors

from sluice.config.load import read
from sluice.config.mistakes import CODES, describe_mistake
from sluice.domain import Message
from sluice.errors import ConfigError
from sluice.messages import render
from sluice.messages.catalog import TEMPLATES
from sluice.messages.template import Plural

OWN_WORDS = {"missing", "extra_forbidden", "tuple_type", "list_type", "dict_type", "mapping_type", "model_type", "model_attributes_type"}
PYDANTIC: dict[str, str] = {error["type"]: error["message_template_python"] for error in list_all_errors()}


@pytest.mark.parametrize("kind", sorted(CODES.keys() - OWN_WORDS))
def test_a_template_says_what_pydantic_says(kind: str) -> None:
    template, expected = TEMPLATES[CODES[kind]], PYDANTIC[kind].replace("Input should", "must").replace("String should", "must")
    if isinstance(template, Plural):
        assert (template.one, template.many) == (expected.replace("{expected_plural}", ""), expected.replace("{expected_plural}", "s"))
    else:
        assert template == expected
    assert {name for _, name, _, _ in string.Formatter().parse(PYDANTIC[kind]) if name} >= {
        name for _, name, _, _ in string.Formatter().parse(str(template)) if name
    }


@pytest.mark.parametrize(
    ("kind", "value", "english", "chinese"),
    [
        (int, "many", "must be a valid integer, unable to parse string as an integer", "须为整数\uff0c无法将文本读作整数"),
        (Literal["a", "b"], "c", "must be 'a' or 'b'", "须为以下之一\uff1a'a' or 'b'"),
        (tuple[int, ...], 3, "must be a list, in brackets: [value, ...]", "须为列表\uff0c写在方括号中\uff1a[值, ...]"),
    ],
)
def test_a_mistake_is_described_in_both_languages(kind: Any, value: object, english: str, chinese: str) -> None:
    with pytest.raises(ValidationError) as error:
        TypeAdapter(kind).validate_python(value)
    message = describe_mistake(error.value.errors()[0])
    assert (render(message), render(message, "zh")) == (english, chinese)


def test_an_error_of_another_type_keeps_its_sentence() -> None:
    with pytest.raises(ValidationError) as error:
        TypeAdapter(type).validate_python(3)
    assert describe_mistake(error.value.errors()[0]) == Message.text("Input should be a type")


@pytest.mark.parametrize(
    ("setting", "nearest"),
    [("x: {type: strng}", "string"), ("x: {type: float}", "number"), ("x: {type: datetime}", "timestamp"), ("x: {type: INT}", "integer")],
)
def test_a_wrong_type_is_reported_with_the_word_that_was_meant(setting: str, nearest: str) -> None:
    text = f"datasets: {{a: {{source: {{files: landing/a.csv}}, columns: {{{setting}}}}}}}"
    with pytest.raises(ConfigError) as error:
        read(text.encode(), "sluice.yaml", {})
    assert str(error.value).endswith(f"; did you mean {nearest}?")


def test_a_wrong_mode_is_reported_with_the_word_that_was_meant() -> None:
    with pytest.raises(ConfigError) as error:
        read(b"datasets: {a: {source: {files: landing/a.csv}, mode: merge, columns: {x: {type: string}}}}", "sluice.yaml", {})
    assert "did you mean upsert?" in str(error.value)
