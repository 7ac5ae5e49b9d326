"""Collect all templates by code."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.domain.message import SEVERAL, TEXT
from sluice.messages import (
    access,
    activity,
    alerts,
    anomalies,
    checks,
    cleaning,
    corrections,
    dbt,
    detectors,
    doctor,
    gate,
    incidents,
    jobs,
    labels,
    language_model,
    layouts,
    previews,
    profiles,
    promotion,
    proposals,
    recommendations,
    recommender,
    rows,
    settings,
    sources,
    steps,
    store,
    suggestions,
    today,
    traffic,
    training,
    usage,
    validation,
    worker,
)
from sluice.messages.template import Template

MODULES = (
    proposals,
    steps,
    doctor,
    validation,
    settings,
    access,
    detectors,
    recommender,
    worker,
    usage,
    store,
    rows,
    today,
    gate,
    promotion,
    jobs,
    labels,
    language_model,
    corrections,
    dbt,
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
