"""Logging in: the classic signed pair, or the single request of R22 and later."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.soap.documents import Reply, text_of
from broadsoft_provisioner.soap.faults import LoginRefused, UnreadableReply

Ask = Callable[[Command], Awaitable[Reply]]
LOGOUT_REASON = "Client Logout"


@dataclass(frozen=True, slots=True)
class Credentials:
    """`r22` sends the password inside the document, so it is for TLS only."""

    user: str
    password: str = field(repr=False)
    form: Literal["classic", "r22"] = "classic"


async def log_in(credentials: Credentials, ask: Ask) -> None:
    if credentials.form == "r22":
        await _checked(
            ask, Command("LoginRequest22V5", (("userId", credentials.user), ("password", credentials.password)))
        )
        return
    challenge = await _checked(ask, Command("AuthenticationRequest", (("userId", credentials.user),)))
    algorithm = text_of(challenge.element, "passwordAlgorithm")
    if algorithm != "MD5":
        raise UnreadableReply(f"It wants passwords signed by {algorithm!r}.")
    signed = sign(credentials.password, text_of(challenge.element, "nonce"))
    await _checked(ask, Command("LoginRequest14sp4", (("userId", credentials.user), ("signedPassword", signed))))


def logout(user: str) -> Command:
    return Command("LogoutRequest", (("userId", user), ("reason", LOGOUT_REASON)))


def sign(password: str, nonce: str) -> str:
    """The interface fixes these algorithms; TLS is what protects the login."""
    inner = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest()
    return hashlib.md5(f"{nonce}:{inner}".encode(), usedforsecurity=False).hexdigest()


async def _checked(ask: Ask, command: Command) -> Reply:
    reply = await ask(command)
    if reply.answer.severity == "Error":
        raise LoginRefused(reply.answer.words)
    return reply
