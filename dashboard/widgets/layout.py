"""Lay pages out: headings, cards with a state, tables, empty states, colours."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

import polars as pl
import streamlit as st

from dashboard.data.shop import Shop, config_path, open_shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import render_message, tr
from dashboard.safety.escape import markdown, message_markdown
from dashboard.widgets.formatting import NOTHING, utc_note
from dashboard.widgets.table_width import ROOM, row_height, settings_of, widths_of, without_empty
from sluice.domain import Message
from sluice.errors import SluiceError
from sluice.messages import error_message

Colour: TypeAlias = Literal["green", "red", "gray", "orange", "blue"]

GOOD, BAD, NEUTRAL, WARN, ACCENT = "#15803d", "#b91c1c", "#6b7280", "#b45309", "#0f6e84"
COLOURS: Mapping[str, Colour] = {
    "open": "green",
    "closed": "red",
    "unknown": "gray",
    "failed": "orange",
    "held": "orange",
    "released": "green",
    "rejected": "red",
    "pending": "blue",
    "taken": "blue",
    "asked": "orange",
    "done": "green",
    "refused": "red",
    "waiting": "blue",
    "sent": "green",
    "muted": "gray",
    "new": "orange",
    "acknowledged": "blue",
    "expected": "gray",
    "resolved": "green",
    "champion": "green",
    "blessed": "green",
}

_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")  # as `format_time` writes it
TICK = 42  # pixels of the column in which a row is selected

_STYLE = """<style>
  .block-container {padding-top: 2.6rem; max-width: 76rem}
  .st-key-streamlit_texts {position: absolute}
  .st-key-search {margin-bottom: -4.9rem; padding-top: 1.4rem; position: relative; z-index: 1}
  .block-container h1 {padding-right: 356px}
  [data-testid="stMetricValue"] {font-variant-numeric: tabular-nums; font-size: 1.7rem}
  table:is(.cells, .requests) {border-collapse: collapse; width: 100%; font-size: .9rem}
  table.cells caption {text-align: left; font-weight: 600; padding: .2rem 0}
  table:is(.cells, .requests) th {text-align: left; font-weight: 600; opacity: .7; border-bottom: 1px solid rgba(128, 140, 150, .45); padding: .35rem .6rem}
  table:is(.cells, .requests) td {border-bottom: 1px solid rgba(128, 140, 150, .2); padding: .35rem .6rem; vertical-align: top}
  table:is(.cells, .requests) td {white-space: pre-wrap; overflow-wrap: anywhere}
  table:is(.cells, .requests) td:first-child {white-space: nowrap}
  table.cells td:last-child {min-width: 5.5rem}
  table.cells tr.blamed td {background: rgba(220, 60, 50, .12)}
  table.cells tr.blamed td:first-child {box-shadow: inset 3px 0 #b91c1c}
  table.cells tr.repaired td {background: rgba(30, 150, 80, .12)}
  table.cells tr.repaired td:first-child {box-shadow: inset 3px 0 #15803d}
  table.cells .bar {min-width: 5rem; height: .7rem; background: rgba(128, 140, 150, .25); border-radius: .35rem; overflow: hidden}
  table.cells .bar div {height: 100%; background: #0f6e84}
  table.cells tr.blamed .bar div {background: #b91c1c}
  table.cells .none {opacity: .6; font-style: italic}
  table.requests td:last-child {width: 45%; min-width: 9rem}
  table.gates td {white-space: nowrap; vertical-align: middle}
  table.gates .state {font-weight: 600; color: #808890}
  table.gates .state.open {color: #159a48}
  table.gates .state.closed {color: #d9443a}
  table.gates .state.overridden {color: #b45309; white-space: normal}
  @media (max-width: 640px) {
    .block-container {padding: 4rem .8rem 1rem}
    .st-key-search {margin-bottom: 0; padding-top: 0}
    .block-container h1 {font-size: 1.7rem; padding: 0}
    table.gates td, table.gates th {padding: .3rem .25rem}
    table.gates .line {width: 84px}
  }
</style>"""


def apply_style() -> None:
    """Add the CSS that the theme cannot express."""
    st.html(_STYLE)


def require_shop() -> Shop:
    """Open the shop; where that fails, draw the reason and end the page."""
    path = config_path()
    try:
        return open_shop(path)
    except SluiceError as error:
        draw_heading(tr("The shop cannot be opened"))
        st.error(markdown(render_message(error_message(error)) or str(error)))
        draw_empty(tr("To find out more"), tr("Check the configuration and the database:"), f"sluice doctor --config {shlex.quote(str(path))}")
        st.stop()


def draw_heading(title: str, subtitle: str = "") -> None:
    """Draw the top of a page."""
    st.title(title, anchor=False)
    if subtitle:
        st.caption(subtitle)


def draw_card_title(title: str, state: str, template: str = "{state}", colour: Colour | None = None) -> None:
    """Draw the head of a card: its title, and on the right a state in its colour.

    Args:
        title: Plain text; it is escaped here.
        state: A stored word, such as `open`.
        template: Text of the badge; `{state}` is the label of the state.
        colour: Colour of the badge; that of the state unless given.
    """
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(markdown(title), anchor=False, width="content")
        st.badge(template.format(state=label(state)), color=colour or COLOURS.get(state, "gray"))


def draw_messages(messages: Iterable[Message | str]) -> None:
    """Draw reasons as a list, in the reader's language."""
    draw_sentences(map(render_message, messages))


def draw_sentences(sentences: Iterable[str]) -> None:
    """Draw sentences as a list."""
    bullets = [f"- {message_markdown(sentence)}" for sentence in sentences]
    if bullets:
        st.markdown("\n".join(bullets))


def draw_table(rows: Sequence[Mapping[str, object]], empty_text: str = "", *, room: int = ROOM) -> None:
    """Draw rows as a table whose long texts are wrapped, or a text where there are none.

    Args:
        rows: The rows.
        empty_text: The text.
        room: Pixels that it has on a small screen: less where something stands beside it.
    """
    if rows:
        frame = without_empty(pl.DataFrame(rows, infer_schema_length=None))
        widths = widths_of(frame, room)
        settings = settings_of(frame, widths)
        st.dataframe(frame, hide_index=True, width="stretch", placeholder=NOTHING, column_config=settings, row_height=row_height(frame, widths))
    elif empty_text:
        st.caption(empty_text)


def draw_choice(rows: Sequence[Mapping[str, object]], key: str, *, height: int | Literal["auto"] = "auto") -> int | None:
    """Draw rows as a table whose long texts are wrapped, of which one can be selected; return its position, None where none is.

    Args:
        rows: The rows; there is at least one.
        key: Names the list: another one is another widget, since a selection is a position.
        height: Height in pixels; as many rows as fit unless given.
    """
    frame = without_empty(pl.DataFrame(rows, infer_schema_length=None))
    widths = widths_of(frame, ROOM - TICK)
    event = st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        height=height,
        placeholder=NOTHING,
        column_config=settings_of(frame, widths),
        row_height=row_height(frame, widths),
        on_select="rerun",
        selection_mode="single-row",
        key=key,
    )
    if any(_TIME.fullmatch(str(value)) for value in rows[0].values()):
        st.caption(utc_note())
    return event.selection.rows[0] if event.selection.rows else None


def draw_empty(title: str, advice: str, command: str = "") -> None:
    """Draw a page or part without content: why, and what to do next."""
    with st.container(border=True):
        st.markdown(f"**{title}**")
        st.caption(advice)
        if command:
            st.code(command, language="bash")
