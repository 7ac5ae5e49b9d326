"""Read sluice.yaml (YAML 1.2, no aliases, no code), and report every mistake with its line and the nearest known word."""

from __future__ import annotations

import difflib
import inspect
import io
import logging
import os
import re
import typing
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import AliasToken

from sluice.config.alert_names import misnamed_in_alerts
from sluice.config.mistakes import describe_mistake
from sluice.config.models import Config
from sluice.config.naming import Misnamed, misnamed
from sluice.config.near_words import choices_of, near_word
from sluice.config.renamed import Location, rename
from sluice.config.suites import mistakes_in_suites
from sluice.domain import EMPTY, Message
from sluice.errors import ConfigError, Problem, UsageError
from sluice.messages import make_error, make_problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

MAX_BYTES = 2**20
_LOG = logging.getLogger("sluice.config")
_ALIAS = re.compile(r"(?:^|[\s\[{,:?-])\*")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def load(path: str | Path, environment: Mapping[str, str] | None = None, *, quiet: bool = False) -> Config:
    """Read a configuration file.

    Args:
        path: Path of the file.
        environment: Values of `${NAME}`; the environment of the process unless given.
        quiet: Log no notice about settings that have another name now.

    Raises:
        UsageError: There is no such file.
        ConfigError: It is wrong; holds every mistake.
    """
    path = Path(path)
    if not path.is_file():
        raise make_error(UsageError, "config_not_there", path=str(path))
    return read(path.read_bytes(), str(path), os.environ if environment is None else environment, quiet=quiet).at(path.resolve().parent)


def read(content: bytes, path: str, environment: Mapping[str, str], *, quiet: bool = False) -> Config:
    """Read a configuration from its bytes; `path` is named in mistakes and notices.

    Example:
        >>> text = b"datasets: {items: {source: {files: items/*.csv}, columns: {sku: {type: string}}}}"
        >>> read(text, "sluice.yaml", {}).datasets["items"].mode
        'append'

    Raises:
        ConfigError: It is wrong; holds every mistake.
    """
    tree = _parse(content, path)
    for setting in rename(tree):
        if not quiet:
            _LOG.warning("%s:%d: %s is called %s now", path, line_of(tree, setting.where), setting.old, setting.new)
    filled, unset = _fill(tree, environment)
    problems = [make_problem(line_of(tree, where), dotted(where), Message.of("variable_unset", name=name)) for where, name in unset]
    problems += _misnamed(tree, mistakes_in_suites(filled, Path(path).resolve().parent))
    try:
        config = Config.model_validate(filled)
    except ValidationError as error:
        problems += [_problem(tree, mistake) for mistake in error.errors()]
        raise ConfigError(path, sorted(problems, key=lambda problem: problem.line)) from None
    problems += _misnamed(tree, (*misnamed(config), *misnamed_in_alerts(config, Path(path).resolve().parent)))
    if problems:
        raise ConfigError(path, sorted(problems, key=lambda problem: problem.line))
    return config


def _misnamed(tree: CommentedMap, wrong: Iterable[Misnamed]) -> list[Problem]:
    return [make_problem(line_of(tree, one.where), dotted(one.where), with_hint(one.message, did_you_mean(one.name, one.candidates))) for one in wrong]


def _parse(content: bytes, path: str) -> CommentedMap:
    if len(content) > MAX_BYTES:
        raise ConfigError(path, [make_problem(1, "file", Message.of("config_too_large", limit=MAX_BYTES))])
    try:
        text = content.decode("utf-8-sig")
        aliases = _lines_of_aliases(text)
        tree = YAML(typ="rt").load(text)
    except UnicodeDecodeError as error:
        raise ConfigError(path, [make_problem(1, "file", Message.of("config_not_utf8", byte=error.start))]) from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(path, [make_problem(line, "YAML", Message.text(error.problem) if error.problem else Message.of("yaml_unreadable"))]) from None
    except YAMLError as error:
        raise ConfigError(path, [make_problem(1, "YAML", Message.text(str(error).splitlines()[0]))]) from None
    if aliases:
        raise ConfigError(path, [make_problem(line, "YAML", Message.of("yaml_alias")) for line in aliases])
    if not isinstance(tree, CommentedMap):
        raise ConfigError(path, [make_problem(1, "file", Message.of("config_without_keys"))])
    return tree


def _lines_of_aliases(text: str) -> list[int]:
    """Return the lines of aliases (*name); most files have no star that could begin one, and are not scanned."""
    if not _ALIAS.search(text):
        return []
    return [token.start_mark.line + 1 for token in YAML(typ="rt").scan(io.StringIO(text)) if isinstance(token, AliasToken)]


