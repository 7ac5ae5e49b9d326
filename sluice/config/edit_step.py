"""Change the settings of one rule in the text of sluice.yaml: what is not changed, comments and layout included, stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sluice.config.edit import replace_step
from sluice.config.model import Step
from sluice.config.renamed import rename_step
from sluice.config.write import step_line, write_value
from sluice.errors import UsageError
from sluice.messages import make_error

_Change: TypeAlias = tuple[int, int, str]  # where it begins and ends in the text, and what stands there instead


def change_step(text: str, dataset: str, position: int, settings: Mapping[str, object]) -> str:
    r"""Give a rule of the suite of a dataset other settings.

    Args:
        text: Text of sluice.yaml, which can be read.
        dataset: Name of a dataset in it.
        position: Position of the rule in the suite.
        settings: All settings that it is to have.

    Raises:
        UsageError: The suite is written within brackets, or is a file, or has no such rule.

    Example:
        >>> text = "datasets:\n  items:\n    suite:\n      - a: {column: b, max_value: 3}  # why\n"
        >>> print(change_step(text, "items", 0, {"column": "b", "max_value": 5, "mostly": 0.9}).splitlines()[-1])
              - a: {column: b, max_value: 5, mostly: 0.9}  # why
    """
    node = _node(text, dataset, position)
    item = YAML(typ="rt").load(text)["datasets"][dataset]["suite"][position]
    ((name, present),) = item.items() if isinstance(item, dict) else ((item, None),)
    name, renamed = rename_step("suite", str(name), dict(present or {}))
    if not present or renamed != present or not _is_editable(node):
        return replace_step(text, dataset, position, step_line(Step(name=name, settings=settings), _comment(text, node)))
    for start, end, new in sorted(_changes(text, node.value[0][1], present, settings), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _node(text: str, dataset: str, position: int) -> Node:
    tree: Node = YAML(typ="rt").compose(text)
    suite = _value(_value(_value(tree, "datasets"), dataset), "suite")
    if not isinstance(suite, SequenceNode) or position >= len(suite.value):
        raise make_error(UsageError, "edit_no_rule", dataset=dataset, number=position + 1)
    node: Node = suite.value[position]
    return node


def _value(node: Node | None, key: str) -> Node | None:
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _is_editable(node: Node) -> bool:
    """Return True where each setting has a beginning and an end of its own: the end of a block is where the next one begins."""
    settings = node.value[0][1] if isinstance(node, MappingNode) else None
    pairs = settings.value if isinstance(settings, MappingNode) else []
    return bool(pairs) and all(isinstance(value, ScalarNode) or value.flow_style for _, value in pairs)


def _changes(text: str, node: MappingNode, present: Mapping[str, object], settings: Mapping[str, object]) -> Iterator[_Change]:
    pairs = {str(key.value): (key, value) for key, value in node.value}
    for name, (_, value) in pairs.items():
        if name in settings and settings[name] != present[name]:
            yield value.start_mark.index, value.end_mark.index, write_value(settings[name])
    remaining = [name for name in pairs if name in settings]
    yield from _removals(text, node, pairs, remaining)
    added = [f"{name}: {write_value(value)}" for name, value in settings.items() if name not in pairs]
    if added:
        key, value = pairs[remaining[-1]]
        if node.flow_style:
            yield value.end_mark.index, value.end_mark.index, "".join(f", {line}" for line in added)
        else:
            end = _end_of_line(text, value.end_mark.index)
            indent = ("\r\n" if text[end : end + 1] == "\r" else "\n") + " " * key.start_mark.column
            yield end, end, "".join(f"{indent}{line}" for line in added)


def _removals(text: str, node: MappingNode, pairs: Mapping[str, tuple[ScalarNode, Node]], remaining: Sequence[str]) -> Iterator[_Change]:
    """Yield what takes settings away: in braces with the comma before or after, else with their lines."""
    names = list(pairs)
    for place, name in enumerate(names):
        if name in remaining:
            continue
        key, value = pairs[name]
        if not node.flow_style:
            start = text.rfind("\n", 0, key.start_mark.index) + 1
            yield start, text.find("\n", value.end_mark.index) + 1 or len(text), ""
        elif place and not any(one in remaining for one in names[place + 1 :]):
            yield pairs[names[place - 1]][1].end_mark.index, value.end_mark.index, ""
        else:
            yield key.start_mark.index, pairs[names[place + 1]][0].start_mark.index, ""


def _end_of_line(text: str, index: int) -> int:
    """Return where the line ends, before the characters that end it."""
    end = text.find("\n", index)
    return len(text) if end < 0 else end - (text[end - 1] == "\r")


def _comment(text: str, node: Node) -> str:
    """Return the comment behind the first line of a rule."""
    line = text[node.start_mark.index : _end_of_line(text, node.start_mark.index)]
    return line.partition(" #")[2].strip()
