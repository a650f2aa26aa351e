"""What strangers ask over HTTP: too large, too slow, too often, and in every wrong form."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from testkit.time import eventually
from tests.door import REFUSED
from tests.hostile.ground import PATIENCE, Attack, Became, Ground
from tests.hostile.records import a_form

CUT = 0
MOST_REQUESTS = 10_000
PER_SECOND, LARGEST_BURST = 50, 1_000  # of a key, in the stacks that are besieged
DOORS = {
    "order-intake": "/orders",
    "catalog": "/packages",
    "did-inventory": "/numbers",
    "ticketing": "/tickets",
    "broadsoft-provisioner": "/orders/none/ledger",
}


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
    """As fast as they go, until the key is told that it asks too often; a slow machine answers no more than it may."""
    statuses: Counter[int] = Counter()
    begun = time.monotonic()
    while 429 not in statuses and statuses.total() < MOST_REQUESTS:
        statuses += Counter(await asyncio.gather(*(_status(ground, method="GET", path="/orders") for _ in range(200))))
    may = LARGEST_BURST + PER_SECOND * (time.monotonic() - begun)
    return Became(_counted(statuses), set(statuses) <= {200, 429} and (429 in statuses or statuses[200] <= may))


async def wrong_keys(ground: Ground) -> Became:
    guesses = (_status(ground, method="GET", path="/orders", key=f"dt_{number:012}_guess") for number in range(60))
    statuses = Counter([await guess for guess in guesses])
    return Became(_counted(statuses), set(statuses) == {401, 429})


async def wrong_forms(ground: Ground) -> Became:
    """The cases of the door that are refused, by their pointers."""
    right = 0
    for one in REFUSED:
        answer = await _submit(ground, one.text(datetime.now(UTC)).encode())
        told = {fault["pointer"] for fault in answer.json()["errors"]}
        right += answer.status_code == one.status and told == {one.pointer}
    return Became(f"{right} of {len(REFUSED)} refused by the right pointer", right == len(REFUSED))


async def spellings_of_one_name(ground: Ground) -> Became:
    """Eight spellings of one enterprise, in orders of their own: one of them is the enterprise."""
    names = ("{} Spelt Inc", "{}  Spelt Inc", " {} Spelt Inc ", "{} SPELT INC", "{} spelt inc", "{} Spelt\u00a0Inc")
    names += ("{} \uff33pelt Inc", "{} Spelt\u3000Inc")
    own = uuid4().hex[:8]
    forms = [a_form(kind="new-enterprise", enterprise=name.format(own)) for name in names]
    asked = (_submit(ground, json.dumps(form).encode()) for form in forms)
    answers = await asyncio.gather(*asked)
    codes = Counter(answer.json()["errors"][0]["code"] for answer in answers if answer.status_code == 422)
    statuses = Counter(answer.status_code for answer in answers)
    return Became(_counted(statuses), statuses == {202: 1, 422: 7} and codes == {"enterprise-exists": 7})


async def unknown_parameters(ground: Ground) -> Became:
    path = f"/orders?limti=5&{'&'.join(f'p{number}=' for number in range(3_000))}"
    with_key = await _status(ground, method="GET", path=path)
    without = await _status(ground, method="GET", path=path, key="")
    return Became(f"{with_key} with a key, {without} without", (with_key, without) == (422, 401))


async def a_revoked_key(ground: Ground) -> Became:
    """At every service that knew it; it says how long that took."""
    partner_id = ground.stranger.partner_id
    path = f"{ground.intake}/partners/{partner_id}/keys"
    named = {"name": "to be revoked", "why": "to be lost"}
    made = (await ground.operations.post(path, json=named)).raise_for_status().json()
    doors = [ground.stack.url(name) + resource for name, resource in DOORS.items()]
    headers = {"authorization": f"Bearer {made['api_key']}"}

    async def refusing() -> int:
        await asyncio.sleep(1)  # whoever comes too often with a wrong key is told that, 429
        statuses = [(await ground.client.get(door, headers=headers)).status_code for door in doors]
        return sum(status in (401, 429) for status in statuses)

    async def all_know_it() -> bool:
        return await refusing() == 0

    async def none_knows_it() -> bool:
        return await refusing() == len(doors)

    await eventually(all_know_it, patience=PATIENCE)
    began = asyncio.get_running_loop().time()
    answer = await ground.operations.post(f"{path}/{made['key_id']}/revoke", json={"why": "it was lost"})
    answer.raise_for_status()
    await eventually(none_knows_it, patience=PATIENCE)
    seconds = asyncio.get_running_loop().time() - began
    return Became(f"{len(doors)} services refuse it after {seconds:.1f} s", as_it_should=True)


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
    answers = await asyncio.gather(*(_submit(ground, body) for _ in range(50)))
    orders = {answer.json()["id"] for answer in answers if answer.is_success}
    statuses = Counter(answer.status_code for answer in answers)
    return Became(f"{len(orders)} order; {_counted(statuses)}", len(orders) == 1 and set(statuses) <= {200, 202, 429})


async def _submit(ground: Ground, body: bytes) -> httpx.Response:
    """Waits its turn: how often a key may ask is another attack's matter."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = await _ask(ground, "POST", "/orders", content=body)
            if answer.status_code != 429:
                return answer
            await asyncio.sleep(float(answer.headers["retry-after"]))


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
    Attack("forms with faults, by HTTP", wrong_forms),
    Attack("one name in eight spellings", spellings_of_one_name),
    Attack("parameters that nobody knows", unknown_parameters),
    Attack("a revoked key", a_revoked_key),
    Attack("bodies that are no form", strange_bodies),
    Attack("one order fifty times at once", one_order_fifty_times),
    Attack("more requests than a key may ask", many_requests),
    Attack("guessed keys", wrong_keys),
)
SLOW = (Attack("requests that never end", half_sent),)
