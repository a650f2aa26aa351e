"""What no route should see: addresses that cannot be read or kept, and hosts that are none."""

import re

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.http.problems import Problem, answer

HOST = re.compile(rb"([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class WellFormed:
    """Middleware: 400 for a path or query with broken escapes, NUL or bytes that are no UTF-8, and for a bad Host."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (problem := address_fault(scope)):
            return await answer(problem, Request(scope))(scope, receive, send)
        return await self._app(scope, receive, send)


def address_fault(scope: Scope) -> Problem | None:
    """None for an address that can be read."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if scope["http_version"] != "1.0" and not (len(hosts) == 1 and HOST.fullmatch(hosts[0])):
        told = ", ".join(repr(one[:200].decode("latin-1")) for one in hosts) or "none"
        return Problem(400, "bad-host", "The Host header is none.", f"One host name is needed; sent: {told}.")
    for part, written in (("path", scope.get("raw_path") or b""), ("query", scope["query_string"])):
        if cause := _unreadable(written):
            title = f"The {part} of the address cannot be read."
            return Problem(400, "bad-address", title, f"It has {cause}; percent-encode UTF-8.")
    return None


def _unreadable(written: bytes) -> str:
    """The cause, or an empty text."""
    if BROKEN_ESCAPE.search(written):
        return "a `%` that is not followed by two hexadecimal digits"
    read = re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), written)
    if b"\x00" in read:
        return "a NUL character"
    try:
        read.decode()
    except UnicodeDecodeError:
        return "bytes that are no UTF-8"
    return ""
