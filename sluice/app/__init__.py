"""Offer the use cases of Sluice: `build` makes an `App` from a configuration file; requests are carried out on it."""

from __future__ import annotations

from sluice.app.app import App, build
from sluice.app.request_handlers import carry_out, process_requests

__all__ = ["App", "build", "carry_out", "process_requests"]
