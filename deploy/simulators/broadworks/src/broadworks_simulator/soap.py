"""The SOAP envelope around an OCI document: both request styles in, either response shape out."""

from dataclasses import dataclass

from broadworks_simulator.settings import Shape
from broadworks_simulator.xmltree import Node, NotXml, escape, local, parse

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
TARGET = "urn:com:broadsoft:webservice"
OPERATIONS = ("processOCIMessage", "processMessage")

INVALID_REQUEST = "INVALID_REQUEST"
NO_OCS_CONNECTION = "NO_OCS_CONNECTION"
_DETAILS = {
    INVALID_REQUEST: "Cannot process any request before user is logged in.",
    NO_OCS_CONNECTION: "There is no connection to the Open Client Server.",
}

_OPEN = f'<?xml version="1.0" encoding="utf-8"?><soapenv:Envelope xmlns:soapenv="{ENVELOPE}"><soapenv:Body>'
_CLOSE = "</soapenv:Body></soapenv:Envelope>"


class NotSoap(Exception):
    """The body is no call of an operation we have."""


@dataclass(frozen=True, slots=True)
class Call:
    operation: str
    message: str


def read(body: bytes) -> Call:
    """Take `in0` of the wrapped style, or `arg0` of the rpc/encoded style of Axis clients."""
    try:
        envelope = parse(body)
    except NotXml as error:
        raise NotSoap(str(error)) from error
    if envelope.tag != f"{{{ENVELOPE}}}Envelope":
        raise NotSoap("the root is not a SOAP 1.1 envelope")
    content = envelope.find(f"{{{ENVELOPE}}}Body")
    wrapper: Node = content[0] if content is not None and len(content) else None
    operation = local(wrapper.tag) if wrapper is not None else ""
    if operation not in OPERATIONS or not len(wrapper) or wrapper[0].tag not in (f"{{{TARGET}}}in0", "arg0"):
        raise NotSoap(f"no operation {operation!r} with in0 or arg0")
    return Call(operation, wrapper[0].text or "")


def reply(operation: str, document: str, shape: Shape) -> str:
    text = escape(document)
    if shape == "old":
        inside = (
            f'<{operation}Response xmlns=""><ns1:{operation}Return xmlns:ns1="{TARGET}">{text}'
            f"</ns1:{operation}Return></{operation}Response>"
        )
    else:
        inside = (
            f'<{operation}Response xmlns="{TARGET}" xmlns:ns="{TARGET}"><{operation}Return>{text}'
            f"</{operation}Return></{operation}Response>"
        )
    return f"{_OPEN}{inside}{_CLOSE}"


def fault(name: str, detail: str = "") -> str:
    return (
        f"{_OPEN}<soapenv:Fault><faultcode>soapenv:Server.generalException</faultcode>"
        f"<faultstring>{escape(name)}</faultstring><faultactor>ProvisioningService</faultactor>"
        f"<detail><string>{escape(detail or _DETAILS.get(name, name))}</string></detail></soapenv:Fault>{_CLOSE}"
    )
