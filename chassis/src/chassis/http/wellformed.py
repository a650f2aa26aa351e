"""What no route should see: addresses that cannot be read or kept, hosts that are none, headers that contradict."""

import re
from collections import Counter

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.http.principals import ACTS_FOR
from chassis.http.problems import Problem, answer

HOST = re.compile(rb"([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
# Something is decided by each of these: of two values one would win, and the other was meant too.
ONCE = {
    name.lower().encode(): name
    for name in ("Authorization", ACTS_FOR, "Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding")
}
BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class WellFormed:
    """Middleware: 400 for a path or query with broken escapes, NUL or bytes that are no UTF-8, and for headers.

    Those are a bad Host, and what decides something and comes twice.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (problem := address_fault(scope) or repeated_header(scope)):
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


def repeated_header(scope: Scope) -> Problem | None:
    """The first one; its values are not told, for one may be a key."""
    counted = Counter(name for name, _ in scope["headers"] if name in ONCE)
    for name, count in counted.items():
        if count > 1:
            detail = f"The header {ONCE[name]} comes {count} times; send it once."
            return Problem(400, "repeated-header", "A header that may come once comes more often.", detail)
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
