"""Read a Great Expectations suite in JSON as the steps that it would be in sluice.yaml."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sluice.config.model import Step
from sluice.errors import InvalidValue
from sluice.messages import make_error


def read_suite(path: Path) -> list[Step]:
    """Read the steps of a Great Expectations suite in JSON; `meta.sluice` may hold on_fail and dimension.

    Raises:
        ValueError: The file does not exist, or is no suite.
    """
    try:
        suite = json.loads(path.read_text(encoding="utf-8"))
        return [_step(expectation) for expectation in suite["expectations"]]
    except OSError as error:
        raise make_error(InvalidValue, "suite_file_unreadable", path=str(path), error=error.strerror) from None
    except json.JSONDecodeError as error:
        raise make_error(InvalidValue, "suite_file_no_json", path=str(path), line=error.lineno, error=error.msg) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise make_error(InvalidValue, "suite_file_without_rules", path=str(path)) from None


def line_of_setting(path: Path, index: int, key: str = "") -> int:
    """Return the line, counted from 1, of an expectation in a suite that was read before, or of one of its settings; 1 where it cannot be told.

    Args:
        path: The suite.
        index: Position of the expectation.
        key: Name of the setting; empty for the expectation itself.
    """
    text, decoder = path.read_text(encoding="utf-8"), json.JSONDecoder()
    position = text.find("[", text.find('"expectations"')) + 1
    for _ in range(index):
        end = decoder.raw_decode(text, _skip(text, position))[1]
        position = _skip(text, end) + 1  # behind the comma
    begin = _skip(text, position)
    end = decoder.raw_decode(text, begin)[1]
    place = text.find(f'"{key}"', begin, end) if key else begin
    return text.count("\n", 0, max(place, begin)) + 1


def _skip(text: str, position: int) -> int:
    while text[position] in " \t\r\n":
        position += 1
    return position


def _step(expectation: Mapping[str, Any]) -> Step:
    shared = {key: expectation[key] for key in ("severity", "description") if expectation.get(key)}
    sluice_settings = (expectation.get("meta") or {}).get("sluice") or {}
    kwargs = {key: value for key, value in (expectation.get("kwargs") or {}).items() if key != "batch_id"}
    return Step(name=expectation.get("type") or expectation["expectation_type"], settings={**kwargs, **shared, **sluice_settings})
