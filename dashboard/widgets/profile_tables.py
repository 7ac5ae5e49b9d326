"""Draw the profiles of a column in two batches side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import streamlit as st

from dashboard.i18n.labels import label
from dashboard.i18n.language import render_message, tr
from dashboard.widgets.formatting import NOTHING, format_count, format_share
from dashboard.widgets.layout import draw_table
from dashboard.widgets.table_width import ROOM
from sluice.domain import MAIN_QUANTILES, QUANTILES, ColumnProfile
from sluice.rules.profiles import Move, round_mean

NOTABLE, LARGE = 0.1, 0.25  # of the population stability index
SHARES = 3  # values that are named beside a move


def move_row(move: Move) -> Mapping[str, object]:
    """Return what moved as a row of a table."""
    return {
        tr("Column"): move.column,
        tr("Aspect"): label(move.aspect),
        tr("Size"): f"{move.index:.2f} {tr('large') if move.index >= LARGE else tr('notable') if move.index >= NOTABLE else tr('small')}",
        tr("Change"): move_text(move),
    }


def move_text(move: Move) -> str:
    """Return what moved in words."""
    shares = [
        f"{share.value} {tr('new') if share.before is None else f'{share.before:.1%}'} → {tr('gone') if share.after is None else f'{share.after:.1%}'}"
        for share in move.shares[:SHARES]
    ]
    return ": ".join([render_message(move.message), *([", ".join(shares)] if shares else [])])


def draw_sides(before: ColumnProfile | None, after: ColumnProfile, titles: tuple[str, str]) -> None:
    """Draw the figures, the top values and the patterns of a column in two batches.

    Args:
        before: Profile in the one batch; None where it has none.
        after: Profile in the other one.
        titles: Names of the batches.
    """
    sides = [side_facts(one) if one else {} for one in (before, after)]
    quantiles = [quantile_facts(one) if one else {} for one in (before, after)]
    left, right = st.columns(2)
    with left:
        _draw_facts(tr("Figure"), sides, titles)
    with right:
        _draw_facts(tr("Quantile"), quantiles, titles)
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{tr('Top values')}**")
        draw_table(share_rows(before, after, titles, "top"), tr("There are none, or none is kept."), room=ROOM // 2)
        if not after.top_exact and after.top:
            st.caption(tr("Estimated from {rows} rows taken by chance.", rows=format_count(after.sampled)))
    with right:
        st.markdown(f"**{tr('Patterns')}**")
        draw_table(share_rows(before, after, titles, "patterns"), tr("There are none, or none is kept."), room=ROOM // 2)


def _draw_facts(name: str, sides: Sequence[Mapping[str, str]], titles: tuple[str, str]) -> None:
    draw_table([{name: fact, **{title: side.get(fact, NOTHING) for title, side in zip(titles, sides, strict=True)}} for fact in sides[1]], room=ROOM // 2)


def side_facts(one: ColumnProfile) -> Mapping[str, str]:
    """Return the figures of a column in a batch by their names."""
    facts = {
        tr("Rows"): format_count(one.rows),
        tr("Missing"): f"{format_share(one.nulls, one.rows)} ({format_count(one.nulls)})",
        tr("Distinct values"): f"{'≈ ' if one.distinct_error else ''}{format_count(one.distinct)}",
    }
    if one.least is not None:
        facts |= {tr("Least"): one.least, tr("Mean"): round_mean(one) or NOTHING, tr("Greatest"): str(one.greatest)}
    if one.lengths:
        lengths = one.lengths
        facts[tr("Empty texts")] = format_count(one.empty)
        facts |= {
            tr("Characters, least"): f"{lengths.least:,}",
            tr("Characters, mean"): f"{lengths.mean:,.1f}",
            tr("Characters, greatest"): f"{lengths.greatest:,}",
        }
    return facts


def quantile_facts(one: ColumnProfile) -> Mapping[str, str]:
    """Return the main quantiles of a column in a batch, of texts those of their lengths, by their shares."""
    values: Sequence[object] = one.quantiles
    if one.lengths:
        values = [tr("{count} characters", count=f"{length:.0f}") for length in one.lengths.quantiles]
    return {f"{share:.0%}": str(value) for share, value in zip(QUANTILES, values, strict=False) if share in MAIN_QUANTILES}


def share_rows(before: ColumnProfile | None, after: ColumnProfile, titles: tuple[str, str], kind: Literal["top", "patterns"]) -> Sequence[Mapping[str, object]]:
    """Return one row for each frequent value or pattern, those of the later batch first, with its share in both."""
    name = tr("Value") if kind == "top" else tr("Pattern")
    sides = [_shares(one, kind) if one else {} for one in (before, after)]
    values = list(dict.fromkeys([*sides[1], *sides[0]]))
    return [{name: value, **{title: side.get(value, NOTHING) for title, side in zip(titles, sides, strict=True)}} for value in values]


def _shares(one: ColumnProfile, kind: Literal["top", "patterns"]) -> Mapping[str, str]:
    entries, total = (one.top, one.filled) if kind == "top" else (one.patterns, one.sampled)
    return {value: format_share(count, total) for value, count in entries}
