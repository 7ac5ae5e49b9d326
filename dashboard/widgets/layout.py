"""How things look on every page: colours of states, numbers, times, empty pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

import polars as pl
import streamlit as st

from dashboard.data.shop import Shop, config_path, open_shop
from dashboard.i18n.labels import word
from dashboard.i18n.language import said, tr
from dashboard.safety.escape import markdown
from sluice.domain import Message
from sluice.errors import SluiceError

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
    "done": "green",
    "refused": "red",
    "champion": "green",
    "blessed": "green",
}
NOTHING = "–"  # noqa: RUF001  # a dash is what people expect where there is no number

_STYLE = """<style>
  .block-container {padding-top: 2.6rem; max-width: 76rem}
  [data-testid="stMetricValue"] {font-variant-numeric: tabular-nums; font-size: 1.7rem}
  table.cells {border-collapse: collapse; width: 100%; font-size: .9rem}
  table.cells th {text-align: left; font-weight: 600; color: #6b7280; border-bottom: 1px solid #d5dbe1; padding: .35rem .6rem}
  table.cells td {border-bottom: 1px solid #edf0f3; padding: .35rem .6rem; vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere}
  table.cells td:first-child {white-space: nowrap}
  table.cells tr.blamed td {background: #fdf1f0}
  table.cells tr.blamed td:first-child {box-shadow: inset 3px 0 #b91c1c}
  table.cells tr.repaired td {background: #eef8f1}
  table.cells tr.repaired td:first-child {box-shadow: inset 3px 0 #15803d}
  table.cells .bar {min-width: 5rem; height: .7rem; background: #edf0f3; border-radius: .35rem; overflow: hidden}
  table.cells .bar div {height: 100%; background: #0f6e84}
  table.cells tr.blamed .bar div {background: #b91c1c}
  table.cells .none {color: #9aa4ae; font-style: italic}
</style>"""


def style() -> None:
    """Set what the theme cannot."""
    st.html(_STYLE)


def titled(title: str, state: str, label: str = "{state}") -> None:
    """The head of a card: its title, and on the right a state in its colour.

    Args:
        title: Text; it is escaped here.
        state: A word of the program.
        label: What stands on the badge; `{state}` is the word in the reader's language.
    """
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(markdown(title), anchor=False, width="content")
        st.badge(label.format(state=word(state)), color=COLOURS.get(state, "gray"))


def number(value: float | None) -> str:
    """A count with its thousands parted."""
    return NOTHING if value is None else f"{value:,.0f}"


def points(value: float | None) -> str:
    """A score with one digit; cut, not rounded, so that only a full score reads 100."""
    return NOTHING if value is None else f"{int(value * 10) / 10:.1f}"


def share(part: float, whole: float) -> str:
    """A part of a whole, in per cent."""
    return f"{part / whole:.1%}" if whole else NOTHING


def moment(at: datetime | None) -> str:
    """A time, to the minute; all times are UTC."""
    return NOTHING if at is None else f"{at:%Y-%m-%d %H:%M}"


def sentences(told: Iterable[Message]) -> None:
    """What the rules said, one a line."""
    lines = [f"- {markdown(said(each))}" for each in told]
    if lines:
        st.markdown("\n".join(lines))


def table(rows: Sequence[Mapping[str, object]], nothing: str) -> None:
    """Rows as a table, or what it means that there are none."""
    if rows:
        frame = pl.DataFrame(rows, infer_schema_length=None)
        st.dataframe(frame, hide_index=True, width="stretch", column_config=columns(frame))
    else:
        st.caption(nothing)


def columns(frame: pl.DataFrame) -> dict[str, Any]:  # Streamlit's own column settings
    """How a table writes its numbers: counts with their thousands parted, others as they are."""
    return {name: st.column_config.NumberColumn(format="localized") for name, dtype in frame.schema.items() if dtype.is_integer()}


def empty(title: str, what_to_do: str, command: str = "") -> None:
    """A page or part without content says why, and what to do next."""
    with st.container(border=True):
        st.markdown(f"**{title}**")
        st.caption(what_to_do)
        if command:
            st.code(command, language="bash")


def heading(title: str, subtitle: str = "") -> None:
    """The top of a page."""
    st.title(title, anchor=False)
    if subtitle:
        st.caption(subtitle)


def times_are_utc() -> str:
    """The remark that stands under tables with times."""
    return tr("All times are UTC.")


def require_shop() -> Shop:
    """Open the shop; where that fails, draw the reason and end the page."""
    path = config_path()
    try:
        return open_shop(path)
    except SluiceError as error:
        st.error(tr("The shop cannot be opened."))
        st.markdown(markdown(str(error)))
        empty(tr("Nothing to show yet"), tr("Check the configuration and the database with:"), f"sluice doctor --config {path}")
        st.stop()
