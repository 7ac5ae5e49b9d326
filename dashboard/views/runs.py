"""Every run, and one of them opened: its decision, its scores by dimension, what every rule said, what was repaired."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import namer, word
from dashboard.i18n.language import said, tr
from dashboard.widgets import charts, cost_curve, layout
from sluice.domain import Run
from sluice.store.dashboard_queries import StoredVerdict

PHASES = ("arrival", "cleaned", "published")


def page() -> None:
    """Draw the page."""
    shop = layout.require_shop()
    layout.heading(tr("Runs"), tr("Every batch that was read, every release and every audit; pick a line to open it."))
    runs = list(reversed(cache.runs(shop)))
    if not runs:
        layout.empty(tr("No batch has been read yet"), tr("Put files into the landing folder, then run:"), "sluice run")
        return
    run = picked(filtered(shop, runs))
    if run is not None:
        detail(shop, run)


def filtered(shop: Shop, runs: Sequence[Run]) -> list[Run]:
    """The runs of the dataset and kind that are asked for."""
    left, right = st.columns(2)
    dataset = left.selectbox(tr("Dataset"), [None, *shop.config.datasets], format_func=namer(shop.config.datasets, every=tr("All")), key="runs_dataset")
    kinds = sorted({run.kind for run in runs})
    kind = right.selectbox(tr("Kind"), [None, *kinds], format_func=namer(kinds, every=tr("All")), key="runs_kind")
    return [run for run in runs if dataset in (None, run.dataset) and kind in (None, run.kind)]


def picked(runs: Sequence[Run]) -> Run | None:
    """The run that is opened: the one picked in the table, else the one that the address names, else the newest."""
    if not runs:
        st.caption(tr("No run of that kind."))
        return None
    lines = pl.DataFrame([line(run) for run in runs], infer_schema_length=None)
    key = f"runs {runs[0].id} {len(runs)}"  # another list is another widget: what was ticked is a position in it
    event = st.dataframe(
        lines, hide_index=True, width="stretch", height=300, column_config=layout.columns(lines), on_select="rerun", selection_mode="single-row", key=key
    )
    st.caption(layout.times_are_utc())
    if event.selection.rows:
        return runs[event.selection.rows[0]]
    return next((run for run in runs if run.id == st.query_params.get("run")), runs[0])


def line(run: Run) -> dict[str, object]:
    """A run as a line of the table."""
    return {
        tr("Dataset"): run.dataset,
        tr("Kind"): word(run.kind),
        tr("Batch until"): layout.moment(run.at),
        tr("Rows"): run.rows,
        tr("Published"): run.good,
        tr("Held"): run.bad,
        tr("Rows repaired"): run.repaired,
        tr("As it arrived"): layout.points(run.arrival.value),
        tr("Score"): layout.points(run.published.value),
        tr("Gate"): word(judged(run)),
        tr("File"): run.uri.rsplit("/", 1)[-1],
    }


def judged(run: Run) -> str:
    """The run's decision; its state, where it was never published."""
    return run.decision if run.state == "published" else run.state


def detail(shop: Shop, run: Run) -> None:
    """One run."""
    with st.container(border=True):
        layout.titled(f"{run.dataset} · {word(run.kind)} · {layout.moment(run.at)}", judged(run))
        st.text(f"{tr('Run')} {run.id}" + (f" · {run.uri.rsplit('/', 1)[-1]}" if run.uri else ""))
        layout.sentences(run.reasons or ([run.error] if run.error else []))
        if run.state == "failed":
            st.caption(tr("Nothing of this file was published. Mend it or send it again; it is read at the next run."))
            return
        counts(run)
        if cost := cost_curve.cost_of_batch(shop, run):
            st.caption(cost)
    verdicts = cache.verdicts(shop, run.id)
    scores(shop, run)
    rules(verdicts, run)
    repaired(shop, run)


def counts(run: Run) -> None:
    """Where the run's rows went."""
    figures = {
        tr("Rows"): layout.number(run.rows),
        tr("Published"): layout.number(run.good),
        tr("Held"): f"{layout.number(run.bad)} ({layout.share(run.bad, run.rows)})",
        tr("Rows repaired"): layout.number(run.repaired),
        tr("As it arrived"): layout.points(run.arrival.value),
        tr("Score"): layout.points(run.published.value),
    }
    for column, (label, value) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(label, value)


def scores(shop: Shop, run: Run) -> None:
    """Both scores by dimension."""
    st.subheader(tr("Score by dimension"), anchor=False)
    minimum = shop.config.datasets[run.dataset].gate.minimum if run.dataset in shop.config.datasets else None
    for column, title, score in zip(st.columns(2), (tr("As it arrived"), tr("Published")), (run.arrival, run.published), strict=True):
        with column:
            if score.dimensions:
                st.altair_chart(charts.bars({word(name): value for name, value in score.dimensions.items()}, title=title, limit=minimum), width="stretch")
            else:
                st.caption(f"{title}: {tr('nothing was scored.')}")


def rules(verdicts: Sequence[StoredVerdict], run: Run) -> None:
    """What every rule said, the failing ones first."""
    st.subheader(tr("What the rules found"), anchor=False)
    phases = [phase for phase in PHASES if any(each.phase == phase for each in verdicts)]
    if not phases:
        st.caption(tr("No rule was asked."))
        return
    phase = st.segmented_control(tr("When"), phases, default=phases[0], format_func=namer(phases), key=f"phase_{run.id}", required=True)
    told = sorted((each for each in verdicts if each.phase == phase), key=urgency)
    layout.table([rule_line(each) for each in told], tr("No rule was asked."))


def urgency(verdict: StoredVerdict) -> tuple[int, int, int]:
    """What to read first: what could not run, what fails, by severity and rows."""
    status = ("not_evaluated", "failed", "passed", "skipped").index(verdict.status)
    return status, ("critical", "warning", "info").index(verdict.severity), -verdict.failed


def rule_line(verdict: StoredVerdict) -> dict[str, object]:
    """A verdict as a line of the table."""
    return {
        tr("Result"): word(verdict.status),
        tr("Severity"): word(verdict.severity),
        tr("Dimension"): word(verdict.dimension),
        tr("What"): said(verdict.message),
        tr("Failing rows"): verdict.failed if verdict.rows else None,
        tr("Share"): layout.share(verdict.failed, verdict.rows),
        tr("Found"): said(verdict.observed),
        tr("Kind"): word(verdict.nature),
        tr("Rule"): verdict.rule,
    }


def repaired(shop: Shop, run: Run) -> None:
    """What the cleaners did."""
    st.subheader(tr("Repairs"), anchor=False)
    repairs = cache.repairs(shop, run.dataset, run.id)
    states = {True: tr("Applied"), False: tr("Suggested only")}
    layout.table(
        [
            {tr("Cleaner"): each["cleaner"], tr("Column"): each["column"], tr("State"): states[each["applied"]], tr("Cells"): each["cells"]}
            for each in repairs.to_dicts()
        ],
        tr("No cell was changed."),
    )


page()
