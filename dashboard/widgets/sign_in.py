"""Draw the sign-in in place of a page for who has not signed in or has no role, and who signed in for the others."""

from __future__ import annotations

import streamlit as st

from dashboard.access.installed import installed
from dashboard.access.passwords import SIGN_OUT
from dashboard.data.shop import config_path, open_config
from dashboard.data.viewer import SignedOut, person_of
from dashboard.i18n.labels import label
from dashboard.i18n.language import tr
from dashboard.safety.escape import markdown, markup
from sluice.config import Config
from sluice.domain import ROLES, Person
from sluice.errors import SluiceError
from sluice.rules.people import has_any_role, role_of


def admit() -> None:
    """Draw who signed in; end the page where the viewer may not see it. A shop that cannot be opened has nothing to see: its page says why."""
    try:
        config = open_config(config_path())
    except SluiceError:
        return
    guarding = installed()
    if guarding is None or guarding.sign_in != config.dashboard.sign_in:
        st.error(tr("Nothing guards these pages as sluice.yaml wants it. Start the dashboard anew, with this command:"))
        st.code("sluice serve", language="bash")
        st.stop()
    try:
        person = person_of(config)
    except SignedOut:
        draw_sign_in(config)
        st.stop()
    if person is not None:
        draw_person(config, person)


def draw_sign_in(config: Config) -> None:
    """Draw how to sign in."""
    st.title(tr("Sign in"), anchor=False)
    if config.dashboard.oidc is not None:
        st.caption(tr("You are sent to your identity provider, and come back here."))
        if st.button(tr("Sign in"), type="primary", icon=":material/login:"):
            st.login()
    elif config.dashboard.proxy is not None:
        st.caption(tr("The proxy says nobody's name, or the session is over. Sign in at the proxy, then load this page again."))
    else:
        st.caption(tr("The session is over."))
        draw_sign_out(tr("Sign in"))


def draw_person(config: Config, person: Person) -> None:
    """Draw who signed in, and how to sign out; end the page for somebody without a role."""
    with st.sidebar:
        st.text(tr("Signed in as {name}", name=person.name))
        st.caption(describe_roles(config, person))
        if config.dashboard.oidc is not None and st.button(tr("Sign out"), icon=":material/logout:", key="sign_out"):
            st.logout()
        if config.dashboard.passwords:
            draw_sign_out(tr("Sign out"))
    if not has_any_role(config.roles, person, tuple(config.datasets)):
        st.title(tr("No role yet"), anchor=False)
        st.markdown(tr("{name} has no role in this shop. An admin gives one under `people` in sluice.yaml.", name=markdown(person.name)))
        st.stop()


def describe_roles(config: Config, person: Person) -> str:
    """Return which role somebody has: one on all datasets, or each with its datasets, the greatest first."""
    roles = {dataset: role_of(config.roles, person, dataset) for dataset in config.datasets}
    having = {role: [dataset for dataset in roles if roles[dataset] == role] for role in reversed(ROLES)}
    lines = [(label(role), datasets) for role, datasets in having.items() if datasets]
    if len(lines) == 1 and len(lines[0][1]) == len(roles):
        return tr("Role: {role}", role=lines[0][0])
    return "  \n".join(tr("Role: {role} ({datasets})", role=role, datasets=markdown(", ".join(datasets))) for role, datasets in lines)


def draw_sign_out(text: str) -> None:
    """Draw the link that leads to the form of passwords, in this tab: links of Streamlit's own open another one."""
    st.html(f'<a href="{SIGN_OUT}" target="_self">{markup(text)}</a>')
