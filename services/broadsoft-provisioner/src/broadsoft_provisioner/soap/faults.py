"""What can break between us and BroadWorks, and whether it is worth trying again.

Transient
├── Unreachable     nothing was sent
├── NotTrusted      nothing was sent: its certificate is not that of BroadWorks
├── ReplyLost       something was sent: the outcome is unknown
├── SessionLost     BroadWorks has forgotten the session
├── NoBackEnd       the web tier answers, the server behind it does not
├── Overloaded      5xx
└── NoFreeSession   all our sessions are busy
Permanent
├── LoginRefused    wrong password or disabled account
├── EndpointRefused 4xx
├── UnknownFault    a SOAP fault without a rule
├── UnreadableReply not an OCI document, or a column is missing
└── ReadRefused     a read-back was refused
"""

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from zeep.exceptions import Fault, TransportError, XMLSyntaxError

from chassis.errors import Failure, Permanent, Transient


class Unreachable(Transient):
    """BroadWorks cannot be reached: check its address, and its access list for ours."""

    code = "broadworks-unreachable"


class NotTrusted(Transient):
    """BroadWorks' certificate is not trusted: see BROADWORKS_CA_FILE, and the host name in BROADWORKS_URL."""

    code = "broadworks-not-trusted"


class ReplyLost(Transient):
    """BroadWorks' reply was lost: what it did is found out by reading back."""

    code = "broadworks-reply-lost"


class SessionLost(Transient):
    """BroadWorks does not know the session."""

    code = "broadworks-session-lost"


class NoBackEnd(Transient):
    """BroadWorks' web tier has no connection to its provisioning server."""

    code = "broadworks-no-back-end"


class Overloaded(Transient):
    """BroadWorks or a proxy before it answers with a server error."""

    code = "broadworks-overloaded"


class NoFreeSession(Transient):
    """Every session with BroadWorks was busy for too long."""

    code = "broadworks-no-free-session"


class LoginRefused(Permanent):
    """BroadWorks refuses our login: correct the credentials, then restart. Trying on would lock the account."""

    code = "broadworks-login-refused"


class EndpointRefused(Permanent):
    """The web server refuses the request: check the path and whether OCI over SOAP is switched on."""

    code = "broadworks-endpoint-refused"


class UnknownFault(Permanent):
    """BroadWorks answered with a SOAP fault that we have no rule for."""

    code = "broadworks-unknown-fault"


class UnreadableReply(Permanent):
    """BroadWorks' reply is not what its interface says."""

    code = "broadworks-unreadable-reply"


class ReadRefused(Permanent):
    """BroadWorks refused to be read, so the state of the order cannot be known."""

    code = "broadworks-read-refused"


FAULTS: dict[str, type[Transient]] = {"INVALID_REQUEST": SessionLost, "NO_OCS_CONNECTION": NoBackEnd}
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


@contextmanager
def translated() -> Iterator[None]:
    """Turns whatever the SOAP stack raises into a Failure of ours."""
    try:
        yield
    except Fault as fault:
        raise _of_fault(fault) from fault
    except TransportError as error:
        raise _of_status(error.status_code, str(error)) from error
    except NOT_SENT as error:
        raise _of_connection(error) from error
    except (aiohttp.ClientError, TimeoutError, XMLSyntaxError) as error:
        raise ReplyLost(_how_lost(error)) from error


def _how_lost(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "It did not come in time."
        case XMLSyntaxError():
            return "What came is no XML."
    return "The connection ended before it had come."


def _of_connection(error: Exception) -> Failure:
    match error:
        case aiohttp.ClientConnectorCertificateError(certificate_error=reason):
            return NotTrusted(getattr(reason, "verify_message", str(reason)))
        case aiohttp.ClientConnectorSSLError(os_error=reason):
            return Unreachable(f"It does not agree on TLS ({getattr(reason, 'reason', reason)}).")
        case aiohttp.ClientConnectorDNSError():
            return Unreachable("Its host is not known.")
        case aiohttp.ConnectionTimeoutError():
            return Unreachable("No connection was made in time.")
    return Unreachable("Nothing answers at its address.")


def _of_fault(fault: Fault) -> Failure:
    known = FAULTS.get((fault.message or "").strip())
    if known:
        return known()
    if isinstance(fault.detail, bytes):
        return Overloaded("It sent a page instead of SOAP.")
    return UnknownFault(f"{fault.code}: {fault.message}")


def _of_status(status: int, words: str) -> Failure:
    return (
        Overloaded(f"HTTP {status}.") if status >= 500 or status == 429 else EndpointRefused(f"HTTP {status}: {words}")
    )
