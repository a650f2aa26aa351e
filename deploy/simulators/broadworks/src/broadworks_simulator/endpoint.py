"""The SOAP endpoint: HTTP in, an outcome of the simulator out, pleasant or not."""

import asyncio
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from broadworks_simulator import soap, wsdl
from broadworks_simulator.faults import Hold
from broadworks_simulator.server import abort
from broadworks_simulator.simulator import Outcome, Simulator

PATHS = ("/webservice/services/ProvisioningService", "/OCIOverSoap/services/ProvisioningService")
_XML = "text/xml; charset=utf-8"


class Endpoint:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method == "GET":
            await _described(request)(scope, receive, send)
            return
        try:
            call = soap.read(await request.body())
        except soap.NotSoap as error:
            await Response(soap.fault("Bad request", str(error)), 500, media_type=_XML)(scope, receive, send)
            return
        outcome = self._simulator.answer(call.message, request.cookies.get("JSESSIONID"))
        if outcome.delay or outcome.holds:
            await _wait(outcome, receive)
        if outcome.kind in ("hang", "reset"):
            await abort(scope, receive)
        else:
            await self._response(scope, call.operation, outcome)(scope, receive, send)

    def _response(self, scope: Scope, operation: str, outcome: Outcome) -> Response:
        settings = self._simulator.settings
        match outcome.kind:
            case "html-503":
                return Response(outcome.text, 503, media_type="text/html")
            case "empty-503":
                return Response(b"", 503)
            case "fault":
                return Response(outcome.text, settings.fault_status, media_type=_XML)
        response = Response(soap.reply(operation, outcome.text, settings.response_shape), media_type=_XML)
        if outcome.cookie is not None:
            application = "/" + scope["path"].split("/")[1]
            response.set_cookie("JSESSIONID", outcome.cookie, path=application, httponly=True, samesite=None)
        return response


def _described(request: Request) -> Response:
    if "wsdl" in request.query_params:
        return Response(wsdl.description(str(request.url.replace(query=""))), media_type=_XML)
    return Response(
        "This is the BroadWorks provisioning service. Add ?wsdl for its description.", media_type="text/plain"
    )


async def _wait(outcome: Outcome, receive: Receive) -> None:
    """Wait, but no longer than the client does."""
    gone = asyncio.ensure_future(_disconnected(receive))
    held = [asyncio.ensure_future(_over(hold)) for hold in outcome.holds]
    try:
        await asyncio.wait({gone}, timeout=outcome.delay)
        for one in held:
            await asyncio.wait({gone, one}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in (gone, *held):
            one.cancel()


async def _over(hold: Hold) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(hold.seconds):
            await hold.over.wait()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
