"""Draw the history of one rule: how often it passes, how many rows fail, and the limits that applied on each batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.data.viewer import datasets_of
from dashboard.i18n.labels import label
from dashboard.i18n.language import render_message, tr
from dashboard.widgets.formatting import format_count, format_criterion, format_share, format_time
from dashboard.widgets.layout import draw_choice, draw_empty, draw_heading, require_shop
from dashboard.widgets.rule_chart import rule_chart
from dashboard.widgets.rule_links import draw_column_link
from sluice.rules.rule_history import RulePoint, judged


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Rule history"), tr("What a rule observed on each batch, and the limits that applied there."))
    dataset, rule = choose_rule(shop)
    points = cache.rule_history(shop, dataset, rule) if rule else []
    if not points:
        draw_empty(tr("No batch was judged by a rule of that name"), tr("Choose another dataset or rule above."))
        return
    draw_figures(points)
    draw_links(shop, dataset, rule)
    if any(point.value is not None for point in points):
        st.altair_chart(rule_chart(points), width="stretch")
        st.caption(chart_text(points))
    draw_points(points, f"points {dataset} {rule}")


def choose_rule(shop: Shop) -> tuple[str, str]:
    """Draw dataset and rule; the address names both."""
    left, right = st.columns([1, 3])
    dataset = left.selectbox(tr("Dataset"), datasets_of(shop), key="history_dataset", bind="query-params")
    newest = next((run for run in reversed(cache.runs(shop)) if run.dataset == dataset and run.kind == "ingest" and run.state == "published"), None)
    rules = sorted({verdict.rule for verdict in cache.verdicts(shop, newest.id)}) if newest else []
    named = st.query_params.get("history_rule", "")
    if named and named not in rules and cache.rule_history(shop, dataset, named):
        rules = [named, *rules]  # a rule of earlier batches
    return dataset, str(right.selectbox(tr("Rule"), rules, key="history_rule", bind="query-params") or "")


def draw_figures(points: Sequence[RulePoint]) -> None:
    """Draw the pass rate, the failing rows, and when it failed last."""
    passed, failed = (sum(point.status == status for point in points) for status in ("passed", "failed"))
    last = next((point for point in reversed(points) if point.status == "failed"), None)
    figures = {
        tr("Batches judged"): format_count(len(judged(points))),
        tr("Passed"): format_share(passed, passed + failed),
        tr("Failing rows"): format_count(sum(point.failed for point in points if point.is_of_rows)),
        tr("Failed last"): format_time(last.at if last else None),
    }
    for column, (name, value) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(name, value)


def draw_links(shop: Shop, dataset: str, rule: str) -> None:
    """Draw the links to its incident, and to the form that changes it."""
    incident = next((entry for entry in cache.incidents(shop) if (entry.dataset, entry.rule) == (dataset, rule)), None)
    with st.container(horizontal=True, gap="small"):
        if incident:
            st.page_link("views/incidents.py", label=tr("Open incident"), icon=":material/notifications:", query_params={"incident": str(incident.id)})
        if rule.startswith("expect_"):
            query = {"rules_dataset": dataset, "rule": rule}
            st.page_link("views/rules.py", label=tr("Try other limits"), icon=":material/science:", query_params=query)
        draw_column_link(shop, dataset, rule)


def chart_text(points: Sequence[RulePoint]) -> str:
    """Return what the chart shows."""
    if any(point.is_learned for point in points):
        return tr("The line is what was observed, the dashed lines the limits that earlier batches gave.")
    if any(limit is not None for point in points for limit in point.limits):
        return tr("The line is what was observed, the dashed lines the limits of that batch.")
    return tr("The line is the share of rows that fail.")


def draw_points(points: Sequence[RulePoint], key: str) -> None:
    """Draw one row for each batch, the newest first, and the link to the selected one."""
    newest = list(reversed(points))
    selected = draw_choice([point_row(point) for point in newest], key)
    if selected is not None:
        st.page_link("views/runs.py", label=tr("Open run"), icon=":material/history:", query_params={"run": newest[selected].run})


def point_row(point: RulePoint) -> Mapping[str, object]:
    """Return what the rule said of a batch as a row of a table."""
    return {
        tr("Batch end"): format_time(point.at),
        tr("Result"): label(point.status),
        tr("Failing rows"): point.failed if point.is_of_rows else None,
        tr("Rows"): point.rows if point.is_of_rows else None,
        tr("Observed"): render_message(point.observed),
        tr("Criterion"): format_criterion(point.message, of_rows=point.is_of_rows),
    }


draw_page()
