"""Take the folder of the shop out of messages: whoever reads them in a browser knows no path of the server."""

from __future__ import annotations

from pathlib import Path

from sluice.domain import Message
from sluice.domain.message import Param


def without_folder(message: Message, folder: Path) -> Message:
    """Return a message whose paths begin at a folder.

    Example:
        >>> str(without_folder(Message.text("/srv/shop/landing/a.csv is gone"), Path("/srv/shop")))
        'landing/a.csv is gone'
    """
    return Message(message.code, {name: _shortened(param, folder) for name, param in message.params.items()})


def _shortened(param: Param, folder: Path) -> Param:
    if isinstance(param, Message):
        return without_folder(param, folder)
    if isinstance(param, tuple):
        return tuple(_shortened(part, folder) for part in param)
    return param.replace(f"{folder}/", "").replace(str(folder), ".") if isinstance(param, str) else param
