"""Every code that is used has a template in English and in Chinese with the same parameters, and every template is used."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.messages.catalog import MODULES, TEMPLATES
from sluice.messages.render import _LOCALES
from sluice.messages.template import Plural, Template, fields_of
from sluice.translations import load_translations

ROOT = Path(__file__).parents[3]
ROOMS = ("sluice", "checks", "cleaning", "detectors", "recommender", "dashboard")
MAKERS = ("of", "message_column")  # Message.of("code", …), message_column("code", …)


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if ("sluice/messages" not in path.as_posix() or path.name == "failures.py") and path.name != "message.py":
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def built() -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """Where a message is made, its code and its parameters; None where they are handed on as a mapping."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = ast.unparse(node.func).removesuffix("()")
            code = node.args[1:2] if name == "make_error" else node.args[:1]
            if name in ("Message.of", "message_column", "make_error") and code and isinstance(code[0], ast.Constant):
                keys = [keyword.arg for keyword in node.keywords]
                yield f"{path.relative_to(ROOT)}:{node.lineno}", str(code[0].value), None if None in keys else frozenset(key for key in keys if key)


def sentences(template: Template) -> tuple[str, ...]:
    return (template.one, template.many) if isinstance(template, Plural) else (template,)


def params_of(template: Template) -> frozenset[str]:
    return frozenset().union(*(fields_of(sentence) for sentence in sentences(template)), {template.by} if isinstance(template, Plural) else ())


def test_every_code_that_is_used_has_a_template_with_its_parameters() -> None:
    wrong = [
        f"{where}: {code} {'has no template' if code not in TEMPLATES else f'needs {sorted(params_of(TEMPLATES[code]))}, has {sorted(keys or ())}'}"
        for where, code, keys in built()
        if code not in TEMPLATES or (keys is not None and keys != params_of(TEMPLATES[code]))
    ]
    assert wrong == []


def test_every_template_is_used() -> None:
    texts = {node.value for _, tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    inner = {"age_hours", "age_days", "gate_overridden"}  # the last one stands in decisions that earlier versions recorded
    assert {code for module in MODULES for code in module.TEMPLATES} - texts - inner == set()


def test_no_code_is_given_twice() -> None:
    codes = [code for module in MODULES for code in module.TEMPLATES]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("code", sorted(TEMPLATES.keys() - {"text", "several"}))
def test_a_template_is_there_in_chinese_with_the_same_parameters(code: str) -> None:
    template = TEMPLATES[code]
    if isinstance(template, Plural):
        chinese = load_translations(_LOCALES, "zh").npgettext(code, template.one, template.many, 2)
        assert chinese not in (template.one, template.many)
        assert fields_of(chinese) == fields_of(template.many)
    else:
        chinese = load_translations(_LOCALES, "zh").pgettext(code, template)
        assert chinese != template or not re.search(r"[a-z]", re.sub(r"\{[^}]*\}", "", template)), "English"
        assert fields_of(chinese) == fields_of(template)
