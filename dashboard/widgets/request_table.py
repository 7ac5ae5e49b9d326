"""Draw requests with their answers, whose whole text is read without a click; older ones as a table to scroll and sort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.i18n.labels import label
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.escape import markup
from dashboard.widgets.formatting import NOTHING, format_time
from dashboard.widgets.layout import draw_table
from sluice.domain import Message, Request

NEWEST = 15  # requests that are drawn with their whole text


def draw_request_table(requests: Sequence[Request]) -> None:
    """Draw requests, the newest first, or that there are none."""
    if not requests:
        st.caption(tr("There are no requests yet."))
        return
    head = "".join(f"<th>{markup(title)}</th>" for title in (tr("State"), tr("Request"), tr("Requested by"), tr("Answer")))
    undone = {request.id: request for request in requests}
    rows = "".join(_row(request, undone) for request in requests[:NEWEST])
    st.html(f'<table class="requests"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')
    if older := requests[NEWEST:]:
        with st.expander(ntr("{count} older request", "{count} older requests", len(older))):
            draw_table([_facts(request, undone) for request in older])


def _row(request: Request, undone: Mapping[str, Request]) -> str:
    who = [request.by, format_time(request.at), *([request.note] if request.note else [])]
    cells = [label(request.state), _lines(label(request.kind), _target(request, undone)), _lines(*who), markup(_answer(request) or NOTHING)]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _lines(*texts: str) -> str:
    return "<br>".join(markup(text) for text in texts)


def _facts(request: Request, undone: Mapping[str, Request]) -> dict[str, object]:
    return {
        tr("State"): label(request.state),
        tr("Request"): label(request.kind),
        tr("Target"): _target(request, undone),
        tr("Requested by"): request.by,
        tr("Reason"): request.note,
        tr("Time"): format_time(request.at),
        tr("Answer"): _answer(request),
    }


def _answer(request: Request) -> str:
    """Return the answer; of one that asks, why it does: what it would do stands where it is confirmed."""
    questions = request.answer.params.get("questions") if request.state == "asked" else None
    if not isinstance(questions, tuple):
        return render_message(questions if isinstance(questions, Message) else request.answer)
    return "; ".join(render_message(question) for question in questions if isinstance(question, Message))


def _target(request: Request, undone: Mapping[str, Request]) -> str:
    """Return what a request is about; of one that undoes others, what these were about, and who asked for them."""
    if request.kind.startswith("undo_"):
        return "; ".join(_undone_text(undone[name]) if name in undone else name for name in request.rows)
    return request.rule or request.model or _count_text(request) or request.dataset


def _undone_text(request: Request) -> str:
    return " · ".join((_target(request, {}), request.by, format_time(request.at)))


def _count_text(request: Request) -> str:
    """Return how many rows, repairs or products a request names, or which version of the configuration."""
    count = len(request.rows)
    if not count:
        return ""
    if request.kind == "restore_config":
        return tr("version {version} of the configuration", version=request.rows[0])
    if request.kind == "undo":
        return ntr("{count} repair", "{count} repairs", count)
    if request.kind == "merge_products":
        return ntr("{count} product", "{count} products", count)
    return ntr("{count} row", "{count} rows", count)
