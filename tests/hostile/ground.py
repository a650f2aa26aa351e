"""Where a hostile partner acts: a running stack, its own key, and eyes on what becomes of what it sends."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from contracts.envelope import Envelope
from contracts.orders import SubmitOrder
from contracts.topics import LARGEST_RECORD, ORDERS_REJECTIONS, ORDERS_SUBMISSIONS
from dialtone.stack.stack import Stack
from tests.hostile.letters import letters_of
from tests.load.orders import Portal, operator

MANY = re.compile(r"(\d+) records from offset")
LARGEST = 16 * LARGEST_RECORD  # a stranger's producer has no limit of ours
PATIENCE = 60.0  # seconds until something must have become of what was sent


@dataclass(frozen=True, slots=True)
class Became:
    """What became of an attack, in words, and whether that is what should."""

    words: str
    as_it_should: bool


@dataclass(frozen=True, slots=True)
class Attack:
    """`act` does it and looks at what becomes of it."""

    name: str
    act: Callable[["Ground"], Coroutine[Any, Any, Became]]


@dataclass(slots=True)
class Ground:
    """`stranger` attacks, `victim` is the other partner. `scale` multiplies how often things are done.

    `rejections` are by submission id.
    """

    stack: Stack
    stranger: Portal
    victim: Portal
    producer: AIOKafkaProducer
    client: httpx.AsyncClient
    operations: httpx.AsyncClient
    scale: int
    rejections: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def intake(self) -> str:
        return self.stack.url("order-intake")

    def headers(self, event_id: str, key: str, extra: Mapping[str, str]) -> list[tuple[str, bytes]]:
        envelope = Envelope(
            id=event_id,
            type=SubmitOrder.ce_type,
            source="stranger",
            key=key,
            time=datetime.now(UTC),
            extra=dict(extra),
        )
        return [(name, text.encode()) for name, text in envelope.headers().items()]

    async def submit(
        self, form: Any, *, value: bytes | None = None, age: int = 0, sent_with: str = "hostile", **changed: str
    ) -> str:
        """A submission, signed `age` seconds ago. Answers its id.

        `value`, the record's key `sent_with` and headers in `changed` replace what was signed.
        """
        event_id, key = f"hostile-{uuid4().hex}", "hostile"
        body = json.dumps({"order_id": key, "form": form}).encode()
        extra = {**self.stranger.signature(event_id, key, body, age=age), **changed}
        headers = self.headers(event_id, key, {name: text for name, text in extra.items() if text})
        await self.producer.send_and_wait(ORDERS_SUBMISSIONS.name, value or body, sent_with.encode(), headers=headers)
        return event_id

    async def faults(self, *event_ids: str) -> list[list[dict[str, str]]]:
        """Those of the rejection of each. Raises TimeoutError when one is not answered."""
        async with asyncio.timeout(PATIENCE):
            while not all(one in self.rejections for one in event_ids):  # noqa: ASYNC110  a consumer fills it
                await asyncio.sleep(0.1)
        return [self.rejections[one]["faults"] for one in event_ids]

    async def rejected(self, *event_ids: str) -> list[list[str]]:
        """The codes of the rejection of each. Raises TimeoutError when one is not answered."""
        return [[fault["code"] for fault in faults] for faults in await self.faults(*event_ids)]

    async def dead_letters(self, code: str) -> int:
        """How many records dead letters of this code tell of: one may stand for many."""
        letters = await letters_of(self.operations, self.intake, code)
        told = [MANY.search(letter["error_message"]) for letter in letters]
        return sum(int(many[1]) if many else 1 for many in told)

    async def more_dead_letters(self, code: str, before: int, wanted: int) -> int:
        """How many there are more than `before`, as soon as there are as many as wanted, or no patience is left."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while (more := await self.dead_letters(code) - before) < wanted:
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(0.3)
        return more

    async def listen(self, consumer: AIOKafkaConsumer) -> None:
        async for record in consumer:
            rejection = json.loads(record.value)
            self.rejections[rejection["submission_id"]] = rejection


@asynccontextmanager
async def entered(stack: Stack, stranger: Portal, victim: Portal, *, scale: int) -> AsyncIterator[Ground]:
    bootstrap = stack.broker.bootstrap
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=LARGEST, max_batch_size=LARGEST)
    consumer = AIOKafkaConsumer(
        ORDERS_REJECTIONS.name, bootstrap_servers=bootstrap, auto_offset_reset="latest", fetch_max_wait_ms=50
    )
    await producer.start()
    await consumer.start()
    await consumer.seek_to_end()
    # An address of its own, so that what is held against it is not held against others.
    away = httpx.AsyncHTTPTransport(local_address="127.0.0.2", limits=httpx.Limits(max_connections=400))
    client = httpx.AsyncClient(transport=away, trust_env=False, timeout=60)
    operations = operator(stack)
    ground = Ground(stack, stranger, victim, producer, client, operations, scale)
    listening = asyncio.create_task(ground.listen(consumer))
    try:
        yield ground
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await consumer.stop()
        await producer.stop()
        await client.aclose()
        await operations.aclose()
