"""Draw what a tried rule makes of the days before, what it changes in sluice.yaml, and the button that writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop, is_stale
from dashboard.i18n.labels import label
from dashboard.i18n.language import render_message, tr
from dashboard.safety.escape import markdown, message_markdown
from dashboard.widgets.formatting import NOTHING, format_count, format_score, format_time, utc_note
from dashboard.widgets.layout import draw_messages, draw_table
from dashboard.widgets.request_form import draw_signature, submit_request
from dashboard.widgets.signature import acting_person, draw_act
from sluice.config.rule_edits import apply_rule
from sluice.config.text import difference, digest_of, read_text
from sluice.domain import Message, Person, Request, RuleEdit, Trial
from sluice.errors import SluiceError, UsageError
from sluice.messages import error_message
from sluice.store.ids import new_id

PARAMETER = "trial"  # the address names the trial that is shown
DAYS = (7, 14, 28, 90)
_LAST = "last_trial"  # a link to the page names none
_UNFINISHED = ("pending", "taken")


def submit_trial(shop: Shop, edit: RuleEdit, days: int) -> None:
    """Ask that a rule is tried, and show it from now on."""
    trial = Trial(new_id(), edit, digest_of(read_text(Path(shop.path))), days)
    shop.store.trials.save(trial)
    _ask(shop, trial)
    show_trial(trial)


def open_trial(shop: Shop, trial: Trial) -> None:
    """Show what a rule changes in sluice.yaml, before it is tried; where it cannot be written there, draw why."""
    path = Path(shop.path)
    try:
        changes = difference(path, text := read_text(path), apply_rule(text, trial.edit))
    except SluiceError as error:
        st.error(message_markdown(str(error)))
        return
    shop.store.trials.save(replace(trial, difference=changes))
    show_trial(trial)


def _ask(shop: Shop, trial: Trial) -> None:
    (by, person), edit = _asker(shop), trial.edit
    shop.store.requests.submit(Request(new_id(), "try_rule", edit.dataset, by, "", shop.now, (trial.id,), edit.name, person=person))


def _asker(shop: Shop) -> tuple[str, Person | None]:
    """Return the name of who asks, and who signed in."""
    person = acting_person(shop)
    return person.name if person else str(st.session_state.get("by") or "") or "dashboard", person


def _try_text(trial: Trial) -> str:
    return tr("Try it on the last {days} days first", days=trial.days)


def show_trial(trial: Trial) -> None:
    """Show a trial from now on, which the address then names."""
    st.query_params[PARAMETER] = st.session_state[_LAST] = trial.id
    st.rerun()


def named_trial(shop: Shop) -> Trial | None:
    """Return the trial that the address names, else the last one of the session, which the address then names."""
    trial = shop.store.trials.get(st.query_params.get(PARAMETER, "") or st.session_state.get(_LAST, ""))
    if trial is not None:
        st.query_params[PARAMETER] = trial.id
    return trial


def draw_trial(shop: Shop, trial: Trial | None, *, key: str = "signature") -> None:
    """Draw a trial, where there is one; `key` names the fields of who accepts it."""
    if trial is None:
        return
    with st.container(border=True):
        st.markdown(f"**{tr('What the rule would have done')}** · {markdown(trial.edit.dataset)} · {markdown(trial.edit.name)}")
        request = _request(shop, "try_rule", trial)
        if request is not None and request.state in _UNFINISHED:
            _draw_progress(shop, trial.id, in_progress=request.state == "taken")
            _draw_cancel(shop, request)
        elif request is not None and request.state == "refused":
            st.error(message_markdown(render_message(request.answer)))
        else:
            if request is not None or trial.batches:
                draw_outcome(trial)
            elif draw_act(_try_text(trial), shop, "try_rule", trial.edit.dataset, key="trial_try", icon=":material/science:", width="content"):
                _ask(shop, trial)
                st.rerun()
            draw_acceptance(shop, trial, key)


@st.fragment(run_every="2s")
def _draw_progress(shop: Shop, trial_id: str, *, in_progress: bool) -> None:
    """Draw how many batches are judged, and the page anew once all are."""
    trial = shop.store.trials.get(trial_id)
    if trial is None or is_stale(shop):
        st.rerun()
    if not in_progress or not trial.total:
        waits = tr("Waits for the scheduler (sluice serve) or the next sluice run")
        st.progress(0.0, tr("In progress: reading the batches and the rules") if in_progress else waits)
        return
    st.progress(trial.done / trial.total, tr("{done} of {total} batches judged", done=trial.done, total=trial.total))
    draw_batches(trial.batches)


def _draw_cancel(shop: Shop, request: Request) -> None:
    """Draw the button that ends a trial; it publishes nothing in any case."""
    if draw_act(tr("Cancel the trial"), shop, "try_rule", request.dataset, key="trial_cancel", icon=":material/close:", width="content"):
        by, person = _asker(shop)
        try:
            shop.store.requests.cancel(request.id, by=by, person=person)
        except UsageError as error:  # it was answered meanwhile
            st.warning(render_message(error_message(error)))
            return
        st.rerun()


def draw_outcome(trial: Trial) -> None:
    """Draw the sums, the days, and the rules that judge otherwise."""
    if not trial.batches:
        st.caption(tr("No batch was published in this time."))
        return
    draw_messages(sums(trial.batches))
    draw_batches(trial.batches)
    draw_table([_rule_row(rule) for rule in trial.rules], tr("Every rule judges these batches as at present."))


def sums(batches: Sequence[Mapping[str, Any]]) -> list[Message]:
    """Return what would have been otherwise, in sentences."""
    total = {name: sum(int(batch[name]) for batch in batches) for name in ("rows", "held", "flagged", "incidents")}
    recorded = {name: sum(int(batch[f"recorded_{name}"]) for batch in batches) for name in ("held", "flagged", "incidents")}
    closed = sum(batch["recorded_decision"] == "open" != batch["decision"] for batch in batches)
    opened = sum(batch["recorded_decision"] != "open" == batch["decision"] for batch in batches)
    lines = [Message.of("trial_rows", batches=len(batches), rows=total["rows"], held=total["held"], recorded=recorded["held"])]
    lines.append(Message.of("trial_flagged", flagged=total["flagged"], recorded=recorded["flagged"]))
    lines.append(Message.of("trial_incidents", incidents=total["incidents"], recorded=recorded["incidents"]))
    lines += [Message.of("trial_closed", batches=closed)] if closed else []
    lines += [Message.of("trial_opened", batches=opened)] if opened else []
    return lines


def draw_batches(batches: Sequence[Mapping[str, Any]]) -> None:
    """Draw one row for each batch."""
    if batches:
        draw_table([_batch_row(batch) for batch in reversed(batches)])
        st.caption(tr("Before the arrow stands what the present rules make of the same rows, behind it what they make with this change. {utc}", utc=utc_note()))


def _batch_row(batch: Mapping[str, Any]) -> dict[str, object]:
    return {
        tr("Batch end"): format_time(datetime.fromisoformat(batch["until"])),
        tr("Rows"): batch["rows"],
        tr("Not judged again"): batch.get("repeating", NOTHING),  # trials of earlier versions do not say
        tr("Held"): _beside(format_count(batch["recorded_held"]), format_count(batch["held"])),
        tr("Flagged"): _beside(format_count(batch["recorded_flagged"]), format_count(batch["flagged"])),
        tr("New incidents"): _beside(format_count(batch["recorded_incidents"]), format_count(batch["incidents"])),
        tr("Gate"): _beside(label(batch["recorded_decision"]), label(batch["decision"])),
        tr("Worst dimension"): _beside(format_score(batch["recorded_score"]), format_score(batch["score"])),
        tr("File"): batch["batch"],
        tr("Reason"): "; ".join(render_message(Message.from_json(reason)) for reason in batch["reasons"]),
    }


def _rule_row(rule: Mapping[str, Any]) -> dict[str, object]:
    return {
        tr("Rule"): rule["rule"],
        tr("Severity"): label(rule["severity"]),
        tr("Failing rows"): _beside(format_count(rule["recorded_failing_rows"]), format_count(rule["failing_rows"])),
        tr("Failing batches"): _beside(format_count(rule["recorded_failing"]), format_count(rule["failing"])),
        tr("New incidents"): _beside(format_count(rule["recorded_incidents"]), format_count(rule["incidents"])),
    }


def _beside(recorded: str, now: str) -> str:
    return now if recorded == now else f"{recorded} → {now}"


def draw_acceptance(shop: Shop, trial: Trial, key: str) -> None:
    """Draw what changes in sluice.yaml, and the button that writes it."""
    st.markdown(f"**{tr('What changes in sluice.yaml')}**")
    if not trial.difference:
        st.caption(tr("Nothing: the rule stands there already."))
        return
    st.code(trial.difference, language="diff", wrap_lines=True)
    request = _request(shop, "change_rule", trial)
    if request is not None and request.state != "asked":
        draw_answer(request)
        return
    by, note = draw_signature(shop, key=key)
    write = tr("Write it into sluice.yaml")
    if draw_act(write, shop, "change_rule", trial.edit.dataset, key="trial_accept", primary=True, width="content"):
        why = note or (trial.edit.why if trial.edit.position is not None else "")  # of a new rule it is the comment
        submit_request(shop, "change_rule", trial.edit.dataset, by=by, note=why, rows=(trial.id,), rule=trial.edit.name)


def draw_answer(request: Request) -> None:
    """Draw what became of the acceptance."""
    if request.state in _UNFINISHED:
        st.info(tr("It is written by the scheduler (sluice serve), or by the next sluice run."))
    elif request.state == "done":
        st.success(message_markdown(render_message(request.answer)))
    else:
        st.error(message_markdown(render_message(request.answer)) or NOTHING)


def _request(shop: Shop, kind: str, trial: Trial) -> Request | None:
    """Return the newest request of a kind that names a trial."""
    return next((request for request in cache.requests(shop) if request.kind == kind and trial.id in request.rows), None)
