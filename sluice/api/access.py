"""Read each token from the environment, and name who comes with one."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.access.role_passwords import owner_of_secret
from sluice.api.errors import ApiError
from sluice.config.api import Api
from sluice.domain import Message, Person
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.addresses import is_local

MIN_LENGTH = 20  # characters of a token
PROGRAM = "a program"  # whom the log names where nobody else is named


def tokens_of(api: Api, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the tokens by the variables that hold them.

    Args:
        api: The settings.
        environment: Variables by name.

    Raises:
        UsageError: A token is missing, short or that of another variable, or other machines could read without one; no token is named.
    """
    if not api.tokens and not is_local(api.host):
        raise make_error(UsageError, "api_unguarded", host=api.host)
    names = dict.fromkeys(entry.variable for entry in api.tokens)
    unset = [name for name in names if not environment.get(name)]
    if unset:
        raise make_error(UsageError, "token_unset", variable=tuple(unset), length=MIN_LENGTH)
    tokens = {name: environment[name] for name in names}
    unfit = [name for name, token in tokens.items() if len(token) < MIN_LENGTH or not token.isascii() or not token.isprintable() or " " in token]
    if unfit:
        raise make_error(UsageError, "token_unfit", variable=tuple(unfit), length=MIN_LENGTH)
    if len(set(tokens.values())) < len(tokens):
        raise make_error(UsageError, "token_shared")
    return tokens


def describe_access(api: Api) -> Message:
    """Return who is answered, for the person at the terminal."""
    if not api.tokens:
        return Message.of("api_without_token")
    roles = tuple(dict.fromkeys(entry.role for entry in api.tokens))
    return Message.of("api_writes_with_token", roles=roles) if api.write else Message.of("api_reads_with_token", roles=roles)


def person_of(authorization: str, tokens: Mapping[str, str]) -> Person | None:
    """Return who comes with a token; None where nobody needs one.

    Args:
        authorization: Header `Authorization` of a request.
        tokens: Tokens by the variables that hold them, compared all in the same time.

    Raises:
        ApiError: The token is missing or wrong.
    """
    if not tokens:
        return None
    scheme, _, token = authorization.partition(" ")
    variable = owner_of_secret(token.strip(), tokens) if scheme.lower() == "bearer" else None
    if variable is None:
        raise ApiError(401, "unauthorized", "send a token that is valid: `Authorization: Bearer TOKEN`", headers={"www-authenticate": 'Bearer realm="sluice"'})
    return Person(PROGRAM, token=True, variable=variable)
