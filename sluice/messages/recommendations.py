"""Reasons of recommendations, for the shopper."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "recommended_by_events": "Because you were interested in {events}.",
    "recommended_by_events_and_attribute": "Because you were interested in {events}, and for its {attribute}.",
    "recommended_by_attribute": "For its {attribute}, which you tend to choose.",
    "recommended_by_several_events": "Because of several things you were interested in, such as {event}.",
    "recommended": "You may like this.",
    "recommended_as_popular": "Many people want this now.",
    "two_titles": "{first} and {second}",
}