def _fill(tree: object, environment: Mapping[str, str]) -> tuple[object, list[tuple[Location, str]]]:
    """Return plain dicts and lists with `${NAME}` and `${NAME:-default}` filled in, and the variables that are not set."""
    unset: list[tuple[Location, str]] = []

    def fill(node: object, where: Location) -> object:
        if isinstance(node, Mapping):
            return {str(key): fill(value, (*where, str(key))) for key, value in node.items()}
        if isinstance(node, list):
            return [fill(value, (*where, index)) for index, value in enumerate(node)]
        return _VARIABLE.sub(lambda match: value_of(match, where), node) if isinstance(node, str) else node

    def value_of(match: re.Match[str], where: Location) -> str:
        value = environment.get(match[1], match[2])
        if value is None:
            unset.append((where, match[1]))
        return value or ""

    return fill(tree, ()), unset


def _problem(tree: CommentedMap, mistake: ErrorDetails) -> Problem:
    loc = mistake["loc"]
    where = _real(tree, loc)
    if mistake["type"] == "extra_forbidden":
        reason = Message.of("key_unknown", hint=did_you_mean(str(loc[-1]), _allowed(loc[:-1])))
        return make_problem(line_of(tree, where), dotted(where), reason)
    reason = with_hint(describe_mistake(mistake), _nearest_choice(mistake))
    return make_problem(line_of(tree, where), dotted(loc if mistake["type"] == "missing" else where), reason)


def _nearest_choice(mistake: ErrorDetails) -> Message:
    """Return the hint at the word that was meant where a value is none of a few; empty where none is near."""
    word, expected = mistake.get("input"), mistake.get("ctx", {}).get("expected")
    near = near_word(word, choices_of(expected)) if isinstance(word, str) and isinstance(expected, str) else None
    return Message.of("did_you_mean", name=near) if near else EMPTY


def _real(tree: object, loc: Location) -> Location:
    """Return the part of a pydantic location that stands in the file (union branches do not)."""
    real: list[int | str] = []
    for part in loc:
        if (isinstance(tree, CommentedMap) and part in tree) or (isinstance(tree, CommentedSeq) and isinstance(part, int) and part < len(tree)):
            tree = tree[part]
            real.append(part)
    return tuple(real)


def line_of(tree: object, where: Location) -> int:
    """Return the line, counted from 1, of a location in a parsed file."""
    line = 0
    for part in where:
        if isinstance(tree, CommentedMap) and part in tree:
            line = tree.lc.key(part)[0]
        elif isinstance(tree, CommentedSeq) and isinstance(part, int) and part < len(tree):
            line = tree.lc.item(part)[0]
        else:
            break
        tree = tree[part]
    return line + 1


def line_in(path: Path, where: Location) -> int:
    """Return the line of a location in a configuration file that was read before."""
    tree = _parse(path.read_bytes(), str(path))
    rename(tree)
    return line_of(tree, where)


def dotted(where: Location) -> str:
    """Return a location as people write it: datasets.events.columns."""
    return ".".join(str(part) for part in where) or "file"


def did_you_mean(word: str, candidates: Sequence[str]) -> Message:
    """Return the end of a message about an unknown word: the nearest known one, else all of them; empty where there are none.

    Example:
        >>> from sluice.messages import render
        >>> render(did_you_mean("colums", ["columns", "clean"]))
        '; did you mean columns?'
    """
    near = difflib.get_close_matches(word, candidates, n=1, cutoff=0.6)
    if near:
        return Message.of("did_you_mean", name=near[0])
    return Message.of("known_names", names=tuple(sorted(candidates))) if candidates else EMPTY


def with_hint(reason: Message, hint: Message) -> Message:
    """Return a reason with the end of a message; the reason itself where that is empty."""
    return Message.of("with_hint", reason=reason, hint=hint) if hint else reason


def _allowed(loc: Location) -> list[str]:
    """Return the keys that a location of the configuration may hold."""
    model: object = Config
    for part in loc:
        models = list(_models_in(model))
        fields = [part_of.model_fields[str(part)].annotation for part_of in models if str(part) in part_of.model_fields]
        named = [part_of for part_of in models if part_of.__name__ == part]
        model = fields[0] if fields else named[0] if named else model
    return sorted({field.alias or name for part_of in _models_in(model) for name, field in part_of.model_fields.items()})


def _models_in(annotation: object) -> typing.Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for inner in typing.get_args(annotation):
        yield from _models_in(inner)
