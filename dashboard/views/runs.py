"""Draw all runs, and one of them in detail: its decision, its scores by dimension, its verdicts, its repairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import choice_labels, label
from dashboard.i18n.language import render_message, tr
from dashboard.safety.escape import markdown
from dashboard.widgets.charts import score_bars
from dashboard.widgets.choice import choose, choose_segment
from dashboard.widgets.cost_curve import batch_cost_text
from dashboard.widgets.formatting import format_count, format_criterion, format_score, format_share, format_time
from dashboard.widgets.layout import draw_card_title, draw_choice, draw_empty, draw_heading, draw_messages, draw_table, require_shop
from dashboard.widgets.rule_links import draw_column_link, history_of
from dashboard.widgets.running_jobs import draw_running_jobs
from dashboard.widgets.stages import draw_stages
from dashboard.widgets.value_scores import draw_value_scores
from sluice.domain import Run
from sluice.rules import describe_score, guarded_at, read_at, repeats_of
from sluice.rules.revisions import newest_revisions
from sluice.store.dashboard_queries import StoredVerdict

PHASES = ("arrival", "cleaned", "published")
STATUSES = ("not_evaluated", "failed", "passed", "skipped")
SEVERITIES = ("critical", "warning", "info")


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Runs"), tr("All batches, releases and audits; select one to see its details."))
    draw_running_jobs(shop)
    runs = list(reversed(cache.runs(shop)))
    if not runs:
        draw_empty(tr("No batch has been read yet"), tr("Put files into the landing folder, then run:"), "sluice run")
        return
    run = choose_run(filter_runs(shop, runs))
    if run is not None:
        draw_run(shop, run)


def filter_runs(shop: Shop, runs: Sequence[Run]) -> list[Run]:
    """Draw the filters, and return the runs of the chosen dataset and kind."""
    left, right = st.columns(2)
    datasets, kinds = shop.config.datasets, sorted({run.kind for run in runs})
    dataset = choose(left.selectbox, tr("Dataset"), [None, *datasets], choice_labels(datasets, all_label=tr("All")), "runs_dataset")
    kind = choose(right.selectbox, tr("Kind"), [None, *kinds], choice_labels(kinds, all_label=tr("All")), "runs_kind")
    return [run for run in runs if dataset in (None, run.dataset) and kind in (None, run.kind)]


def choose_run(runs: Sequence[Run]) -> Run | None:
    """Draw the table, and return the selected run: else the one that the address names, else the newest."""
    if not runs:
        st.caption(tr("There is no run of that kind."))
        return None
    selected = draw_choice([run_row(run) for run in runs], f"runs {runs[0].id} {len(runs)}", height=400)
    if selected is not None:
        return runs[selected]
    return next((run for run in runs if run.id == st.query_params.get("run")), runs[0])


def run_row(run: Run) -> Mapping[str, object]:
    """Return a run as a row of the table."""
    moves = run.kind != "audit"  # an audit judges what is published, and moves no row
    return {
        tr("Dataset"): run.dataset,
        tr("File"): run.uri.rsplit("/", 1)[-1],
        tr("Kind"): label(run.kind),
        tr("Read"): format_time(read_at(run)),
        tr("Rows"): run.rows if moves else run.rows or None,
        tr("Published"): run.good if moves else None,
        tr("Held"): run.bad if moves else None,
        tr("Copies"): run.copies if moves else None,
        tr("Repaired"): run.repaired if moves else None,
        tr("Score"): format_score(run.published.value),
        tr("Gate"): label(state_of(run)),
    }


def state_of(run: Run) -> str:
    """Return the run's decision; its state, where it was not published."""
    return run.decision if run.state == "published" else run.state


def draw_run(shop: Shop, run: Run) -> None:
    """Draw one run in detail."""
    with st.container(border=True):
        draw_card_title(f"{run.dataset} · {label(run.kind)} · {format_time(run.at)}", state_of(run))
        version = tr("version {version} of the configuration", version=run.configuration) if run.configuration else ""
        st.text(" · ".join(filter(None, (f"{tr('Run')} {run.id}", run.uri.rsplit("/", 1)[-1], version))))
        draw_messages(run.reasons or ([run.error] if run.error else []))
        if run.state == "failed":
            st.caption(tr("Nothing of this file was published. Correct it or send it again; the next run reads it."))
            return
        draw_counts(run)
        draw_since(shop, run)
        repeats = repeats_of(run, shop.store.snapshot().copies_within(run), shop.store.quarantine.outdated_by(run))
        draw_messages([message for message in (repeats, describe_score(run.published.value, guarded_at(cache.guarded(shop, run.dataset), run))) if message])
        if cost := batch_cost_text(shop, run):
            st.caption(cost)
        if run.id in cache.profile_ends(shop, run.dataset):
            query = {"columns_dataset": run.dataset, "columns_run": run.id}
            st.page_link("views/columns.py", label=tr("Columns of this batch"), icon=":material/view_column:", query_params=query)
    verdicts = cache.verdicts(shop, run.id)
    draw_scores(shop, run)
    draw_verdicts(shop, verdicts, run)
    draw_repairs(shop, run)
    st.subheader(tr("Stages"), anchor=False)
    draw_stages(run.stages)
    draw_value_scores(shop, run.dataset)


