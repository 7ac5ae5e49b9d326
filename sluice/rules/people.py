"""Decide what a person may do: the role that each request needs, and the role that a person has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sluice.domain import ROLES, Grant, JobKind, Message, People, Person, Request, RequestKind, Role

NEEDED: Mapping[RequestKind, Role] = {
    "release": "steward",
    "reject": "steward",
    "correct": "steward",
    "undo": "steward",
    "undo_release": "steward",
    "undo_reject": "steward",
    "run": "steward",
    "suggest_rules": "steward",
    "try_rule": "steward",
    "choose_rows": "steward",
    "label": "steward",
    "undo_label": "steward",
    "import_labels": "steward",
    "find_products": "steward",
    "label_pair": "steward",
    "undo_label_pair": "steward",
    "import_pairs": "steward",
    "propose": "steward",
    "change_rule": "author",
    "undo_change_rule": "author",
    "map_values": "author",
    "undo_map_values": "author",
    "restore_config": "author",
    "merge_products": "author",
    "undo_merge_products": "author",
    "retrain": "author",
    "rollback": "author",
    "undo_rollback": "author",
    "refit": "author",
    "override": "admin",
    "undo_override": "admin",
}
"""Role that each kind of request needs: stewards decide on rows, authors on rules and models, and only admins open a gate."""

_ABOUT_MODELS: frozenset[RequestKind] = frozenset({"rollback", "undo_rollback", "refit"})

_JOB_ROLES: Mapping[JobKind, Role] = {"ingest": "steward", "audit": "steward", "retrain": "author"}

INCIDENT_ROLE: Role = "steward"
"""Role that an act on an incident needs."""


def role_for_job(kind: JobKind) -> Role:
    """Return the role that starting or cancelling a job needs."""
    return _JOB_ROLES[kind]


def role_of(people: People, person: Person | None, dataset: str) -> Role | None:
    """Return the greatest role that somebody has on a dataset; None where there is none.

    Args:
        people: Who may do what.
        person: Who signed in; None where nobody does, as on the command line, whose user holds the database.
        dataset: Name of the dataset; empty for what is about all datasets.

    Example:
        >>> people = People(sign_in=True, grants=(Grant("viewer", person="*"), Grant("steward", group="shop", datasets=frozenset({"events"}))))
        >>> role_of(people, Person("ann@shop.example", ("shop",)), "events")
        'steward'
        >>> role_of(people, Person("ann@shop.example", ("shop",)), "items")
        'viewer'
        >>> people = People(tokens=(Grant("steward", person="SHOP_TOKEN", datasets=frozenset({"events"})),))
        >>> [role_of(people, Person("Airflow", token=True, variable="SHOP_TOKEN"), dataset) for dataset in ("events", "items")]
        ['steward', None]
    """
    if person is not None and person.token:
        return _greatest(grant for grant in people.tokens if _is_of_token(grant, person, dataset))
    if not people.sign_in or person is None:
        return "admin"
    if people.passwords:
        return _role_of_password(people, person, dataset)
    return _greatest(grant for grant in people.grants if _applies(grant, person, dataset))


def _role_of_password(people: People, person: Person, dataset: str) -> Role | None:
    """Return the role that a password gives on a dataset; where a record names the role alone, passwords were about all datasets."""
    if not person.variable:
        return None if any(grant.datasets for grant in people.password_grants) else person.role
    own = (grant for grant in people.password_grants if grant.person == person.variable)
    return _greatest(grant for grant in own if not grant.datasets or dataset in grant.datasets)


def has_role(people: People, person: Person | None, needed: Role, dataset: str) -> bool:
    """Return True where somebody has a role on a dataset, or a greater one."""
    role = role_of(people, person, dataset)
    return role is not None and ROLES.index(role) >= ROLES.index(needed)


def sees_personal(people: People, person: Person | None, dataset: str) -> bool:
    """Return True where somebody sees personal columns of a dataset as they are: who signed in, with the role that the configuration names.

    Example:
        >>> people = People(sign_in=True, grants=(Grant("admin", person="ann@shop.example"), Grant("viewer", person="*")), unmask="admin")
        >>> [sees_personal(people, Person(name), "events") for name in ("ann@shop.example", "bo@shop.example")]
        [True, False]
        >>> sees_personal(People(unmask="admin"), None, "events")
        False
    """
    signed_in = person is not None and (people.sign_in or person.token)
    return signed_in and people.unmask is not None and has_role(people, person, people.unmask, dataset)


def has_any_role(people: People, person: Person | None, datasets: tuple[str, ...]) -> bool:
    """Return True where somebody has a role on one of some datasets, or on all."""
    return any(role_of(people, person, dataset) for dataset in ("", *datasets))


def refusal(people: People, person: Person | None, request: Request, learns_from: str = "") -> Message | None:
    """Return why somebody may not file, confirm or have carried out a request; None where they may.

    Args:
        people: Who may do what.
        person: Who asks.
        request: What for.
        learns_from: As in `dataset_of`.
    """
    return lacks(people, person, NEEDED[request.kind], dataset_of(request, learns_from))


def dataset_of(request: Request, learns_from: str = "") -> str:
    """Return the dataset whose role a request needs: that of the model where it is about one of a dataset, such as `events.autoencoder`.

    Args:
        request: The request.
        learns_from: The dataset that the recommender learns from, whatever dataset a request about the recommender names; empty where it is not known.

    Example:
        >>> from datetime import UTC, datetime
        >>> dataset_of(Request("q1", "refit", "items", "Ann", "", datetime(2026, 3, 1, tzinfo=UTC), model="events.autoencoder"))
        'events'
    """
    if request.kind == "restore_config":  # which is about all datasets
        return ""
    if request.kind in _ABOUT_MODELS and "." in request.model:
        return dataset_of_model(request.model, learns_from)
    return (learns_from if request.kind in {"retrain", *_ABOUT_MODELS} else "") or request.dataset


def dataset_of_model(model: str, learns_from: str) -> str:
    """Return the dataset whose role a model needs: its own, or the one that the recommender learns from.

    Args:
        model: Full name of the model.
        learns_from: The dataset that the recommender learns from; empty where there is none.

    Example:
        >>> dataset_of_model("events.autoencoder", "clicks"), dataset_of_model("recommender", "clicks")
        ('events', 'clicks')
    """
    dataset, point, _ = model.partition(".")
    return dataset if point else learns_from


def lacks(people: People, person: Person | None, needed: Role, dataset: str) -> Message | None:
    """Return that somebody lacks a role on a dataset, and what to do; None where they have it."""
    if has_role(people, person, needed, dataset):
        return None
    name = "" if person is None else person.name
    if person is not None and person.token:
        return _lacks_token(people, person, needed, dataset)
    if people.passwords and dataset and any(grant.datasets for grant in people.password_grants):
        return Message.of("role_needed_password_on", person=name, role=needed, dataset=dataset)
    if people.passwords:
        return Message.of("role_needed_password", person=name, role=needed)
    return Message.of("role_needed", person=name, role=needed, dataset=dataset) if dataset else Message.of("role_needed_everywhere", person=name, role=needed)


def _lacks_token(people: People, person: Person, needed: Role, dataset: str) -> Message:
    """Return that a token lacks a role; a dataset that it may not see is not named."""
    if not dataset:
        return Message.of("role_needed_token", person=person.name, role=needed)
    if role_of(people, person, dataset) is None:
        return Message.of("role_needed_token_further", person=person.name, role=needed)
    return Message.of("role_needed_token_on", person=person.name, role=needed, dataset=dataset)


def datasets_of(people: People, person: Person | None, datasets: Iterable[str], needed: Role = "viewer") -> tuple[str, ...]:
    """Return the datasets on which somebody has a role, or a greater one, in their order.

    Args:
        people: Who may do what.
        person: Who asks.
        datasets: All datasets.
        needed: The role.
    """
    return tuple(dataset for dataset in datasets if has_role(people, person, needed, dataset))


def _greatest(grants: Iterable[Grant]) -> Role | None:
    return max((grant.role for grant in grants), key=ROLES.index, default=None)


def _is_of_token(grant: Grant, person: Person, dataset: str) -> bool:
    """Return whether a grant is about a token and a dataset; where a record names the role of a token alone, it was one for all datasets."""
    if not person.variable:
        return grant.role == person.role and not grant.datasets
    return grant.person == person.variable and (not grant.datasets or dataset in grant.datasets)


def _applies(grant: Grant, person: Person, dataset: str) -> bool:
    """Return whether a grant is about a person and a dataset."""
    named = (
        grant.group in person.groups if grant.group else grant.person == "*" or grant.person == person.name != "" or _is_same_address(grant.person, person.name)
    )
    return named and (not grant.datasets or dataset in grant.datasets)


def _is_same_address(one: str, other: str) -> bool:
    """Return whether two e-mail addresses differ in capitals at most; letters beyond ASCII could look alike."""
    return "@" in one and one.isascii() and other.isascii() and one.lower() == other.lower()
