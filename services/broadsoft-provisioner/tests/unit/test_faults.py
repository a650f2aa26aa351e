import inspect
import socket
import ssl
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from zeep import exceptions

from broadsoft_provisioner.application.undoing import UndoRefused
from broadsoft_provisioner.soap import faults
from chassis.errors import Failure

KINDS = [UndoRefused] + [
    kind
    for _, kind in inspect.getmembers(faults, inspect.isclass)
    if kind.__module__ == faults.__name__ and issubclass(kind, Failure)
]
zeep: Any = exceptions


def test_every_failure_has_words_and_a_code_of_its_own() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS) == 13
    assert all("__doc__" in vars(kind) and kind.__doc__ for kind in KINDS)


PLACE = ConnectionKey("broadworks", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None)
REFUSED = aiohttp.ClientConnectorError(PLACE, ConnectionRefusedError(111, "Connect call failed"))
EXPIRED = aiohttp.ClientConnectorCertificateError(PLACE, ssl.SSLCertVerificationError("expired"))
NO_TLS = aiohttp.ClientConnectorSSLError(PLACE, ssl.SSLError(1, "no TLS there"))
NO_HOST = aiohttp.ClientConnectorDNSError(PLACE, socket.gaierror(-2, "Name or service not known"))

CASES: list[tuple[Exception, type[Failure]]] = [
    (zeep.Fault("INVALID_REQUEST", code="soapenv:Server.generalException"), faults.SessionLost),
    (zeep.Fault("NO_OCS_CONNECTION", code="soapenv:Server.generalException"), faults.NoBackEnd),
    (zeep.Fault("Unknown fault occured", detail=b"<html/>"), faults.Overloaded),
    (zeep.Fault("Surprise", code="x"), faults.UnknownFault),
    (zeep.TransportError(status_code=503), faults.Overloaded),
    (zeep.TransportError(status_code=404), faults.EndpointRefused),
    (REFUSED, faults.Unreachable),
    (EXPIRED, faults.NotTrusted),
    (NO_TLS, faults.Unreachable),
    (aiohttp.SocketTimeoutError("slow"), faults.ReplyLost),
    (aiohttp.ServerDisconnectedError(), faults.ReplyLost),
    (aiohttp.ClientPayloadError("half"), faults.ReplyLost),
]


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (REFUSED, "Nothing answers at its address."),
        (NO_HOST, "Its host is not known."),
        (NO_TLS, "It does not agree on TLS (no TLS there)."),
        (aiohttp.ConnectionTimeoutError("slow"), "No connection was made in time."),
        (aiohttp.SocketTimeoutError("slow"), "It did not come in time."),
        (aiohttp.ServerDisconnectedError(), "The connection ended before it had come."),
        (zeep.XMLSyntaxError("Invalid XML content"), "What came is no XML."),
    ],
)
def test_a_failure_speaks_no_python(raised: Exception, words: str) -> None:
    with pytest.raises(Failure) as failed, faults.translated():
        raise raised
    assert str(failed.value).endswith(words)
    assert type(raised).__name__ not in str(failed.value)


@pytest.mark.parametrize(("raised", "failure"), CASES)
def test_what_the_soap_stack_raises_becomes_a_failure_of_ours(raised: Exception, failure: type[Failure]) -> None:
    with pytest.raises(failure), faults.translated():
        raise raised
