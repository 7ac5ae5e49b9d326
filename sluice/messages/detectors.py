"""Reasons and findings of detectors."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {}
