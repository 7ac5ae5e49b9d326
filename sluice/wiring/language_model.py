"""Connect the language model that the configuration names with what records its answers."""

from __future__ import annotations

import functools
import os
import time

from sluice.config import Config
from sluice.errors import UsageError
from sluice.language_model import Asking, ChatServer
from sluice.messages import make_error
from sluice.store import SqlStore
from sluice.wiring import clock


def chat_server_of(config: Config) -> ChatServer:
    """Return what calls the configured language model.

    Raises:
        UsageError: None is configured, or its key is not in the environment.
    """
    settings = config.language_model
    if settings is None:
        raise make_error(UsageError, "language_model_not_configured")
    key = os.environ.get(settings.key, "") if settings.key else ""
    if settings.key and not key:
        raise make_error(UsageError, "language_model_without_key", variable=settings.key)
    return ChatServer(settings.url, settings.model, key, settings.timeout.total_seconds(), settings.strict)


def language_model_of(config: Config, store: SqlStore) -> Asking:
    """Return what asks the configured language model, within its budget.

    Raises:
        UsageError: None is configured, or its key is not in the environment.
    """
    server, settings = chat_server_of(config), config.language_model
    assert settings is not None  # noqa: S101  # there is a server
    return Asking(server, store.model_answers, functools.partial(clock.now, config), time.sleep, settings.calls, settings.tokens, settings.attempts)
