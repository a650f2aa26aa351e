"""Logging in, both ways, and out; and asking whether anybody is there."""

import hashlib
import hmac

from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.errors import ACCOUNT_DISABLED, LOGIN_INVALID, Refusal
from broadworks_simulator.replies import Data, Item
from broadworks_simulator.schema.kinds import enumeration
from broadworks_simulator.schema.particles import one, optional
from broadworks_simulator.schema.structures import PASSWORD, USER_ID

COMMANDS = Commands()
_REASONS = enumeration(("Client Logout", "Server Connection Failure", "Open Client Server Forced Logout"))


def signed(nonce: str, password: str) -> str:
    """The hash that stands for the password on the wire; SHA-1 and MD5 are the protocol's choice."""
    inner = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest()
    return hashlib.md5(f"{nonce}:{inner}".encode(), usedforsecurity=False).hexdigest()


@COMMANDS.logs_in("AuthenticationRequest", elements=(one("userId", USER_ID),))
def authenticate(call: Call) -> Data:
    call.session.nonce = call.sessions.new_nonce()
    return Data(
        "AuthenticationResponse",
        [("userId", call.fields.text("userId")), ("nonce", call.session.nonce), ("passwordAlgorithm", "MD5")],
    )


@COMMANDS.logs_in(
    "LoginRequest14sp4",
    elements=(one("userId", USER_ID), optional("signedPassword", PASSWORD), optional("plainTextPassword", PASSWORD)),
)
def log_in_signed(call: Call) -> Data:
    nonce, call.session.nonce = call.session.nonce, None
    given = call.fields.get("signedPassword")
    plain = call.fields.get("plainTextPassword")
    if given is not None:
        matches = nonce is not None and hmac.compare_digest(given, signed(nonce, call.settings.password))
    else:
        matches = plain is not None and _is_password(call, plain)
    return _admit(call, matches=matches)


@COMMANDS.logs_in(
    "LoginRequest22",
    "LoginRequest22V2",
    "LoginRequest22V3",
    elements=(one("userId", USER_ID), optional("password", PASSWORD)),
)
@COMMANDS.logs_in(
    "LoginRequest22V4",
    "LoginRequest22V5",
    elements=(one("userId", USER_ID), optional("password", PASSWORD), optional("signedPassword", PASSWORD)),
)
def log_in_plain(call: Call) -> Data:
    """As in AS data mode: a signed password is ignored, and alone it opens nothing."""
    password = call.fields.get("password")
    return _admit(call, matches=password is not None and _is_password(call, password))


def _is_password(call: Call, password: str) -> bool:
    return hmac.compare_digest(password.encode(), call.settings.password.encode())


def _admit(call: Call, *, matches: bool) -> Data:
    user_id = call.fields.text("userId")
    if user_id != call.settings.user or not matches:
        raise Refusal(LOGIN_INVALID)
    if call.settings.account_disabled:
        raise Refusal(ACCOUNT_DISABLED)
    call.session.user = user_id
    items: list[Item] = [
        ("loginType", call.settings.login_type),
        ("locale", "en_US"),
        ("encoding", "ISO-8859-1"),
        ("isEnterprise", False),
        ("userDomain", call.system.default_domain),
    ]
    return Data(call.response_name, items)


@COMMANDS.reads("LogoutRequest", elements=(one("userId", USER_ID), optional("reason", _REASONS)))
def log_out(call: Call) -> None:
    call.sessions.drop(call.session)


@COMMANDS.reads("AvailabilityTestRequest")
def is_available(call: Call) -> None:
    del call


@COMMANDS.reads("SystemSoftwareVersionGetRequest")
def software_version(call: Call) -> Data:
    return Data("SystemSoftwareVersionGetResponse", [("version", call.settings.version)])
