"""An order that only ever travels by TLS and a login: every Kafka client of order-intake, and of the command line."""

import asyncio
import hashlib
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaConsumer
from confluent_kafka.admin import AdminClient

from chassis.messaging.producer import started_producer
from chassis.messaging.security import connection_of
from chassis.runtime.settings import ServiceSettings
from contracts.topics import BILLING_EVENTS, ORDERS_SUBMISSIONS, Topic
from dialtone.cli.topics import librdkafka
from dialtone.stack.kafka import Kafka
from dialtone.stack.topics import apply
from testkit.postgres import Databases
from testkit.time import eventually
from tests.load import orders
from tests.load.orders import Portal

from .process import Running, running

pytestmark = pytest.mark.kafka

Access = dict[str, str]
OPERATOR = {"authorization": "Bearer the-key-of-olga"}
HEARD = re.compile(r'^replies_heard_timestamp_seconds{service="order-intake"} (\S+)$', re.MULTILINE)


@pytest.fixture(scope="module")
async def access(by_password: Access, databases: Databases) -> ServiceSettings:
    given = {name.lower(): value for name, value in by_password.items()}
    url = await databases.migrated("order_intake", "order_intake_transport")
    return ServiceSettings(database_url=url, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
async def services(
    by_password: Access, access: ServiceSettings, databases: Databases
) -> AsyncIterator[tuple[Running, Running]]:
    """order-intake and catalog."""
    keys = {"OPERATOR_KEYS": json.dumps({"olga": hashlib.sha256(b"the-key-of-olga").hexdigest()})}
    here = {**by_password, **keys, "ALLOW_FICTION": "true", "DATABASE_URL": access.database_url}
    there = {**by_password, **keys, "DATABASE_URL": await databases.migrated("catalog", "catalog_of_orders")}
    there["SAMPLE_PRICES"] = "true"
    async with running(there) as catalog, running(here, "order_intake") as intake:
        for one in (catalog, intake):
            await one.until("/health/messaging", 200)
            await one.until("/health/ready", 200)
        yield intake, catalog


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
async def portal(services: tuple[Running, Running], http: httpx.AsyncClient) -> Portal:
    """A partner whose enterprise BroadWorks has."""
    intake, _ = services
    partner = (await http.post(f"{intake.url}/partners", json={"name": "Ada"}, headers=OPERATOR)).json()
    made = Portal(partner["partner_id"], partner["api_key"])
    adopted = {"name": orders.ADOPTED, "service_provider_id": "ada"}
    path = f"{intake.url}/partners/{made.partner_id}/enterprises"
    (await http.post(path, json=adopted, headers=OPERATOR)).raise_for_status()
    return made


@asynccontextmanager
async def reading(topic: str, access: ServiceSettings) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(topic, auto_offset_reset="earliest", **connection_of(access))
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def submit(form: dict[str, Any], portal: Portal, access: ServiceSettings) -> str:
    signed = portal.signed(form)
    producer = await started_producer("portal", access)
    sent: dict[str, float] = {}
    await orders.publish(producer, ORDERS_SUBMISSIONS.name, [signed], sent)
    await producer.stop()
    return signed.external_id


async def test_a_signed_order_comes_in_and_is_priced(
    services: tuple[Running, Running], portal: Portal, http: httpx.AsyncClient, access: ServiceSettings
) -> None:
    """So submissions, commands and replies are read and written, and both compacted topics are."""
    intake, catalog = services
    mine = {"authorization": f"Bearer {portal.key}"}

    async def known() -> bool:
        await asyncio.sleep(1)  # wrong keys are counted
        return (await http.get(f"{catalog.url}/packages", headers=mine)).status_code == 200

    await eventually(known)
    external_id = await submit(orders.form("trunking", "PO-1", "555"), portal, access)

    async def priced() -> bool:
        await asyncio.sleep(0.2)
        found = (await http.get(f"{intake.url}/orders", params={"external_id": external_id}, headers=mine)).json()
        if not found:
            return False
        order = (await http.get(f"{intake.url}/orders/{found[0]['id']}", headers=mine)).json()
        return ("price order", "done") in [(line["step"], line["what"]) for line in order["timeline"]]

    await eventually(priced)


async def test_how_far_replies_were_read_is_known(services: tuple[Running, Running], http: httpx.AsyncClient) -> None:
    intake, _ = services

    async def heard() -> float:
        await asyncio.sleep(0.2)
        found = HEARD.search((await http.get(f"{intake.url}/metrics")).text)
        assert found is not None
        return float(found[1])

    first = await heard()

    async def heard_more() -> bool:
        return await heard() > first

    await eventually(heard_more)
    assert intake.told("not known how far replies were read") == []


async def test_a_partner_is_given_a_topic_that_the_broker_has_and_its_rejection_goes_there(
    services: tuple[Running, Running], portal: Portal, http: httpx.AsyncClient, access: ServiceSettings
) -> None:
    intake, _ = services
    own = f"rejections.{uuid4().hex}"
    path = f"{intake.url}/partners/{portal.partner_id}/rejections-topic"
    chosen = {"topic": own, "why": "Theirs."}
    assert (await http.put(path, json=chosen, headers=OPERATOR)).json()["code"] == "invalid"
    await apply(librdkafka(access), [Topic(own, (), ())])
    assert (await http.put(path, json=chosen, headers=OPERATOR)).status_code == 200
    await submit({**orders.form("trunking", "PO-2", "555"), "enterprise": "Nobody Inc"}, portal, access)
    async with asyncio.timeout(60), reading(own, access) as consumer:
        rejection = json.loads((await consumer.getone()).value)
    assert [fault["code"] for fault in rejection["faults"]] == ["enterprise-unknown"]


async def test_the_command_line_makes_topics_there(kafka: Kafka, by_password: Access) -> None:
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    for gone in admin.delete_topics([BILLING_EVENTS.name], operation_timeout=30).values():
        await asyncio.to_thread(gone.result, 30)
    process = await asyncio.create_subprocess_exec(
        *(Path(sys.executable).with_name("dialtone"), "topics", "--replication-factor", "1", "--json"),
        env={"PATH": os.environ["PATH"], **by_password},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, json.loads(said)) == (0, {"created": [BILLING_EVENTS.name], "changed": []})
