"""The SOAP call: an OCI document in, an OCI document out, both as text."""

import ssl
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Protocol

import aiohttp
import zeep
import zeep.proxy
import zeep.transports
import zeep.wsdl

from broadsoft_provisioner.soap.faults import UnreadableReply, translated
from broadsoft_provisioner.soap.transport import Transport

BINDING = "{urn:com:broadsoft:webservice}ProvisioningServiceSoapBinding"
untyped: Any = zeep


class Connection(Protocol):
    """One to BroadWorks, with a cookie jar of its own."""

    async def call(self, document: str) -> str:
        """The reply. Raises what `soap.faults` names."""

    def drop_cookies(self) -> None:
        """A new session must not come with the cookie of an old one."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Timeouts:
    connect: float = 5.0
    read: float = 60.0


@cache
def wsdl() -> Any:
    with as_file(files(__package__).joinpath("wsdl/provisioning.wsdl")) as path:
        return untyped.wsdl.Document(str(path), untyped.transports.Transport())


class Endpoint:
    """Where BroadWorks is, and how long we wait for it."""

    def __init__(self, url: str, timeouts: Timeouts | None = None, tls: ssl.SSLContext | None = None) -> None:
        chosen = timeouts or Timeouts()
        self._url = url
        self._timeout = aiohttp.ClientTimeout(None, connect=chosen.connect, sock_read=chosen.read)
        self._tls = tls or ssl.create_default_context()

    def connect(self) -> "SoapConnection":
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._tls),
            # Of addresses without a name too, and sent back as they came.
            cookie_jar=aiohttp.CookieJar(unsafe=True, quote_cookie=False),
            timeout=self._timeout,
        )
        client = untyped.AsyncClient(wsdl(), transport=Transport(session))
        service = untyped.proxy.AsyncServiceProxy(client, client.wsdl.bindings[BINDING], address=self._url)
        return SoapConnection(session, service)


class SoapConnection:
    def __init__(self, http: aiohttp.ClientSession, service: Any) -> None:
        self._http = http
        self._service = service

    async def call(self, document: str) -> str:
        with translated():
            reply = await self._service.processOCIMessage(in0=document)
        if not isinstance(reply, str):
            raise UnreadableReply("It is empty.")
        return reply

    def drop_cookies(self) -> None:
        self._http.cookie_jar.clear()

    async def close(self) -> None:
        await self._http.close()
