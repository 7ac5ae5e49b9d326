"""Write summaries as JSON and Arrow, which other processes may read: reading them runs no code, unlike a pickle.

Frames are Arrow IPC streams beside the JSON text, which names them by number. Only classes that the reader names are read.
"""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

_ERRORS: Sequence[type[Exception]] = (pl.exceptions.ColumnNotFoundError, pl.exceptions.SchemaError, LookupError, TypeError, ValueError, Exception)
_PLAIN: Sequence[type] = (bool, int, float, str)


@dataclasses.dataclass(frozen=True, slots=True)
class Encoded:
    """Hold an encoded value.

    Attributes:
        text: The value as JSON.
        frames: Frames in it, as Arrow IPC streams.
    """

    text: str
    frames: tuple[bytes, ...] = ()


def encode(value: object) -> Encoded:
    """Encode a value: plain values, tuples, lists, dictionaries, sets, times, frames, exceptions and data classes of such.

    Example:
        >>> encode((3, frozenset({"b", "a"})))
        Encoded(text='{"tuple": [3, {"set": ["a", "b"]}]}', frames=())

    Raises:
        TypeError: It holds anything else.
    """
    frames: list[bytes] = []
    return Encoded(json.dumps(_encode(value, frames), ensure_ascii=False), tuple(frames))


def decode(encoded: Encoded, classes: Collection[type] = ()) -> Any:  # noqa: ANN401  # whatever was encoded
    """Return the value that was encoded.

    Args:
        encoded: The value.
        classes: Data classes that it may hold.

    Raises:
        ValueError: It holds a class that is not among them.

    Example:
        >>> decode(encode({"since": date(2026, 3, 1)}))
        {'since': datetime.date(2026, 3, 1)}
    """
    named = {cls.__name__: cls for cls in classes}
    return _decode(json.loads(encoded.text), encoded.frames, named)


def _encode(value: Any, frames: list[bytes]) -> Any:  # noqa: ANN401  # any value
    if value is None:
        return None
    for plain in _PLAIN:
        if isinstance(value, plain):
            return plain(value)  # a number that a configuration file writes is a subclass, which remembers how
    for kinds, (name, write) in _WRITERS.items():
        if isinstance(value, kinds):
            return {name: write(value, frames)}
    if dataclasses.is_dataclass(value):
        fields = {field.name: _encode(getattr(value, field.name), frames) for field in dataclasses.fields(value) if field.compare}
        return {"class": [type(value).__name__, fields]}
    raise TypeError(f"{type(value).__name__} is no value that other processes can read")


def _all(values: Iterable[Any], frames: list[bytes]) -> list[Any]:
    return [_encode(value, frames) for value in values]


def _members(values: Iterable[Any], frames: list[bytes]) -> list[Any]:
    """Return the members of a set in an order that is the same in each process."""
    return sorted(_all(values, frames), key=json.dumps)


def _frame(frame: pl.DataFrame, frames: list[bytes]) -> int:
    stream = io.BytesIO()
    frame.write_ipc_stream(stream)
    frames.append(stream.getvalue())
    return len(frames) - 1


def _time(value: datetime, _: list[bytes]) -> list[str | None]:
    return [value.isoformat(), value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None]


def _error(error: Exception, _: list[bytes]) -> list[Any]:
    """Describe an exception by its name, its text, and the first of the kinds that code tells apart."""
    return [type(error).__name__, str(error), next(place for place, kind in enumerate(_ERRORS) if isinstance(error, kind))]


_WRITERS: Mapping[type | tuple[type, ...], tuple[str, Callable[[Any, list[bytes]], Any]]] = {
    tuple: ("tuple", _all),
    list: ("list", _all),
    (set, frozenset): ("set", _members),
    Mapping: ("dict", lambda value, frames: [_all(pair, frames) for pair in value.items()]),
    datetime: ("datetime", _time),
    date: ("date", lambda value, _: value.isoformat()),
    pl.DataFrame: ("frame", _frame),
    pl.Series: ("series", lambda value, frames: _frame(value.to_frame(), frames)),
    Exception: ("error", _error),
    ZoneInfo: ("zone", lambda value, _: value.key),
}


def _decode(node: Any, frames: Sequence[bytes], classes: Mapping[str, type]) -> Any:  # noqa: ANN401  # any value
    if not isinstance(node, dict):
        return node
    ((name, content),) = node.items()
    return _READERS[name](content, lambda inner: _decode(inner, frames, classes), frames, classes)


def _read_time(content: Any, *_: object) -> datetime:  # noqa: ANN401  # JSON
    moment = datetime.fromisoformat(content[0])
    return moment if content[1] is None else moment.astimezone(ZoneInfo(content[1]))


def _read_class(content: Any, read: Callable[[Any], Any], _: object, classes: Mapping[str, type]) -> Any:  # noqa: ANN401  # JSON; one of the classes
    name, fields = content
    if name not in classes:
        raise ValueError(f"{name} is no class that is read here")
    return classes[name](**{field: read(inner) for field, inner in fields.items()})


def _read_error(content: Any, *_: object) -> Exception:  # noqa: ANN401  # JSON
    name, text, kind = content
    error: Exception = type(name, (_ERRORS[kind],), {"__str__": lambda _: text})(text)
    return error


_READERS: Mapping[str, Callable[..., Any]] = {
    "tuple": lambda content, read, *_: tuple(map(read, content)),
    "list": lambda content, read, *_: list(map(read, content)),
    "set": lambda content, read, *_: frozenset(map(read, content)),
    "dict": lambda content, read, *_: {read(name): read(value) for name, value in content},
    "datetime": _read_time,
    "date": lambda content, *_: date.fromisoformat(content),
    "frame": lambda content, _, frames, __: pl.read_ipc_stream(frames[content]),
    "series": lambda content, _, frames, __: pl.read_ipc_stream(frames[content]).to_series(),
    "error": _read_error,
    "zone": lambda content, *_: ZoneInfo(content),
    "class": _read_class,
}
