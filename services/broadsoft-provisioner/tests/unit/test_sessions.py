import asyncio
from dataclasses import dataclass, field

import pytest
from lxml import etree

from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.soap.faults import LoginRefused, NoFreeSession, ReplyLost, SessionLost
from broadsoft_provisioner.soap.login import Credentials, sign
from broadsoft_provisioner.soap.pool import Limits, SessionPool

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
HEAD = '<BroadsoftDocument protocol="OCI" xmlns="C" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
CHALLENGE = "<nonce>1234567890123</nonce><passwordAlgorithm>MD5</passwordAlgorithm>"
REFUSAL = (
    '<command type="Error" echo="0" xsi:type="c:ErrorResponse" xmlns=""><summary>[Error 4962] no</summary></command>'
)
ASK = [Command("AvailabilityTestRequest")]


@dataclass
class Server:
    """What the fake connections are connected to. `raises` fails a command of that name once."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    raises: dict[str, Exception] = field(default_factory=dict)
    refuses_login: bool = False
    connected: int = 0
    closed: int = 0

    def connect(self) -> "FakeConnection":
        self.connected += 1
        return FakeConnection(self)

    def names(self) -> list[str]:
        return [name for _, name in self.heard]


@dataclass
class FakeConnection:
    server: Server

    async def call(self, document: str) -> str:
        root = etree.fromstring(document.encode("latin-1"))
        name = root.find("command").get(XSI_TYPE)
        self.server.heard.append((root.findtext("sessionId"), name))
        if name in self.server.raises:
            raise self.server.raises.pop(name)
        if self.server.refuses_login and name.startswith("LoginRequest"):
            return f"{HEAD}{REFUSAL}</BroadsoftDocument>"
        return f'{HEAD}<command echo="0" xsi:type="X" xmlns="">{CHALLENGE}</command></BroadsoftDocument>'

    def drop_cookies(self) -> None:
        """It has no cookies."""

    async def close(self) -> None:
        self.server.closed += 1


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def pool(server: Server, clock: Clock | None = None, form: str = "classic", **limits: float) -> SessionPool:
    credentials = Credentials("admin", "password", form)  # type: ignore[arg-type]
    return SessionPool(server.connect, credentials, Limits(**limits), clock or Clock())  # type: ignore[arg-type]


async def asked(sessions: SessionPool) -> None:
    async with sessions.session() as session:
        await session.run(ASK)


def test_the_password_is_signed_as_the_interface_says() -> None:
    assert sign("password", "1234567890123") == "77e4a6de3a1e00be05e121cf0ebee860"


def test_credentials_do_not_print_the_password() -> None:
    assert "hunter2" not in repr(Credentials("admin", "hunter2"))


async def test_a_session_logs_in_once_and_is_used_again() -> None:
    server = Server()
    sessions = pool(server)
    await asked(sessions)
    await asked(sessions)
    assert server.names() == ["AuthenticationRequest", "LoginRequest14sp4", *["AvailabilityTestRequest"] * 2]
    assert len({session_id for session_id, _ in server.heard}) == 1


async def test_the_newer_login_is_one_request() -> None:
    server = Server()
    await asked(pool(server, form="r22"))
    assert server.names() == ["LoginRequest22V5", "AvailabilityTestRequest"]


async def test_a_forgotten_session_logs_in_afresh_and_repeats_once() -> None:
    server = Server(raises={"AvailabilityTestRequest": SessionLost()})
    await asked(pool(server))
    assert server.names().count("AvailabilityTestRequest") == 2
    assert len({session_id for session_id, _ in server.heard}) == 2


async def test_a_session_in_doubt_is_dropped_without_a_logout() -> None:
    server = Server(raises={"AvailabilityTestRequest": ReplyLost()})
    sessions = pool(server)
    with pytest.raises(ReplyLost):
        await asked(sessions)
    assert (server.closed, "LogoutRequest" in server.names()) == (1, False)
    await asked(sessions)
    assert server.connected == 2


async def test_a_session_is_retired_with_a_logout_at_the_end_of_its_life() -> None:
    server, clock = Server(), Clock()
    sessions = pool(server, clock, lifetime=900)
    await asked(sessions)
    clock.now = 901
    await asked(sessions)
    assert server.names().count("LogoutRequest") == 1
    assert server.connected == 2


async def test_each_caller_has_a_session_of_its_own_up_to_the_limit() -> None:
    server = Server()
    sessions = pool(server, size=2, acquire=0.01)
    async with sessions.session() as first, sessions.session() as second:
        assert first is not second
        with pytest.raises(NoFreeSession):
            await asked(sessions)
    await asked(sessions)
    assert server.connected == 2


async def test_a_refused_login_is_not_repeated_until_the_pause_is_over() -> None:
    server, clock = Server(refuses_login=True), Clock()
    sessions = pool(server, clock, login_pause=300)
    for _ in range(3):
        with pytest.raises(LoginRefused, match="4962"):
            await asked(sessions)
    assert server.names().count("LoginRequest14sp4") == 1
    clock.now, server.refuses_login = 301, False
    await asked(sessions)


async def test_closing_the_pool_logs_out() -> None:
    server = Server()
    sessions = pool(server)
    await asyncio.gather(asked(sessions), asked(sessions))
    await sessions.close()
    assert server.names().count("LogoutRequest") == server.connected == server.closed
