"""Reasons of repairs, and of rows that cleaners hold."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {}
