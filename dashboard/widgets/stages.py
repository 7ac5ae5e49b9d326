"""Draw how long each stage of a run took."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.i18n.language import render_message, tr
from dashboard.safety.escape import markup
from sluice.domain import Message

STAGES: Mapping[str, str] = {
    "read": "Reading the file",
    "cast": "Casting to types",
    "compare": "Comparing with rows before",
    "judge": "Judging by rules",
    "clean": "Cleaning",
    "detect": "Judging by detectors",
    "profile": "Describing columns",
    "write": "Writing files",
    "publish": "Publishing",
    "other": "Everything else",
}


def stage_name(stage: str) -> str:
    """Return the name of a stage, or of another step, in the reader's language."""
    return tr(STAGES[stage]) if stage in STAGES else render_message(Message.loads(stage))


def draw_stages(stages: Mapping[str, float]) -> None:
    """Draw the stages of a run in order, each with its seconds and its share of all as a bar; nothing where they are not recorded."""
    total = sum(stages.values())
    if not total:
        st.caption(tr("How long its stages took is not recorded."))
        return
    head = "".join(f"<th>{markup(header)}</th>" for header in (tr("Stage"), tr("Seconds"), tr("Share")))
    rows = "".join(_row(stage, seconds, seconds / total) for stage, seconds in sorted(stages.items(), key=_place))
    caption = f"<caption>{markup(tr('{seconds} s in all', seconds=f'{total:.2f}'))}</caption>"
    st.html(f'<table class="cells">{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')


def _place(entry: tuple[str, float]) -> int:
    """Return the place of a stage in the usual order; one that an other version recorded comes last."""
    return list(STAGES).index(entry[0]) if entry[0] in STAGES else len(STAGES)


def _row(stage: str, seconds: float, share: float) -> str:
    bar = f'<div class="bar"><div style="width:{share:.0%}"></div></div>{share:.0%}'
    return f"<tr><td>{markup(stage_name(stage))}</td><td>{seconds:.2f}</td><td>{bar}</td></tr>"
