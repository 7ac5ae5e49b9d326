"""Name the state of a gate, with the override that opens it."""

from __future__ import annotations

from dashboard.i18n.labels import label
from dashboard.i18n.language import tr
from dashboard.widgets.formatting import format_time
from dashboard.widgets.layout import COLOURS, Colour
from sluice.domain import GateState, Override


def gate_text(state: GateState, override: Override | None) -> str:
    """Return the state of a gate; of one that an override opens, until when."""
    name = label(state)
    return tr("{state} by override until {until}", state=name, until=format_time(override.expires)) if override else name


def gate_colour(state: GateState, override: Override | None) -> Colour:
    """Return the colour of a gate: one that an override opens is none that the scores open."""
    return "orange" if override else COLOURS.get(state, "gray")
