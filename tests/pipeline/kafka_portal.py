"""A portal that speaks Kafka: signed submissions in, rejections back."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from contracts.envelope import Envelope
from contracts.orders import SubmitOrder
from dialtone.seeds import partner_of
from dialtone.stack.stack import Stack
from order_intake.domain.signatures import sign, signing_key_of


class Portal:
    def __init__(self, stack: Stack, key: str = "") -> None:
        self._key = key or partner_of(stack).key
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

    async def submit(
        self, form: dict[str, Any], *, forged: bool = False, event_id: str = "", record_key: str = ""
    ) -> str:
        record_key = record_key or form["external_id"]
        value = json.dumps({"order_id": record_key, "form": form}).encode()
        _, key_id, secret = self._key.split("_", 2)
        event_id = event_id or uuid4().hex
        signing_key = signing_key_of("wrong" if forged else secret)
        key = record_key.encode()
        signature = sign(signing_key, event_id, int(datetime.now(UTC).timestamp()), key, value)
        envelope = Envelope(
            id=event_id,
            type=SubmitOrder.ce_type,
            source="portal",
            key=record_key,
            time=datetime.now(UTC),
            extra={"partnerkey": key_id, "signature": signature},
        )
        headers = [(name, text.encode()) for name, text in envelope.headers().items()]
        await self._producer.send_and_wait("orders.submissions", value, key, headers=headers)
        return event_id

    async def rejection(self, record_key: str) -> dict[str, Any]:
        return (await self.rejections_of({record_key}))[record_key]

    async def rejections_of(self, record_keys: set[str]) -> dict[str, dict[str, Any]]:
        """By the key of the record: what nobody has signed is not looked at, so it has no external id."""
        told: dict[str, dict[str, Any]] = {}
        async with asyncio.timeout(30):
            async for record in self.rejections:
                found = json.loads(record.value)
                if found["order_id"] in record_keys:
                    told[found["order_id"]] = found
                if len(told) == len(record_keys):
                    return told
        raise AssertionError
