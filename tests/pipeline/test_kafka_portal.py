"""A portal that speaks Kafka: signed submissions in, rejections back."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from chassis.http.access import sha256
from contracts.envelope import Envelope
from contracts.orders import SubmitOrder
from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended
from dialtone.seeds import partner_of
from dialtone.stack.stack import Stack
from order_intake.application.signatures import sign
from tests.pipeline import forms


class Portal:
    def __init__(self, stack: Stack) -> None:
        self._key = partner_of(stack).key
        bootstrap = stack.broker.bootstrap
        self._producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
        self.rejections = AIOKafkaConsumer(
            "orders.rejections", bootstrap_servers=bootstrap, auto_offset_reset="latest", fetch_max_wait_ms=50
        )

    async def start(self) -> None:
        await self._producer.start()
        await self.rejections.start()
        await self.rejections.seek_to_end()

    async def stop(self) -> None:
        await self._producer.stop()
        await self.rejections.stop()

    async def submit(self, form: dict[str, Any], *, forged: bool = False, event_id: str = "") -> str:
        value = json.dumps({"order_id": form["external_id"], "form": form}).encode()
        _, key_id, secret = self._key.split("_", 2)
        event_id = event_id or uuid4().hex
        signature = sign(sha256("wrong" if forged else secret), event_id, value)
        envelope = Envelope(
            id=event_id,
            type=SubmitOrder.ce_type,
            source="portal",
            key=form["external_id"],
            time=datetime.now(UTC),
            extra={"partnerkey": key_id, "signature": signature},
        )
        headers = [(name, text.encode()) for name, text in envelope.headers().items()]
        key = form["external_id"].encode()
        await self._producer.send_and_wait("orders.submissions", value, key, headers=headers)
        return event_id

    async def rejection(self, external_id: str) -> dict[str, Any]:
        async with asyncio.timeout(30):
            async for record in self.rejections:
                found: dict[str, Any] = json.loads(record.value)
                if found["external_id"] == external_id:
                    return found
        raise AssertionError


@pytest_asyncio.fixture
async def portal(stack: Stack) -> AsyncIterator[Portal]:
    made = Portal(stack)
    await made.start()
    yield made
    await made.stop()


async def test_a_signed_submission_becomes_an_order(portal: Portal, actors: Actors, enterprise: str) -> None:
    form = forms.hosted(enterprise)
    event_id = await portal.submit(form)
    await portal.submit(form, event_id=event_id)  # the portal never saw the acknowledgement and sends again
    order_id = await actors.order_of(form["external_id"])
    assert (await actors.until(order_id, ended))["state"] == "completed"
    assert len(await actors.orders(form["external_id"])) == 1


async def test_a_wrong_submission_comes_back_with_every_fault(portal: Portal, actors: Actors, enterprise: str) -> None:
    form = forms.hosted(enterprise)
    form["customer"] |= {"domain": "www.customer.example", "time_zone": "New York"}
    await portal.submit(form)
    rejection = await portal.rejection(form["external_id"])
    assert [fault["pointer"] for fault in rejection["faults"]] == ["/customer/time_zone", "/customer/domain"]
    assert await actors.orders(form["external_id"]) == []


async def test_a_forged_signature_is_rejected(portal: Portal, actors: Actors, enterprise: str) -> None:
    form = forms.hosted(enterprise)
    await portal.submit(form, forged=True)
    rejection = await portal.rejection(form["external_id"])
    assert [fault["code"] for fault in rejection["faults"]] == ["not-signed"]
    assert await actors.orders(form["external_id"]) == []
