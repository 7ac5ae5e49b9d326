"""Reach a language model over HTTP, within a budget, with every answer recorded."""

from __future__ import annotations

from sluice.language_model.asking import Answered, Asking, NotAnswered
from sluice.language_model.chat import ChatServer

__all__ = ["Answered", "Asking", "ChatServer", "NotAnswered"]
