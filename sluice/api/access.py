"""Read the token of each role from the environment, and name who comes with one."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.access.role_passwords import role_of_password
from sluice.api.errors import ApiError
from sluice.config.api import Api
from sluice.domain import Person, Role
from sluice.errors import UsageError
from sluice.rules.addresses import is_local

MIN_LENGTH = 20  # characters of a token
PROGRAM = "a program"  # whom the log names where nobody else is named


def tokens_of(api: Api, environment: Mapping[str, str]) -> Mapping[Role, str]:
    """Return the tokens of the roles.

    Args:
        api: The settings.
        environment: Variables by name.

    Raises:
        UsageError: A token is missing, short or that of another role, or other machines could read without one; no token is named.
    """
    if not api.tokens and not is_local(api.host):
        raise UsageError(
            f"api.host {api.host} can be reached from other machines, and nobody would need a token: set api.tokens, such as "
            "{viewer: SLUICE_API_VIEWER}, or leave host at 127.0.0.1"
        )
    unset = [name for name in api.tokens.values() if not environment.get(name)]
    if unset:
        raise UsageError(f"api.tokens: the environment variable {', '.join(unset)} is not set; it holds a token of {MIN_LENGTH} characters or more")
    tokens = {role: environment[name] for role, name in api.tokens.items()}
    unfit = [api.tokens[role] for role, token in tokens.items() if len(token) < MIN_LENGTH or not token.isascii() or not token.isprintable() or " " in token]
    if unfit:
        raise UsageError(f"api.tokens: {', '.join(unfit)} is no token: it needs {MIN_LENGTH} characters or more, of ASCII and without blanks")
    if len(set(tokens.values())) < len(tokens):
        raise UsageError("api.tokens: two roles have the same token; give each role its own")
    return tokens


def describe_access(api: Api) -> str:
    """Return who is answered, for the person at the terminal."""
    if not api.tokens:
        return "no token is needed: it answers on this machine alone, and changes nothing"
    return f"it needs a token of {', '.join(api.tokens)}{'' if api.write else ', and changes nothing'}"


def person_of(authorization: str, tokens: Mapping[Role, str]) -> Person | None:
    """Return who comes with a token; None where nobody needs one.

    Args:
        authorization: Header `Authorization` of a request.
        tokens: Tokens of the roles, compared all in the same time.

    Raises:
        ApiError: The token is missing or wrong.
    """
    if not tokens:
        return None
    scheme, _, token = authorization.partition(" ")
    role = role_of_password(token.strip(), tokens) if scheme.lower() == "bearer" else None
    if role is None:
        raise ApiError(401, "unauthorized", "send a token that is valid: `Authorization: Bearer TOKEN`", headers={"www-authenticate": 'Bearer realm="sluice"'})
    return Person(PROGRAM, role=role, token=True)
