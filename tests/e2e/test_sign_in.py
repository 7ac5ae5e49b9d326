"""Signing in with a browser: at a real OpenID Connect server, with a password, behind a proxy."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from dashboard.launch import command
from sluice.app import App
from sluice.config import load
from tests.patience import PATIENCE, patient

MAIN_PATH = "quarantine?quarantine_dataset=events&lang=en"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def dashboard(app: App, settings: str, port: int, **environment: str) -> Iterator[str]:
    """The shop's dashboard with other settings, on a port."""
    path = app.path.with_name(f"sluice-{port}.yaml")
    path.write_text(f"{app.path.read_text()}\n{settings}\n")
    load(path)
    with subprocess.Popen(command(path, port=port), stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}) as server:
        try:
            assert server.stdout is not None
            assert any("URL" in line for line in server.stdout), "the dashboard did not start"
            yield f"http://localhost:{port}"
        finally:
            server.kill()


@contextmanager
def provider(port: int) -> Iterator[str]:
    """An identity provider with a steward and somebody whom nobody knows."""
    if importlib.util.find_spec("oidc_provider_mock") is None or importlib.util.find_spec("authlib") is None:
        pytest.skip("there is no identity provider for tests: pip install oidc-provider-mock authlib")
    users = ('{"sub": "sam", "email": "sam@shop.example", "groups": ["stewards"]}', '{"sub": "eve", "email": "eve@shop.example"}')
    claims = [part for user in users for part in ("--user-claims", user)]
    arguments = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), *claims]
    with subprocess.Popen(arguments, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port)
            yield f"http://localhost:{port}/.well-known/openid-configuration"
        finally:
            server.kill()


def wait_for(port: int) -> None:
    """Wait until something listens on a port."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the identity provider did not start")


def signed_in(page: Page, name: str) -> None:
    """Wait until the page says who signed in."""
    page.get_by_text(f"Signed in as {name}").wait_for()


def test_a_steward_signs_in_by_openid_connect_and_comes_back_to_the_page(app: App, browser: Browser) -> None:
    port = free_port()
    with provider(free_port()) as metadata:
        settings = f"""
dashboard: {{oidc: {{metadata: "{metadata}", client_id: sluice, redirect_uri: "http://localhost:{port}/oauth2callback"}}}}
people: [{{group: stewards, role: steward}}]"""
        with dashboard(app, settings, port, SLUICE_OIDC_SECRET="hush", AUTHLIB_INSECURE_TRANSPORT="1") as address:
            page = patient(browser.new_page())
            page.goto(f"{address}/{MAIN_PATH}")
            page.get_by_role("heading", name="Sign in", level=1).wait_for()
            assert page.get_by_test_id("stDataFrame").count() == 0
            sign_in_as(page, "sam")
            signed_in(page, "sam@shop.example")
            page.get_by_role("heading", name="Quarantine", level=1).wait_for()
            assert page.get_by_label("Your name").count() == 0
            page.get_by_role("button", name="Sign out").click()
            page.wait_for_url("**/end_session**")  # the provider ends its own session, too
            page.close()
            other = patient(browser.new_page())
            other.goto(f"{address}/?lang=en")
            sign_in_as(other, "eve")
            other.get_by_role("heading", name="No role yet", level=1).wait_for()
            other.close()


def sign_in_as(page: Page, subject: str) -> None:
    """Sign in at the provider."""
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=subject, exact=True).click()


def test_a_viewer_signs_in_with_a_password_and_may_look_alone(app: App, browser: Browser) -> None:
    with dashboard(app, "dashboard: {passwords: true}", free_port(), SLUICE_PASSWORD_VIEWER="look-and-see-1") as address:
        page = patient(browser.new_page(locale="en-GB"))
        page.goto(f"{address}/{MAIN_PATH}")
        fill(page, "look-and-see-2")
        page.get_by_role("alert").wait_for()
        fill(page, "look-and-see-1")
        signed_in(page, "Ann")
        page.get_by_role("heading", name="Quarantine", level=1).wait_for()
        page.get_by_role("link", name="Sign out").click()
        page.get_by_label("Password").wait_for()
        page.close()


def fill(page: Page, password: str) -> None:
    """Sign in with a password."""
    page.get_by_label("Your name").fill("Ann")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_proxy_says_who_signed_in_and_no_header_says_who_the_proxy_is(app: App, browser: Browser) -> None:
    settings = """
dashboard: {proxy: {header: X-User, addresses: [127.0.0.1]}}
people: [{person: ann@shop.example, role: admin}]"""
    with dashboard(app, settings, free_port()) as address:
        request = urllib.request.Request(address.replace("localhost", "127.0.0.1"), headers={"X-Forwarded-For": "10.9.9.9"})
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200, "the address in the header was taken for the one that asks"
        context = browser.new_context(extra_http_headers={"X-User": "ann@shop.example"})
        page = patient(context.new_page())
        page.goto(f"{address.replace('localhost', '127.0.0.1')}/?lang=en")
        signed_in(page, "ann@shop.example")
        page.get_by_role("heading", name="Today", level=1).wait_for()
        context.close()
