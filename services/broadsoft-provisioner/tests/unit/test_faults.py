import inspect
import socket
import ssl
from typing import Any

import httpx
import pytest
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


def because(error: Exception, reason: Exception) -> Exception:
    """As httpx raises them: two errors around the reason."""
    error.__cause__ = httpx.HTTPError("in between")
    error.__cause__.__context__ = reason
    return error


CASES: list[tuple[Exception, type[Failure]]] = [
    (zeep.Fault("INVALID_REQUEST", code="soapenv:Server.generalException"), faults.SessionLost),
    (zeep.Fault("NO_OCS_CONNECTION", code="soapenv:Server.generalException"), faults.NoBackEnd),
    (zeep.Fault("Unknown fault occured", detail=b"<html/>"), faults.Overloaded),
    (zeep.Fault("Surprise", code="x"), faults.UnknownFault),
    (zeep.TransportError(status_code=503), faults.Overloaded),
    (zeep.TransportError(status_code=404), faults.EndpointRefused),
    (httpx.ConnectError("refused"), faults.Unreachable),
    (because(httpx.ConnectError("TLS"), ssl.SSLCertVerificationError("expired")), faults.NotTrusted),
    (because(httpx.ConnectError("TLS"), ssl.SSLError("no TLS there")), faults.Unreachable),
    (httpx.ReadTimeout("slow"), faults.ReplyLost),
    (httpx.RemoteProtocolError("reset"), faults.ReplyLost),
]


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (httpx.ConnectError("All connection attempts failed"), "Nothing answers at its address."),
        (because(httpx.ConnectError("x"), socket.gaierror(-2, "Name or service not known")), "Its host is not known."),
        (
            because(httpx.ConnectError("TLS"), ssl.SSLError(1, "no TLS there")),
            "It does not agree on TLS (no TLS there).",
        ),
        (httpx.ConnectTimeout("slow"), "No connection was made in time."),
        (httpx.PoolTimeout("busy"), "All our connections were busy."),
        (httpx.ReadTimeout("slow"), "It did not come in time."),
        (httpx.RemoteProtocolError("reset"), "The connection ended before it had come."),
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
