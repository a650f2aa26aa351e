"""Each key may ask so often, and an address that guesses keys is told to wait before anything else is done for it."""

import math

from prometheus_client import Counter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.http.problems import Problem, answer
from chassis.http.rates import Buckets, Rate, Recent

THROTTLED = Counter("http_requests_throttled_total", "Requests answered 429.", ["cause"])
CAUSES = ("requests", "wrong-keys")
EXEMPT = ("/health/", "/metrics")
for cause in CAUSES:
    THROTTLED.labels(cause)


class Throttle:
    """Middleware. A key that was right is a subject of its own; everybody else is known by the address only.

    So a stranger with a million keys is one entry, and a right key passes where its neighbour guesses.
    """

    def __init__(self, app: ASGIApp, requests: Rate, wrong_keys: Rate) -> None:
        self._app = app
        self._requests, self._wrong_keys, self._right = Buckets(requests), Buckets(wrong_keys), Recent()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(EXEMPT):
            return await self._app(scope, receive, send)
        address = (scope.get("client") or ("",))[0]
        told = Headers(scope=scope).get("authorization")
        key = hash(told)  # of this process: the key itself is not kept
        known = key in self._right
        if not known and (seconds := self._wrong_keys.wait(address)):
            return await _refuse("wrong-keys", seconds, scope, receive, send)
        if seconds := self._requests.take(key if known else address):
            return await _refuse("requests", seconds, scope, receive, send)

        async def judged(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] == 401:
                    self._wrong_keys.charge(address)
                    self._right.discard(key)
                elif message["status"] < 400 and told:
                    self._right.add(key)
            await send(message)

        return await self._app(scope, receive, judged)


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
