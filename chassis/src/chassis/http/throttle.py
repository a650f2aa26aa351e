"""Each key may ask so often, and an address that guesses keys is told to wait before anything else is done for it."""

import math
from collections.abc import Awaitable, Callable, Hashable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from prometheus_client import Counter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.http.body_limit import length
from chassis.http.principals import key_in
from chassis.http.problems import Problem, answer
from chassis.http.rates import Buckets, Rate, Recent

THROTTLED = Counter("http_requests_throttled_total", "Requests answered 429.", ["cause"])
CAUSES = ("requests", "wrong-keys")
EXEMPT = ("/health/", "/metrics")
KNOWN = "dialtone.known"  # in the scope of a request whose key was right, whatever it is answered then
A_TOKEN = 16 * 1024  # bytes of a body; an ordinary order has one or two thousand
MOST_TOKENS = 100  # imports are rare, and large
OWN_NETWORK = 64  # bits of an IPv6 address that one customer of a provider does not choose
for cause in CAUSES:
    THROTTLED.labels(cause)


class Throttle:
    """Middleware. A key that was right is a subject of its own; everybody else is known by the address only.

    So a stranger with a million keys is one entry, and a right key passes where its neighbour guesses: `verifies` is
    asked about a key that was not right yet before it is refused for what others do.
    """

    def __init__(
        self, app: ASGIApp, requests: Rate, wrong_keys: Rate, verifies: Callable[[str], Awaitable[bool]]
    ) -> None:
        self._app, self._verifies = app, verifies
        self._requests, self._wrong_keys, self._right = Buckets(requests), Buckets(wrong_keys), Recent()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(EXEMPT):
            return await self._app(scope, receive, send)
        address = neighbourhood((scope.get("client") or ("",))[0])
        told = key_in(Headers(scope=scope).get("authorization", ""))  # not the header: one key has many spellings
        key = hash(told)  # of this process: the key itself is not kept
        known = key in self._right
        busy = not known and told and (self._wrong_keys.wait(address) or self._requests.wait(address))
        if busy and await self._verifies(told):
            self._right.add(key)
            known = True
        if not known and (seconds := self._wrong_keys.wait(address)):
            return await _refuse("wrong-keys", seconds, scope, receive, send)
        subject = key if known else address
        if seconds := self._requests.take(subject, 1 + tokens(length(scope) or 0)):
            return await _refuse("requests", seconds, scope, receive, send)

        async def judged(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] == 401:
                    self._wrong_keys.charge(address)
                    self._right.discard(key)
                elif scope.get(KNOWN):
                    self._right.add(key)
            await send(message)

        return await self._app(scope, self._counted(receive, subject) if chunked(scope) else receive, judged)

    def _counted(self, receive: Receive, subject: Hashable) -> Receive:
        """What a body costs that did not say how large it is."""
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            before, read = read, read + len(message.get("body", b""))
            if more := tokens(read) - tokens(before):
                self._requests.owe(subject, more)
            return message

        return counted


def tokens(size: int) -> int:
    """What a body of so many bytes costs: a form of 80 kB takes the time of many small ones."""
    return min(size // A_TOKEN, MOST_TOKENS)


def chunked(scope: Scope) -> bool:
    return "transfer-encoding" in Headers(scope=scope)


@lru_cache(maxsize=4096)
def neighbourhood(address: str) -> str:
    """Whoever has one IPv6 address has 2**64 of them: they are one. Others are what they are."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> OWN_NETWORK << OWN_NETWORK)}/{OWN_NETWORK}"


async def _refuse(cause: str, seconds: float, scope: Scope, receive: Receive, send: Send) -> None:
    THROTTLED.labels(cause).inc()
    wait = math.ceil(seconds)
    if cause == "wrong-keys":
        title, detail = "Too many wrong keys came from this address.", "Ask operations for a key, and check it"
    else:
        title, detail = "Too many requests.", "Send them evenly"
    headers = {"retry-after": str(wait)}
    problem = Problem(429, f"too-many-{cause}", title, f"{detail}; try again in {wait} s.", headers=headers)
    await answer(problem, Request(scope))(scope, receive, send)
