"""The only place that knows every room: makes an App from a configuration."""

from __future__ import annotations

from sluice.app.app import App, build

__all__ = ["App", "build"]
