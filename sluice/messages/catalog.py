"""Collect all templates by code."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.domain.message import SEVERAL, TEXT
from sluice.messages import (
    activity,
    alerts,
    anomalies,
    checks,
    cleaning,
    corrections,
    gate,
    incidents,
    jobs,
    labels,
    layouts,
    previews,
    profiles,
    promotion,
    recommendations,
    rows,
    sources,
    store,
    suggestions,
    today,
    traffic,
    training,
    usage,
    worker,
)
from sluice.messages.template import Template

MODULES = (
    worker,
    usage,
    store,
    rows,
    today,
    gate,
    promotion,
    jobs,
    labels,
    corrections,
    incidents,
    previews,
    profiles,
    activity,
    alerts,
    layouts,
    checks,
    cleaning,
    anomalies,
    recommendations,
    traffic,
    training,
    sources,
    suggestions,
)
TEMPLATES: Mapping[str, Template] = {TEXT: "{text}", SEVERAL: "{messages}"} | {
    code: template for module in MODULES for code, template in module.TEMPLATES.items()
}
