"""Change settings of `recommender` in the text of sluice.yaml: what is not changed, comments and layout included, stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sluice.config.recommender import DEFAULT_MODELS
from sluice.config.renamed import rename_step
from sluice.config.write import write_value
from sluice.errors import UsageError
from sluice.messages import make_error

_Change: TypeAlias = tuple[int, int, str]  # where it begins and ends in the text, and what stands there instead
Numbers: TypeAlias = Mapping[str, float]


def change_recommender(text: str, shared: Numbers, models: Mapping[str, Numbers]) -> str:
    r"""Give settings of the recommender and of its models other values.

    Args:
        text: Text of sluice.yaml, which can be read and has a `recommender`.
        shared: Values of the settings of the recommender.
        models: Values of the settings of each model.

    Raises:
        UsageError: A setting is written in a way that no value can be put in its place.

    Example:
        >>> text = "recommender:\n  events: e  # who did what\n  epochs: 8  # enough\n"
        >>> print(change_recommender(text, {"epochs": 12}, {"two_tower": {"dropout": 0.1}}).splitlines()[-2:])
        ['  epochs: 12  # enough', '  models: [cooccurrence, {two_tower: {dropout: 0.1}}, content_knn, blend]']
    """
    tree: Node = YAML(typ="rt").compose(text)
    node = _value(tree, "recommender")
    if not isinstance(node, MappingNode):
        raise make_error(UsageError, "recommender_unconfigured")
    written = {name: write_value(value) for name, value in shared.items()}
    if models and _value(node, "models") is None:
        written["models"] = _listed(models)
        models = {}
    changes = [*_settings(text, node, written), *_models(text, _value(node, "models"), models)]
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _listed(models: Mapping[str, Numbers]) -> str:
    return "[" + ", ".join(_step(name, models[name]) if name in models else name for name in DEFAULT_MODELS) + "]"


def _step(name: str, settings: Numbers, *, braces: bool = True) -> str:
    step = f"{name}: {{{', '.join(f'{key}: {write_value(value)}' for key, value in settings.items())}}}"
    return f"{{{step}}}" if braces else step


def _models(text: str, node: Node | None, models: Mapping[str, Numbers]) -> Iterator[_Change]:
    items = node.value if isinstance(node, SequenceNode) else []
    braces = isinstance(node, SequenceNode) and bool(node.flow_style)
    for name, settings in models.items():
        item = next((item for item in items if _name(item) == name), None)
        if isinstance(item, ScalarNode):
            yield item.start_mark.index, item.end_mark.index, _step(name, settings, braces=braces)
        elif isinstance(item, MappingNode) and isinstance(item.value[0][1], MappingNode):
            renamed = {rename_step("models", name, {str(key.value): 0})[1].popitem()[0]: str(key.value) for key, _ in item.value[0][1].value}
            yield from _settings(text, item.value[0][1], {renamed.get(key, key): write_value(value) for key, value in settings.items()})
        else:
            raise make_error(UsageError, "edit_no_setting", setting=name)


def _name(item: Node) -> str:
    """Return the present name of a model in the list."""
    name = item.value[0][0].value if isinstance(item, MappingNode) else item.value
    return rename_step("models", str(name), {})[0]


def _settings(text: str, node: MappingNode, written: Mapping[str, str]) -> Iterator[_Change]:
    """Yield what gives settings of a mapping other values, or adds them."""
    pairs = {str(key.value): value for key, value in node.value}
    for name, value in written.items():
        if name in pairs:
            if not _is_closed(pairs[name]):
                raise make_error(UsageError, "edit_no_setting", setting=name)
            yield pairs[name].start_mark.index, pairs[name].end_mark.index, value
    added = [f"{name}: {value}" for name, value in written.items() if name not in pairs]
    closed = [(key, value) for key, value in node.value if _is_closed(value)]
    if not added:
        return
    if not closed:
        raise make_error(UsageError, "edit_no_setting", setting=added[0].partition(":")[0])
    key, last = closed[-1]
    if node.flow_style:
        yield last.end_mark.index, last.end_mark.index, "".join(f", {line}" for line in added)
        return
    end = text.find("\n", last.end_mark.index)
    end = len(text) if end < 0 else end - (text[end - 1] == "\r")
    indent = ("\r\n" if text[end : end + 1] == "\r" else "\n") + " " * key.start_mark.column
    yield end, end, "".join(indent + line for line in added)


def _value(node: Node | None, key: str) -> Node | None:
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _is_closed(node: Node) -> bool:
    """Return True where a value has an end of its own: the end of a block is where the next one begins."""
    return (isinstance(node, ScalarNode) and node.style not in ("|", ">")) or bool(getattr(node, "flow_style", False))
