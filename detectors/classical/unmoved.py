"""Lets a library draw random numbers without moving the process's own random state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unmoved_randomness() -> Iterator[None]:
    """Put Python's, NumPy's and torch's global generators back to where they were."""
    import random

    import numpy as np
    import torch

    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002  # the library's own is meant
    try:
        with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002  # the library's own is meant