def draw_counts(run: Run) -> None:
    """Draw how many rows were published, held and repaired."""
    if run.kind == "audit":
        _draw_audited(run)
        return
    figures = {
        tr("Rows"): (format_count(run.rows), None),
        tr("Published"): (format_count(run.good), None),
        tr("Held"): (format_count(run.bad), tr("{share} of the rows", share=format_share(run.bad, run.rows))),
        tr("Rows repaired"): (format_count(run.repaired), None),
        tr("On arrival"): (format_score(run.arrival.value), tr("Score before cleaning, with all rows.")),
        tr("Score"): (format_score(run.published.value), tr("Score after cleaning, without the held rows.")),
    }
    for column, (name, (value, hint)) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(name, value, help=hint)


def draw_since(shop: Shop, run: Run) -> None:
    """Draw where the rows of a batch are now, where later runs or people moved some since it was read."""
    revision = newest_revisions(entry for entry in cache.runs(shop) if entry.dataset == run.dataset).get(run.id)
    rejected = cache.rejected(shop, run)
    if revision is None and not rejected:
        return
    now = {"published": revision.good, "held": revision.bad - rejected, "superseded": revision.superseded} if revision else {"held": run.bad - rejected}
    counts = {name: count for name, count in {**now, "rejected": rejected}.items() if count > 0 or name in ("published", "held")}
    parts = [f"{label(name)} {format_count(max(count, 0))}" for name, count in counts.items()]
    parts += [tr("Gate: {state}", state=label(revision.decision))] if revision and revision.decision != run.decision else []
    st.caption(tr("Now, after later runs and decisions: {facts}", facts=" · ".join(parts)))


def _draw_audited(run: Run) -> None:
    """Draw how many published rows an audit judged; it publishes and holds none."""
    judged, score, _ = st.columns([1, 1, 4])
    judged.metric(tr("Rows judged"), format_count(run.rows or None), help=tr("Published rows of the training window; an audit publishes and holds none."))
    score.metric(tr("Score"), format_score(run.published.value))


def draw_scores(shop: Shop, run: Run) -> None:
    """Draw both scores by dimension."""
    st.subheader(tr("Score by dimension"), anchor=False)
    minimum = shop.config.datasets[run.dataset].gate.minimum if run.dataset in shop.config.datasets else None
    arrived = () if run.kind == "audit" else ((tr("On arrival"), run.arrival),)
    for column, (title, score) in zip(st.columns(2), (*arrived, (tr("Published"), run.published)), strict=False):
        with column:
            if score.dimensions:
                values = {label(name): value for name, value in score.dimensions.items()}
                st.altair_chart(score_bars(values, title=title, limit=minimum), width="stretch")
            else:
                st.caption(tr("{phase}: there is no score.", phase=title))


def draw_verdicts(shop: Shop, verdicts: Sequence[StoredVerdict], run: Run) -> None:
    """Draw the verdicts of a phase, failing ones first."""
    st.subheader(tr("Verdicts"), anchor=False)
    phases = [phase for phase in PHASES if any(verdict.phase == phase for verdict in verdicts)]
    if not phases:
        st.caption(tr("No rule was evaluated."))
        return
    phase = choose_segment(tr("Phase"), phases, choice_labels(phases), f"phase_{run.id}")
    ordered = sorted((verdict for verdict in verdicts if verdict.phase == phase), key=urgency)
    selected = draw_choice([verdict_row(verdict) for verdict in ordered], f"verdicts {run.id} {phase}")
    if selected is not None:
        rule = ordered[selected].rule
        label_text = tr("History of {rule}", rule=markdown(rule))
        st.page_link("views/rule.py", label=label_text, icon=":material/show_chart:", query_params=history_of(run.dataset, rule))
        draw_column_link(shop, run.dataset, rule)


def urgency(verdict: StoredVerdict) -> tuple[int, int, int]:
    """Return a sort key: rules that could not be evaluated, then failing ones, by severity and rows."""
    return STATUSES.index(verdict.status), SEVERITIES.index(verdict.severity), -verdict.failed


def verdict_row(verdict: StoredVerdict) -> Mapping[str, object]:
    """Return a verdict as a row of the table."""
    return {
        tr("Result"): label(verdict.status),
        tr("Severity"): label(verdict.severity),
        tr("Criterion"): format_criterion(verdict.message, of_rows=bool(verdict.rows)),
        tr("Failing rows"): verdict.failed if verdict.rows else None,
        tr("Share"): format_share(verdict.failed, verdict.rows) if verdict.rows else "",
        tr("Observed"): "" if verdict.rows and verdict.observed.code == "rows_failing" else render_message(verdict.observed),
    }


def draw_repairs(shop: Shop, run: Run) -> None:
    """Draw how many cells each cleaner repaired, by column."""
    st.subheader(tr("Repairs"), anchor=False)
    states = {True: tr("Applied"), False: tr("Suggested only")}
    rows = [
        {tr("Cleaner"): repair["cleaner"], tr("Column"): repair["column"], tr("State"): states[repair["applied"]], tr("Cells"): repair["cells"]}
        for repair in cache.repairs(shop, run.dataset, run.id).to_dicts()
    ]
    draw_table(rows, tr("No cell was changed."))


draw_page()
