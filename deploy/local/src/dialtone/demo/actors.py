"""The people of the demonstration, over HTTP like everybody else: portal, technician, stock keeper, operator."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from contracts.planning import WESTERNMOST
from dialtone.seeds import partner_of
from dialtone.stack.stack import Stack
from dialtone.stack.stackfile import read_keys


class Refused(Exception):
    """A service said no; `problem` is its problem document."""

    def __init__(self, answer: httpx.Response, service: str) -> None:
        request = answer.request
        super().__init__(f"{request.method} {request.url.path} at {service}: {answer.status_code} {answer.text}")
        self.status = answer.status_code
        is_problem = answer.headers.get("content-type") == "application/problem+json"
        self.problem: dict[str, Any] = answer.json() if is_problem else {}


class Actors:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._portal = {"authorization": f"Bearer {partner_of(stack).key}"}
        self._operator = {"authorization": f"Bearer {read_keys(stack.folder).operator.key}"}
        self._client = httpx.AsyncClient(trust_env=False, timeout=60)

    async def close(self) -> None:
        await self._client.aclose()

    async def submit(self, form: dict[str, Any]) -> str:
        answer = await self._call("POST", "order-intake", "/orders", self._portal, json=form)
        return str(answer["id"])

    async def order(self, order_id: str) -> dict[str, Any]:
        found: dict[str, Any] = await self._call("GET", "order-intake", f"/orders/{order_id}", self._portal)
        return found

    async def until(
        self, order_id: str, fact: Callable[[dict[str, Any]], bool], *, patience: float = 60
    ) -> dict[str, Any]:
        """The order as soon as `fact` holds. Raises TimeoutError with what it was instead."""
        deadline = asyncio.get_running_loop().time() + patience
        while True:
            order = await self.order(order_id)
            if fact(order):
                return order
            if asyncio.get_running_loop().time() > deadline:
                last = [f"{line['at']} {line['step']} {line['what']}" for line in order["timeline"][-6:]]
                raise TimeoutError(f"order {order['external_id']} is {order['state']}: {order['reason']} {last}")
            await asyncio.sleep(0.05)

    async def tickets(self, order_id: str) -> list[dict[str, Any]]:
        found = await self._call("GET", "ticketing", "/tickets", self._operator, params={"order_id": order_id})
        return list(found)

    async def resolve_trunking(self, order_id: str) -> list[str]:
        """The technician has built the trunk groups and says so."""
        resolved = []
        form = {
            "outcome": "done",
            "activated_on": datetime.now(WESTERNMOST).date().isoformat(),
            "trunk_group": "as ordered",
            "numbers_confirmed": True,
        }
        for ticket in await self.tickets(order_id):
            if ticket["kind"] == "trunking" and ticket["state"] not in ("resolved", "closed", "cancelled"):
                path = f"/tickets/{ticket['ticket_id']}/resolve"
                await self._call("POST", "ticketing", path, self._operator, json=form)
                resolved.append(ticket["ticket_id"])
        return resolved

    async def bring_stock(self, first: str, count: int) -> dict[str, Any]:
        stock = {"first": first, "count": count, "rate_center": "New York City", "region": "NY"}
        brought: dict[str, Any] = await self._call("POST", "did-inventory", "/numbers", self._operator, json=stock)
        return brought

    async def numbers_of(self, order_id: str) -> list[dict[str, Any]]:
        chosen = {"order_id": order_id, "limit": 10_000}
        return list(await self._call("GET", "did-inventory", "/numbers", self._operator, params=chosen))

    async def charges(self, order_id: str) -> dict[str, Any]:
        """Of an order that was never priced there are none."""
        try:
            found: dict[str, Any] = await self._call("GET", "catalog", f"/orders/{order_id}/charges", self._operator)
        except Refused as refused:
            if refused.status != httpx.codes.NOT_FOUND:
                raise
            return {"lines": [], "postings": []}
        return found

    async def postings_beyond(self, order_id: str, count: int, *, patience: float = 60) -> list[dict[str, Any]]:
        """All that is posted for the order, as soon as that is more than so many. Raises TimeoutError."""
        async with asyncio.timeout(patience):
            while len(found := (await self.charges(order_id))["postings"]) <= count:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        return list(found)

    async def all_dead_letters(self) -> list[dict[str, Any]]:
        chosen = {"state": "any", "limit": 500}
        return list(await self._call("GET", "order-intake", "/dead-letters", self._operator, params=chosen))

    async def dead_letter(self, dl_id: str) -> dict[str, Any]:
        found: dict[str, Any] = await self._call("GET", "order-intake", f"/dead-letters/{dl_id}", self._operator)
        return found

    async def dead_letters(self, order_id: str) -> list[dict[str, Any]]:
        chosen = {"order_id": order_id, "state": "any"}
        return list(await self._call("GET", "order-intake", "/dead-letters", self._operator, params=chosen))

    async def replay(self, dl_id: str, why: str, form: dict[str, Any] | None = None) -> None:
        body = {"why": why, **({"form": form} if form else {})}
        await self._call("POST", "order-intake", f"/dead-letters/{dl_id}/replay", self._operator, json=body)

    async def discard(self, dl_id: str, why: str) -> None:
        await self._call("POST", "order-intake", f"/dead-letters/{dl_id}/discard", self._operator, json={"why": why})

    async def cancel(self, order_id: str, reason: str) -> None:
        path = f"/orders/{order_id}/cancel"
        await self._call("POST", "order-intake", path, self._portal, json={"reason": reason})

    async def give_location(self, order_id: str, location: dict[str, Any]) -> None:
        await self._call("PUT", "order-intake", f"/orders/{order_id}/e911-location", self._portal, json=location)

    async def refuse_ticket(self, ticket_id: str, reason: str) -> None:
        form = {"outcome": "cannot-do", "reason": reason}
        await self._call("POST", "ticketing", f"/tickets/{ticket_id}/resolve", self._operator, json=form)

    async def orders(self, external_id: str) -> list[dict[str, Any]]:
        chosen = {"external_id": external_id}
        return list(await self._call("GET", "order-intake", "/orders", self._portal, params=chosen))

    async def order_of(self, external_id: str, *, patience: float = 30) -> str:
        """The id of the order that a submission by Kafka became."""
        deadline = asyncio.get_running_loop().time() + patience
        while not (found := await self.orders(external_id)):
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"{external_id} never became an order")
            await asyncio.sleep(0.05)
        return str(found[0]["id"])

    async def broadworks(self) -> dict[str, Any]:
        found: dict[str, Any] = await self._call("GET", "simulator", "/admin/state", {})
        return found

    async def break_broadworks(self, command: str, code: str, text: str) -> None:
        fault = {"command": command, "kind": "error", "code": code, "text": text, "times": None}
        await self._call("POST", "simulator", "/admin/faults", {}, json=fault)

    async def slow_broadworks(self, command: str, seconds: float) -> None:
        """The next document with this command takes so long."""
        fault = {"command": command, "kind": "latency", "seconds": seconds, "times": 1}
        await self._call("POST", "simulator", "/admin/faults", {}, json=fault)

    async def mend_broadworks(self) -> None:
        await self._call("DELETE", "simulator", "/admin/faults", {})

    async def _call(self, method: str, service: str, path: str, headers: dict[str, str], **more: Any) -> Any:
        answer = await self._client.request(method, self._stack.url(service) + path, headers=headers, **more)
        if not answer.is_success:
            raise Refused(answer, service)
        return answer.json() if answer.content else None
