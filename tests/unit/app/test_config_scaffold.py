from __future__ import annotations

from pathlib import Path

from sluice.app.config_scaffold import scaffold_config
from tests.refusing import refuse


def test_the_tracking_plan_and_uncertain_sets_are_named(tmp_path: Path) -> None:
    lines = ["event_id,event_type,query,order_ref,channel,ts"]
    for index in range(240):
        kind = ("search", "view", "purchase")[index % 3]
        cells = (f"e{index}", kind, "mug" if kind == "search" else "", f"o{index}" if kind == "purchase" else "", ("web", "shop")[index % 2])
        lines.append(",".join((*cells, f"2026-11-27T{index // 60:02}:{index % 60:02}:00Z")))
    (tmp_path / "events_2026-11-27.csv").write_text("\n".join(lines), encoding="utf-8")

    (facts,), text, checks = scaffold_config(tmp_path, tmp_path, refuse)
    assert facts["tracking plan"] == "purchase has order_ref; search has query"
    assert 'column: order_ref, row_condition: "event_type == \\"purchase\\""' in text
    assert {check.place for check in checks} >= {"events.event_type", "events.channel"}
    assert "# CHECK: channel: 2 values were seen" in text


def test_the_suggested_detector_reports_and_closes_no_gate(tmp_path: Path) -> None:
    lines = ["order_id,ts,price,city", *(f"o{index},2026-11-27T08:{index:02}:00Z,{index}.50,{('Kiel', 'Bonn')[index % 2]}" for index in range(40))]
    (tmp_path / "orders_2026-11-27.csv").write_text("\n".join(lines), encoding="utf-8")
    _, text, _ = scaffold_config(tmp_path, tmp_path, refuse)
    assert "- autoencoder: {max_fpr: 0.01, severity: info}" in text


def test_no_detector_is_suggested_where_every_column_is_personal_or_a_key(tmp_path: Path) -> None:
    lines = ["customer_id,first_name,email,phone,city", *(f"C{row:04},Ada,ada{row}@shop.example,+49 30 1234{row:04},Berlin" for row in range(40))]
    (tmp_path / "customers.csv").write_text("\n".join(lines), encoding="utf-8")

    _, text, _ = scaffold_config(tmp_path, tmp_path, refuse)
    assert "detect:" not in text  # `run` would refuse it: nothing is left to learn from


def test_bots_are_reported_where_users_act_on_items(tmp_path: Path) -> None:
    goods = ["item_id,title,price", *(f"i{item:03},Mug {item},{item}.50" for item in range(60))]
    clicks = ["event_id,user_id,session_id,item_id,event_type,ts"]
    clicks += [f"e{event},u{event % 40},s{event // 4},i{event % 60:03},view,2026-11-27T08:{event // 60:02}:{event % 60:02}Z" for event in range(400)]
    (tmp_path / "catalog_2026-11-27.csv").write_text("\n".join(goods), encoding="utf-8")
    (tmp_path / "events_2026-11-27.csv").write_text("\n".join(clicks), encoding="utf-8")
    _, text, _ = scaffold_config(tmp_path, tmp_path, refuse)
    assert "- traffic: {user: user_id, item: item_id, " in text
    assert "severity: info, on_fail: flag}  # reports bots" in text
