"""Orders by Kafka: what is accepted, and what comes back as a rejection to whom."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from contracts.topics import Topic
from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended
from dialtone.stack.stack import Stack
from dialtone.stack.stackfile import read_keys
from dialtone.stack.topics import apply
from tests.pipeline import forms
from tests.pipeline.kafka_portal import Portal


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
    assert [fault["code"] for fault in rejection["faults"]] == ["signature-wrong"]
    assert await actors.orders(form["external_id"]) == []


async def make_topic(name: str, bootstrap: str, broker: str) -> None:
    """The embedded broker makes a topic when something is first written to it, Apache Kafka when it is told to."""
    if broker == "kafka":
        await apply({"bootstrap.servers": bootstrap}, [Topic(name, (), ())])
        return
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    await producer.send_and_wait(name, b'{"external_id": ""}')
    await producer.stop()


async def first_of(topic: str, bootstrap: str, external_id: str) -> dict[str, Any]:
    """The first rejection of this external id on a topic, from its beginning."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=50)
    await consumer.start()
    try:
        async with asyncio.timeout(30):
            async for record in consumer:
                found: dict[str, Any] = json.loads(record.value)
                if found["external_id"] == external_id:
                    return found
    finally:
        await consumer.stop()
    raise AssertionError


async def test_a_partner_reads_its_rejections_on_its_own_topic_and_others_read_ids_and_codes(
    stack: Stack, broker: str
) -> None:
    bootstrap, intake = stack.broker.bootstrap, stack.url("order-intake")
    own = f"rejections.{uuid4().hex}"
    operator = {"authorization": f"Bearer {read_keys(stack.folder).operator.key}"}
    async with httpx.AsyncClient(headers=operator, trust_env=False, timeout=30) as client:
        partner = (await client.post(f"{intake}/partners", json={"name": own})).json()
        path, chosen = f"{intake}/partners/{partner['partner_id']}/rejections-topic", {"topic": own, "why": "Theirs."}
        absent = await client.put(path, json=chosen)
        assert (absent.status_code, absent.json()["code"]) == (422, "invalid")
        await make_topic(own, bootstrap, broker)
        assert (await client.put(path, json=chosen)).status_code == 200
    portal = Portal(stack, partner["api_key"])
    await portal.start()
    form = forms.hosted("Nobody Inc")
    await portal.submit(form)
    shared = await portal.rejection(form["external_id"])
    whole = await first_of(own, bootstrap, form["external_id"])
    await portal.stop()
    assert [(fault["pointer"], fault["code"]) for fault in whole["faults"]] == [("/enterprise", "enterprise-unknown")]
    assert shared["faults"] == [{"pointer": "", "code": "enterprise-unknown", "detail": ""}]
    assert (whole["partner_id"], shared["partner_id"]) == (partner["partner_id"], "")
