"""Limit torch to one thread: single answers and small networks are too little work to share between cores."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def limit_to_one_thread() -> Iterator[None]:
    """Let torch use one thread within the context; do nothing where torch is not loaded."""
    torch = sys.modules.get("torch")
    threads = torch.get_num_threads() if torch else 1
    if torch is None or threads == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
