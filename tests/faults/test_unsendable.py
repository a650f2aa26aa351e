"""A topic that does not take an order's command: the order is stuck, says why, and goes on when an operator lets it."""

import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from contracts.topics import CATALOG_COMMANDS
from dialtone.demo.actors import Actors
from dialtone.demo.scenario import waits
from dialtone.stack.stack import Stack
from dialtone.stack.stackfile import read_keys
from testkit.time import eventually
from tests.pipeline import forms


async def let_it_take(stack: Stack, size: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.broker.bootstrap)
    await admin.start()
    settings = {"max.message.bytes": str(size), "retention.ms": "604800000"}
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, CATALOG_COMMANDS.name, settings)])

    async def heard() -> bool:
        """Brokers hear of a topic's settings in their own time."""
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, CATALOG_COMMANDS.name)])
        return {entry[0]: entry[1] for entry in answer.resources[0][4]}["max.message.bytes"] == str(size)

    await eventually(heard)
    await admin.close()


@pytest.mark.parametrize("act", ["release", "discard"])
async def test_an_order_that_its_topic_does_not_take_waits_for_an_operator_and_goes_on(
    stack: Stack, actors: Actors, enterprise: str, act: str
) -> None:
    if stack.broker.kind != "kafka":
        pytest.skip("the embedded broker has topics without limits")
    await let_it_take(stack, 200)
    order_id = await actors.submit(forms.trunking(enterprise))
    order = await actors.until(order_id, lambda order: order["saga"]["phase"] == "stuck")
    assert order["state"] == "held"
    assert "PriceOrder cannot be sent on 'catalog.commands'" in order["reason"]
    (letter,) = [one for one in await actors.all_dead_letters() if one["order_id"] == order_id]
    assert (letter["kind"], letter["service"], letter["state"]) == ("unsendable", "order-intake", "open")
    await let_it_take(stack, CATALOG_COMMANDS.max_message_bytes)
    headers = {"authorization": f"Bearer {read_keys(stack.folder).operator.key}"}
    where = f"{stack.url(letter['service'])}/unsendable/{letter['dl_id']}/{act}"
    async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=30) as client:
        assert (await client.post(where, json={"why": "It takes more now."})).status_code == 200
    order = await actors.until(order_id, waits, patience=60)
    assert (order["run"], order["state"]) == (1, "inProgress")
    sent = [line["what"] for line in order["timeline"] if line["step"] == "price order"]
    assert sent.count("sent again") == (1 if act == "discard" else 0)
    assert (await actors.dead_letter(letter["dl_id"]))["state"] == f"{act}ed".replace("eed", "ed")
