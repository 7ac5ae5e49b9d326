"""Know who looks at the pages, what they may do, and when they looked last."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dashboard.access.identity import person_of_claims, person_of_headers
from dashboard.access.installed import installed
from dashboard.access.passwords import COOKIE
from dashboard.access.tokens import read_token
from dashboard.data.shop import Shop
from sluice.config import Config
from sluice.domain import Message, Person, Role, Schema
from sluice.rules.masking import unmasked
from sluice.rules.people import lacks, role_of, sees_personal
from sluice.rules.today import news_since
from sluice.wiring import clock

_SINCE, _SIGNED_IN = "news_since", "signed_in"


class SignedOut(Exception):
    """Say that people have to sign in, and the viewer has not, or no longer."""


def person_of(config: Config) -> Person | None:
    """Return who signed in, as is known at this moment; None where nobody has to.

    Raises:
        SignedOut: The viewer has to sign in.
    """
    where, now = config.dashboard, clock.wall()
    if not where.sign_in:
        return None
    person: Person | None = None
    if where.oidc is not None and st.user.get("is_logged_in"):
        person = person_of_claims(st.user.to_dict(), where.oidc, where.session, now)
    elif where.proxy is not None:
        person = _within_session(person_of_headers(st.context.headers, where.proxy), config, now)
    elif where.passwords and (guarding := installed()) is not None and guarding.key:
        person = read_token(st.context.cookies.get(COOKIE, ""), guarding.key, now)
    if person is None:
        raise SignedOut
    return person


def viewer(shop: Shop) -> str:
    """Return the name of who signed in; empty where nobody has to."""
    person = person_of(shop.config)
    return person.name if person else ""


def missing_role(shop: Shop, needed: Role, dataset: str) -> Message | None:
    """Return which role the viewer lacks on a dataset, and what to do; None where nothing is missing."""
    return lacks(shop.config.roles, person_of(shop.config), needed, dataset)


def schema_for_viewer(shop: Shop, dataset: str) -> Schema:
    """Return the schema of a dataset as rows are to be drawn for the viewer: its personal columns are masked, but for who may see them.

    It is asked each time that rows are drawn, so that a session or a role that ended ends this too.
    """
    schema = shop.schema(dataset)
    try:
        person = person_of(shop.config)
    except SignedOut:
        return schema
    return unmasked(schema) if sees_personal(shop.config.roles, person, dataset) else schema


def datasets_of(shop: Shop) -> list[str]:
    """Return the datasets, those on which the viewer has a role first: a page opens on the first one."""
    own = own_datasets(shop)
    return sorted(shop.config.datasets, key=lambda dataset: dataset not in own)


def own_datasets(shop: Shop) -> list[str]:
    """Return the datasets on which the viewer has a role."""
    person = person_of(shop.config)
    return [dataset for dataset in shop.config.datasets if role_of(shop.config.roles, person, dataset) is not None]


def last_look(shop: Shop) -> datetime:
    """Return since when things are news to the viewer; the look is recorded once in a session."""
    name = viewer(shop)
    if st.session_state.get(_SINCE, ("",))[0] != name or _SINCE not in st.session_state:
        st.session_state[_SINCE] = (name, news_since(shop.store.looks.look(name, shop.now)))
    since: datetime = st.session_state[_SINCE][1]
    return since


def _within_session(person: Person | None, config: Config, now: datetime) -> Person | None:
    """Return the person, until their session with this dashboard is as long as it may be; a new connection begins another one."""
    if person is None:
        return None
    name, began = st.session_state.setdefault(_SIGNED_IN, (person.name, now))
    if name != person.name:
        st.session_state[_SIGNED_IN] = name, began = person.name, now
    return person if now < began + config.dashboard.session else None
