"""Who may do what: every kind of request with every role, by dataset, by group, and where nobody signs in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.config import load
from sluice.domain import ROLES, Grant, People, Person, Request, RequestKind, Role
from sluice.errors import ConfigError
from sluice.messages import render
from sluice.rules.addresses import is_local
from sluice.rules.people import INCIDENT_ROLE, NEEDED, datasets_of, has_any_role, lacks, refusal, role_of, sees_personal
from sluice.rules.undo import UNDONE_BY

NOW = datetime(2026, 3, 15, tzinfo=UTC)
KINDS: tuple[RequestKind, ...] = get_args(RequestKind)
STEWARD = {
    "release",
    "reject",
    "correct",
    "undo",
    "undo_release",
    "undo_reject",
    "run",
    "suggest_rules",
    "try_rule",
    "choose_rows",
    "label",
    "undo_label",
    "import_labels",
    "find_products",
    "label_pair",
    "undo_label_pair",
    "import_pairs",
    "propose",
}
AUTHOR = {
    "retrain",
    "rollback",
    "undo_rollback",
    "refit",
    "change_rule",
    "undo_change_rule",
    "map_values",
    "undo_map_values",
    "merge_products",
    "undo_merge_products",
    "restore_config",
}
MAY: Mapping[Role, Collection[str]] = {  # written out, so that a change of the table is seen twice
    "viewer": set(),
    "steward": STEWARD,
    "author": STEWARD | AUTHOR,
    "admin": set(KINDS),
}


def request(kind: RequestKind, dataset: str = "events", model: str = "") -> Request:
    return Request("q1", kind, dataset, "Ann", "", NOW, model=model)


@pytest.mark.parametrize("needed", [None, *ROLES])
@pytest.mark.parametrize("role", ROLES)
def test_personal_columns_are_seen_by_the_role_that_is_named_and_by_greater_ones(role: Role, needed: Role | None) -> None:
    ann = Person("ann@shop.example")
    people = People(sign_in=True, grants=(Grant(role, person=ann.name, datasets=frozenset({"events"})),), unmask=needed)
    assert sees_personal(people, ann, "events") == (needed is not None and ROLES.index(role) >= ROLES.index(needed))
    assert not sees_personal(people, ann, "items")
    assert not sees_personal(people, None, "events"), "who has not signed in is no admin here"
    assert not sees_personal(People(unmask=needed), None, "events")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_role_may_request_what_is_written_out_and_nothing_else(kind: RequestKind, role: Role) -> None:
    ann = Person("ann@shop.example")
    on_one = People(sign_in=True, grants=(Grant(role, person=ann.name, datasets=frozenset({"events"})),))
    about_all = kind == "restore_config"  # which needs the role on all datasets
    assert (refusal(on_one, ann, request(kind)) is None) == (kind in MAY[role] and not about_all)
    assert (refusal(People(sign_in=True, grants=(Grant(role, person=ann.name),)), ann, request(kind)) is None) == (kind in MAY[role])
    assert refusal(on_one, ann, request(kind, "items")) is not None, "the role is about another dataset"
    about_model = kind in ("rollback", "undo_rollback", "refit")
    other = request(kind, "events", "items.autoencoder") if about_model else request(kind, "items", "events.autoencoder")
    assert refusal(on_one, ann, other) is not None, "the model, or what it does not name, is of another dataset"
    assert refusal(on_one, Person("eve@shop.example"), request(kind)) is not None
    by_password = People(sign_in=True, passwords=True)
    assert (refusal(by_password, Person("Ann", role=role), request(kind)) is None) == (kind in MAY[role])


@pytest.mark.parametrize(("kind", "model"), [("retrain", ""), ("rollback", "recommender"), ("undo_rollback", "recommender")])
def test_a_request_about_the_recommender_needs_the_role_on_what_it_learns_from(kind: RequestKind, model: str) -> None:
    ann = Person("ann@shop.example")
    on_items = People(sign_in=True, grants=(Grant("author", person=ann.name, datasets=frozenset({"items"})),))
    assert refusal(on_items, ann, request(kind, "items", model), learns_from="events") is not None
    assert refusal(on_items, ann, request(kind, "events", model), learns_from="items") is None


def test_every_kind_of_request_needs_a_role_and_its_undo_the_same() -> None:
    assert set(NEEDED) == set(KINDS)
    assert {kind: NEEDED[kind] for kind in UNDONE_BY} == {kind: NEEDED[undone] for kind, undone in UNDONE_BY.items()}


def test_where_nobody_signs_in_and_on_the_command_line_everything_is_allowed() -> None:
    assert role_of(People(), None, "events") == "admin"
    assert role_of(People(sign_in=True), None, "events") == "admin"


def test_a_password_gives_its_role_only_where_passwords_are_used() -> None:
    boss = Person("Ann", role="admin")
    assert role_of(People(sign_in=True), boss, "events") is None
    assert role_of(People(sign_in=True, passwords=True, grants=(Grant("admin", person="Bob"),)), Person("Bob"), "events") is None


def test_a_password_gives_its_roles_on_the_datasets_that_it_names() -> None:
    grants = (Grant("steward", "DESK", datasets=frozenset({"events"})), Grant("viewer", "DESK"), Grant("admin", "BOSS"))
    people = People(sign_in=True, passwords=True, password_grants=grants)
    desk, boss = Person("Ann", variable="DESK"), Person("Bo", variable="BOSS")
    assert [role_of(people, desk, dataset) for dataset in ("events", "items", "")] == ["steward", "viewer", "viewer"]
    assert [role_of(people, boss, dataset) for dataset in ("events", "items", "")] == ["admin"] * 3
    assert role_of(people, Person("Cy", variable="GONE"), "events") is None
    assert role_of(people, Person("Cy", role="admin"), "events") is None, "a role that an earlier version recorded was one on all datasets"
    refused = lacks(people, desk, "steward", "items")
    assert refused is not None
    assert render(refused) == "Ann may not do this: the password that was used does not give the role steward on items"


@pytest.mark.parametrize(
    ("grant", "person", "role"),
    [
        (Grant("steward", group="shop"), Person("Ann", ("shop", "all")), "steward"),
        (Grant("steward", group="shop"), Person("shop"), None),
        (Grant("steward", person="shop"), Person("Ann", ("shop",)), None),
        (Grant("viewer", person="*"), Person("anybody"), "viewer"),
        (Grant("steward", person="Ann@Shop.example"), Person("ann@shop.example"), "steward"),
        (Grant("steward", person="sam@shop.example"), Person("\u017fam@shop.example"), None),  # a long s, which casefold() makes an s
        (Grant("steward", person="4F1"), Person("4f1"), None),  # ids differ by capitals
        (Grant("admin", group=""), Person("", ("",)), None),
    ],
)
def test_a_grant_is_about_those_whom_it_names(grant: Grant, person: Person, role: Role | None) -> None:
    assert role_of(People(sign_in=True, grants=(grant,)), person, "events") == role


def test_the_greatest_role_counts_and_a_role_on_one_dataset_opens_the_dashboard() -> None:
    people = People(sign_in=True, grants=(Grant("viewer", person="*"), Grant("author", person="Ann"), Grant("steward", person="Ann")))
    assert role_of(people, Person("Ann"), "events") == "author"
    one = People(sign_in=True, grants=(Grant("viewer", person="Ann", datasets=frozenset({"events"})),))
    assert has_any_role(one, Person("Ann"), ("items", "events"))
    assert not has_any_role(one, Person("Ann"), ("items",))
    assert not has_any_role(one, Person("Bob"), ("events",))


def test_the_refusal_says_who_lacks_what_and_where_it_is_given() -> None:
    refused = lacks(People(sign_in=True), Person("Ann"), INCIDENT_ROLE, "events")
    assert refused is not None
    assert render(refused) == "Ann may not do this: it needs the role steward on events, which an admin gives under `people` in sluice.yaml"
    refused = lacks(People(sign_in=True, passwords=True), Person("Ann", role="viewer"), "admin", "events")
    assert refused is not None
    assert "“管理员”角色" in render(refused, "zh")


DATASET = '{events: {source: {files: "*.csv"}, columns: {a: {type: string}}}}'
PROXY = "proxy: {header: X-User, addresses: [10.0.0.2]}"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("unmask: admin\n", "unmask: nobody is known before they sign in"),
        ("people: [{person: Ann, role: admin}]", "nobody is known before they sign in"),
        ("dashboard: {passwords: true}\npeople: [{person: Ann, role: admin}]", "the password gives the role"),
        (f"dashboard: {{{PROXY}}}", "nobody who signs in has a role"),
        (f"dashboard: {{{PROXY}}}\npeople: [{{person: Ann, role: admin, datasets: [item]}}]", "no dataset is called item"),
        (f"dashboard: {{{PROXY}}}\npeople: [{{person: Ann, group: shop, role: admin}}]", "either a person or a group"),
        (f"dashboard: {{{PROXY}, passwords: true}}", "one of oidc, proxy and passwords"),
        ("dashboard: {proxy: {header: X-User, addresses: [proxy.example]}}", "proxy.example is no address or network"),
        ("dashboard: {proxy: {header: X-User, addresses: []}}", "at least 1 item"),
        ("dashboard: {oidc: {metadata: https://id.example, client_id: a, redirect_uri: https://sluice.example}}", "/oauth2callback"),
    ],
)
def test_a_configuration_that_would_let_the_wrong_people_in_is_refused(tmp_path: Path, text: str, mistake: str) -> None:
    (tmp_path / "sluice.yaml").write_text(f"datasets: {DATASET}\n{text}\n")
    with pytest.raises(ConfigError, match=mistake):
        load(tmp_path / "sluice.yaml")


def test_roles_are_read_from_the_configuration(tmp_path: Path) -> None:
    people = "people: [{person: ann@shop.example, role: admin}, {group: shop, role: steward, datasets: [events]}]"
    (tmp_path / "sluice.yaml").write_text(f"datasets: {DATASET}\ndashboard: {{host: 0.0.0.0, {PROXY}}}\n{people}\n")
    grants = (Grant("admin", person="ann@shop.example"), Grant("steward", group="shop", datasets=frozenset({"events"})))
    assert load(tmp_path / "sluice.yaml").roles == People(sign_in=True, grants=grants)


def test_the_roles_of_a_token_are_those_of_its_variable(tmp_path: Path) -> None:
    tokens = "[{variable: SHOP, role: viewer}, {variable: SHOP, role: steward, datasets: [events]}, {variable: DESK, role: viewer, datasets: [events]}]"
    datasets = DATASET.removesuffix("}") + ", items: {source: {files: b.csv}, columns: {a: {type: string}}}}"
    (tmp_path / "sluice.yaml").write_text(f"datasets: {datasets}\napi: {{tokens: {tokens}}}\n")
    people = load(tmp_path / "sluice.yaml").roles
    shop, desk = Person("a", token=True, variable="SHOP"), Person("b", token=True, variable="DESK")
    assert [role_of(people, shop, dataset) for dataset in ("events", "items", "")] == ["steward", "viewer", "viewer"]
    assert [role_of(people, desk, dataset) for dataset in ("events", "items", "")] == ["viewer", None, None]
    assert datasets_of(people, desk, ("items", "events")) == ("events",)
    assert datasets_of(people, shop, ("items", "events"), "steward") == ("events",)
    assert role_of(people, Person("c", token=True, variable="GONE"), "events") is None
    earlier = [Person("d", role=role, token=True) for role in ROLES]
    assert [role_of(people, person, "events") for person in earlier] == ["viewer", None, None, None], "recorded by the role of a token for all datasets"
    refused = lacks(people, desk, "steward", "events")
    assert refused is not None
    assert render(refused) == "b may not do this: it needs a token of the role steward on events, which `api.tokens` in sluice.yaml names"


GRANTS = st.builds(
    Grant, role=st.sampled_from(ROLES), person=st.sampled_from(["SHOP", "DESK"]), datasets=st.frozensets(st.sampled_from(["events", "items"]), max_size=1)
)


@given(tokens=st.lists(GRANTS, max_size=5), dataset=st.sampled_from(["events", "items", ""]))
def test_a_token_never_has_more_than_its_own_entries_give(tokens: list[Grant], dataset: str) -> None:
    role = role_of(People(tokens=tuple(tokens)), Person("a", role="admin", token=True, variable="SHOP"), dataset)
    given_roles = {entry.role for entry in tokens if entry.person == "SHOP" and (dataset in entry.datasets or not entry.datasets)}
    assert role is None if not given_roles else role in given_roles
    assert all(role is not None and ROLES.index(role) >= ROLES.index(one) for one in given_roles)


def test_only_names_of_this_machine_are_local() -> None:
    assert [is_local(host) for host in ("127.8.0.1", "[::1]", "LOCALHOST", "10.0.0.1", "localhost.evil.example", "::")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
