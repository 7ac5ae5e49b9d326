"""What is raised for a person is a code with parameters: no error is made of a finished sentence, which nobody could translate without reading it back."""

import ast
import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice import errors
from sluice.domain import Message
from sluice.errors import ConfigError, InvalidValue, Panicked, UsageError
from sluice.messages import error_message, make_error, make_problem, missing_extra, render

ROOT = Path(__file__).parents[3]
ROOMS = ("sluice", "checks", "cleaning", "detectors", "recommender", "dashboard")
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.SluiceError | InvalidValue | errors.Problem)}
OTHER_KINDS = {"Irregular", "CellTooLarge"}  # of sources
REFUSING = {  # settings and lines are refused with InvalidValue there; elsewhere a ValueError is caught by its caller, who says what it means
    "cleaning": ("__post_init__",),
    "detectors": ("__post_init__",),
    "checks/expectations": ("__post_init__",),
    "sluice/config": (),  # everywhere
}


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call of the program: its file, the function that it stands in, and itself."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield from ((path.relative_to(ROOT).as_posix(), function, call) for function, call in within(ast.parse(path.read_text(encoding="utf-8")), ""))


def within(node: ast.AST, function: str) -> Iterator[tuple[str, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield function, child
        yield from within(child, child.name if isinstance(child, ast.FunctionDef) else function)


def is_sentence(call: ast.Call) -> bool:
    return any(isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)) for node in call.args)


def test_no_error_is_made_of_a_finished_sentence() -> None:
    wrong = {f"{path}:{call.lineno}" for path, _, call in calls() if ast.unparse(call.func) in KINDS | OTHER_KINDS and is_sentence(call)}
    assert wrong == set(), "raise make_error(...) with a code; the command line may use tr(...)"


def test_no_setting_is_refused_by_a_finished_sentence() -> None:
    wrong = {
        f"{path}:{call.lineno}"
        for path, function, call in calls()
        for room, functions in REFUSING.items()
        if path.startswith(room) and ast.unparse(call.func) in ("ValueError", "Problem", "SettingsError") and is_sentence(call)
        if not functions or function in functions
    }
    assert wrong == set(), "raise make_error(InvalidValue, ...)"


def test_an_error_keeps_its_reason_in_another_process() -> None:  # a copy is made of the same parts as what is sent
    error = copy.deepcopy(make_error(UsageError, "no_such_dataset", dataset="evnts", file="sluice.yaml", datasets=("items", "events")))
    assert str(error) == "no dataset is called 'evnts'; sluice.yaml has items, events"
    assert render(error_message(error), "zh") == "没有名为 'evnts' 的数据集\uff1bsluice.yaml 中有 items, events"


def test_each_mistake_of_a_configuration_is_chinese_on_a_line_of_its_own() -> None:
    problems = [make_problem(3, "datasets.items", Message.of("value_missing")), make_problem(9, "seed", Message.of("value_no_integer"))]
    error = copy.deepcopy(ConfigError("sluice.yaml", problems))
    assert str(error) == render(error_message(error)) == "sluice.yaml:3: datasets.items: is missing\nsluice.yaml:9: seed: must be a valid integer"
    assert render(error_message(error), "zh").splitlines() == ["sluice.yaml:3\uff1adatasets.items\uff1a缺失", "sluice.yaml:9\uff1aseed\uff1a须为整数"]


def test_a_reason_may_be_given_as_a_message() -> None:
    error = make_error(InvalidValue, Message.of("value_missing"))
    assert (str(error), error_message(error)) == ("is missing", Message.of("value_missing"))


@pytest.mark.parametrize(
    ("error", "chinese"),
    [
        (missing_extra(ModuleNotFoundError(name="apprise")), "未安装 apprise\uff1b`pip install 'sluice[alerts]'` 可安装"),
        (ValueError("of another program"), "of another program"),
    ],
)
def test_an_error_is_rendered_in_chinese(error: BaseException, chinese: str) -> None:
    assert render(error_message(error), "zh") == chinese


def test_a_panic_is_rendered_in_chinese() -> None:
    panicked = Panicked("a library panicked: index out of bounds")
    panicked.problem = "index out of bounds"
    assert render(error_message(panicked)) == str(panicked)
    assert render(error_message(panicked), "zh") == "某个库发生内部错误\uff1aindex out of bounds"
