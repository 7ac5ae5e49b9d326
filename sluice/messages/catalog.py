"""Collect all templates by code."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.domain.message import SEVERAL, TEXT
from sluice.messages import anomalies, checks, cleaning, gate, jobs, layouts, promotion, recommendations, sources, traffic, training
from sluice.messages.template import Template

MODULES = (gate, promotion, jobs, layouts, checks, cleaning, anomalies, recommendations, traffic, training, sources)
TEMPLATES: Mapping[str, Template] = {TEXT: "{text}", SEVERAL: "{messages}"} | {
    code: template for module in MODULES for code, template in module.TEMPLATES.items()
}
