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
    "recommended_as_pinned": "Selected by the shop.",
    "recommended_by_choice": "Often chosen together with what you were interested in.",
    "recommended_by_text": "Described like what you were interested in.",
    "recommended_by_taste": "Chosen by people who were interested in the same things.",
    "recommended_as_rare": "Less known, and close to what you were interested in.",
    "similar_by_choice": "Often chosen together with {item}.",
    "similar_by_text": "Described like {item}.",
    "similar_to_what_goes_together": "Similar to what is often chosen together with {item}.",
    "similar_by_attribute": "Like {item}: {attribute}.",
    "similar_by_vectors": "Like {item}, by who chooses it and by its attributes.",
    "item_unknown": "there is no item {item}; `sluice search` finds items by their words",
    "item_unknown_near": "there is no item {item}; did you mean {near}?",
    "item_unknown_titled": "there is no item {item}; the item of this title is {near}",
    "event_id_used": "another event has the id {event}; give each event an id of its own, and send an event again unchanged",
    "event_of_future": "the event is of {at}, after the clock of the shop, {now}; send the time when it happened, with its zone, or none for now",
    "event_too_old": "the event is of {at}, {days} days ago or more, and would count in no answer; send events sooner, and let older ones arrive with a batch",
    "two_titles": "{first} and {second}",
}
