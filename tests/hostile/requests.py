"""What strangers ask over HTTP: too large, too slow, too often, and in every wrong form."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.hostile.ground import Attack, Became, Ground
from tests.hostile.records import a_form

CUT = 0
MOST_REQUESTS = 10_000
CASES = Path(__file__).parents[2] / "services" / "order-intake" / "tests" / "cases" / "door.json"


async def large_body_without_a_key(ground: Ground) -> Became:
    """21 MB in pieces; the answer comes before they are all there."""
    statuses = Counter([await _status(ground, content=_pieces(21), key="") for _ in range(3)])
    return Became(_counted(statuses), set(statuses) <= {401, 413, CUT})


async def large_body_with_a_key(ground: Ground) -> Became:
    statuses = Counter([await _status(ground, content=_pieces(21)) for _ in range(3)])
    return Became(_counted(statuses), set(statuses) <= {413, CUT})


async def half_sent(ground: Ground) -> Became:
    """Requests that never end; the server hangs up."""
    count = 20 * ground.scale
    where = urlsplit(ground.intake)
    opened = [await asyncio.open_connection(where.hostname, where.port) for _ in range(count)]
    for number, (_, writer) in enumerate(opened):
        head = b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
        writer.write(head if number % 2 else head + b"\r\n{")
        await writer.drain()
    async with asyncio.timeout(90):
        ended = await asyncio.gather(*(reader.read() for reader, _ in opened), return_exceptions=True)
    for _, writer in opened:
        writer.close()
    return Became(f"{len(ended)} of {count} were hung up on", len(ended) == count)


async def many_requests(ground: Ground) -> Became:
    """As fast as they go, until the key is told that it asks too often."""
    statuses: Counter[int] = Counter()
    while 429 not in statuses and statuses.total() < MOST_REQUESTS:
        statuses += Counter(await asyncio.gather(*(_status(ground, method="GET", path="/orders") for _ in range(200))))
    return Became(_counted(statuses), set(statuses) == {200, 429})


async def wrong_keys(ground: Ground) -> Became:
    guesses = (_status(ground, method="GET", path="/orders", key=f"dt_{number:012}_guess") for number in range(60))
    statuses = Counter([await guess for guess in guesses])
    return Became(_counted(statuses), set(statuses) == {401, 429})


async def wrong_forms(ground: Ground) -> Became:
    """The cases of the door that are refused."""
    file = json.loads(CASES.read_text())
    wrong = [one for one in file["cases"] if one["status"] == 422 and not one["set"].startswith("/a")]
    statuses: Counter[int] = Counter()
    for one in wrong:
        form = a_form(**json.loads(json.dumps(file["base"] | {"requested_activation": None})))
        *above, last = one["set"].split("/")[1:]
        place: Any = form
        for part in above:
            place = place[part]
        place[last] = one["value"]
        statuses[await _status(ground, content=json.dumps(form).encode())] += 1
        await asyncio.sleep(0.02)  # a key's rate is another matter
    return Became(_counted(statuses), set(statuses) == {422})


BODIES = {
    "no JSON": b"{",
    "no UTF-8": b'{"notes": "\xff"}',
    "half a pair": b'{"notes": "\\ud800"}',
    "NUL": b'{"notes": "\\u0000"}',
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "long number": b'{"notes": ' + b"9" * 10_000 + b"}",
    "twice": b'{"notes": "a", "notes": "b"}',
    "a list": b"[]",
    "nothing": b"",
}


async def strange_bodies(ground: Ground) -> Became:
    statuses = Counter([await _status(ground, content=body) for body in BODIES.values()])
    return Became(_counted(statuses), set(statuses) <= {400, 422})


async def one_order_fifty_times(ground: Ground) -> Became:
    body = json.dumps(a_form(kind="new-enterprise", enterprise="Hostile Twins Inc")).encode()
    answers = await asyncio.gather(*(_ask(ground, "POST", "/orders", content=body) for _ in range(50)))
    orders = {answer.json()["id"] for answer in answers if answer.is_success}
    statuses = Counter(answer.status_code for answer in answers)
    return Became(f"{len(orders)} order; {_counted(statuses)}", len(orders) == 1 and set(statuses) <= {200, 202, 429})


async def _ask(ground: Ground, method: str, path: str, *, key: str | None = None, **more: Any) -> httpx.Response:
    headers = {"content-type": "application/json"}
    if key := ground.stranger.key if key is None else key:
        headers["authorization"] = f"Bearer {key}"
    return await ground.client.request(method, ground.intake + path, headers=headers, **more)


async def _status(ground: Ground, *, method: str = "POST", path: str = "/orders", **more: Any) -> int:
    """CUT when the server hung up before the request was whole."""
    try:
        return (await _ask(ground, method, path, **more)).status_code
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        return CUT


async def _pieces(megabytes: int) -> AsyncIterator[bytes]:
    for _ in range(megabytes):
        yield b"x" * 1_000_000
        await asyncio.sleep(0)


def _counted(statuses: Counter[int]) -> str:
    return ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items()))


ATTACKS = (
    Attack("21 MB without a key", large_body_without_a_key),
    Attack("21 MB with a key", large_body_with_a_key),
    Attack("forms with faults", wrong_forms),
    Attack("bodies that are no form", strange_bodies),
    Attack("one order fifty times at once", one_order_fifty_times),
    Attack("more requests than a key may ask", many_requests),
    Attack("guessed keys", wrong_keys),
)
SLOW = (Attack("requests that never end", half_sent),)
